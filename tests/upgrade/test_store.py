"""What was reviewed stays here, exactly, whatever it was named and whoever deletes the original."""

import os
import shutil
from pathlib import Path

import pytest

from reviewer.content.digest import package_digest
from reviewer.content.walk import Kind
from reviewer.errors import ReviewerError
from reviewer.upgrade.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "reviewed.git")


def package(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_zig", ".zig")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_what_was_kept_comes_back_when_the_original_is_gone(store: Store, tmp_path: Path) -> None:
    folder = package(tmp_path / "p", build_zig="pub fn build() void {}\n", src__main_zig="// \0 \u202e\r\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link.zig").symlink_to("src/main.zig")
    digest = package_digest(folder)
    assert digest not in store
    store.keep(digest, folder, {"steps": ["a"]})
    shutil.rmtree(folder)
    files, facts = store.restore(digest)
    assert digest in store
    assert facts == {"steps": ["a"]}
    assert {path: file.kind for path, file in files.items()} == {
        "build.zig": Kind.FILE,
        "link.zig": Kind.LINK,
        "run.sh": Kind.EXEC,
        "src/main.zig": Kind.FILE,
    }
    assert files["src/main.zig"].content() == "// \0 \u202e\r\n".encode()
    assert files["link.zig"].content() == b"src/main.zig"


def test_names_that_mean_something_to_git_or_are_no_text_are_kept_as_names(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    hook = folder / "sub/.git/hooks/post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\ntouch /tmp/never\n")
    hook.chmod(0o755)
    (folder / ".gitattributes").write_text("* filter=evil text eol=crlf\n")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.zig")).write_bytes(b"a\r\nb\n")
    digest = package_digest(folder)
    store.keep(digest, folder, None)
    files, _ = store.restore(digest)
    assert set(files) == {"sub/.git/hooks/post-checkout", ".gitattributes", os.fsdecode(b"\xff.zig")}
    assert files[os.fsdecode(b"\xff.zig")].content() == b"a\r\nb\n"
    assert not [path for path in store.folder.rglob("*") if path.name == "post-checkout"]


def test_what_is_not_what_was_decided_about_is_not_kept(store: Store, tmp_path: Path) -> None:
    folder = package(tmp_path / "p", build_zig="old")
    digest = package_digest(folder)
    package(folder, build_zig="new")
    with pytest.raises(ReviewerError, match="not what was decided about"):
        store.keep(digest, folder, None)
    assert digest not in store


def test_what_was_tampered_with_is_refused(store: Store, tmp_path: Path) -> None:
    import pygit2

    folder, other = package(tmp_path / "p", build_zig="old"), package(tmp_path / "q", build_zig="new")
    digests = [package_digest(each) for each in (folder, other)]
    for digest, each in zip(digests, (folder, other), strict=True):
        store.keep(digest, each, None)
    repository = pygit2.Repository(str(store.folder))
    names = sorted(repository.references, key=lambda name: name.rpartition("-")[2])
    repository.references[names[0]].set_target(repository.references[names[1]].target)
    with pytest.raises(ReviewerError, match="does not have its digest"):
        store.restore(digests[0])


def test_equal_contents_are_kept_once_and_many_are_packed(store: Store, tmp_path: Path) -> None:
    many = {f"f{number}_zig": f"const a = {number};\n" * 50 for number in range(250)}
    for version in ("1", "2"):
        folder = package(tmp_path / version, **many, version_zig=version)
        store.keep(package_digest(folder), folder, None)
    objects = [path for path in (store.folder / "objects").rglob("*") if path.is_file()]
    assert len(objects) < 20
    assert [len(store.restore(digest)[0]) for digest in store.kept()] == [251, 251]


def test_beyond_its_bound_it_forgets_what_was_kept_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "reviewed.git", most=60_000)
    digests = []
    for number in range(6):
        folder = tmp_path / f"p{number}"
        folder.mkdir()
        (folder / "noise").write_bytes(os.urandom(20_000))
        digests.append(package_digest(folder))
        store.keep(digests[-1], folder, None)
    kept = store.kept()
    assert digests[0] not in kept
    assert kept[-1] == digests[-1]
    assert store.restore(digests[-1])[0]["noise"].size == 20_000
    with pytest.raises(ReviewerError, match="not kept here"):
        store.restore(digests[0])
