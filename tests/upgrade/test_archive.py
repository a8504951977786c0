"""Archives, which are as hostile as what is in them: read as zig unpacks them, and nothing of them ever touches the disk."""

import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.content.walk import Kind
from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress
from reviewer.upgrade import archive as module
from reviewer.upgrade.archive import files_in_archive
from reviewer.upgrade.files import Files

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MANIFEST = b'.{ .name = .p, .version = "1.0.0", .fingerprint = 0x1, .paths = .{ "build.zig", "build.zig.zon", "src" } }'
PACKAGE = {
    "p-1.0.0/build.zig": b"pub fn build() void {}\n",
    "p-1.0.0/build.zig.zon": MANIFEST,
    "p-1.0.0/src/a.zig": b"const a = 1;\n",
    "p-1.0.0/tests/b.zig": b"const b = 1;\n",
    "p-1.0.0/.git/config": b"[core]\n",
}

Add = Callable[[tarfile.TarFile], None]


def tar(add: Add = lambda _: None, contents: dict[str, bytes] = PACKAGE) -> bytes:
    """A tar of these contents, and of what `add` adds."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as whole:
        for path, content in contents.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            whole.addfile(entry, io.BytesIO(content))
        add(whole)
    return made.getvalue()


def zipped(contents: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for path, content in contents.items():
            whole.writestr(path, content)
    return made.getvalue()


def entry(name: str, **fields: object) -> Add:
    """Adds an entry without content."""
    made = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(made, field, value)
    return lambda whole: whole.addfile(made)


def read(tmp_path: Path, content: bytes) -> Files:
    file = tmp_path / "given"
    file.write_bytes(content)
    found = files_in_archive(file, Progress()).files
    assert [path.name for path in tmp_path.iterdir()] == ["given"]
    return found


def gz(content: bytes) -> bytes:
    import gzip

    return gzip.compress(content)


@pytest.mark.parametrize("packed", [bytes, gz, lzma.compress, zstd.compress, lambda _: zipped(PACKAGE)])
def test_what_zig_fetches_is_read_as_zig_would_have_it(tmp_path: Path, packed: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "given"
    file.write_bytes(packed(tar()))
    found = files_in_archive(file, Progress())
    assert list(found.files) == ["build.zig", "build.zig.zon", "src/a.zig"]
    assert found.files["src/a.zig"].content() == b"const a = 1;\n"
    assert found.left_out == 2


def test_executables_and_links_within_the_package_are_what_they_are(tmp_path: Path) -> None:
    def more(whole: tarfile.TarFile) -> None:
        entry("p-1.0.0/src/run.sh", mode=0o755)(whole)
        entry("p-1.0.0/src/link", type=tarfile.SYMTYPE, linkname="../build.zig")(whole)

    found = read(tmp_path, tar(more))
    assert (found["src/run.sh"].kind, found["src/link"].kind) == (Kind.EXEC, Kind.LINK)
    assert found["src/link"].content() == b"../build.zig"


@pytest.mark.parametrize(
    ("add", "told"),
    [
        (entry("../evil"), "leads out"),
        (entry("/etc/passwd"), "leads out"),
        (entry("p-1.0.0/src/../../../evil"), "leads out"),
        (entry("p-1.0.0\\..\\evil"), "leads out"),
        (entry("p-1.0.0/l", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "link that leads out"),
        (entry("p-1.0.0/src/l", type=tarfile.SYMTYPE, linkname="../../x"), "link that leads out"),
        (entry("p-1.0.0/l", type=tarfile.LNKTYPE, linkname="p-1.0.0/build.zig"), "neither file, folder"),
        (entry("p-1.0.0/l", type=tarfile.CHRTYPE), "neither file, folder"),
        (entry("p-1.0.0/l", type=tarfile.FIFOTYPE), "neither file, folder"),
        (entry("p-1.0.0/build.zig"), "twice"),
        (entry("p-1.0.0/./build.zig"), "twice"),
        (entry("p-1.0.0/build.zig/evil"), "both as a file and as a folder"),
        (entry("p-1.0.0/" + "d/" * 80 + "x"), "deeper"),
    ],
)
def test_what_no_package_can_hold_is_refused(tmp_path: Path, add: Add, told: str) -> None:
    with pytest.raises(ReviewerError, match=told):
        read(tmp_path, gz(tar(add)))


def test_a_link_that_another_entry_would_go_through_is_refused(tmp_path: Path) -> None:
    def more(whole: tarfile.TarFile) -> None:
        entry("p-1.0.0/src2", type=tarfile.SYMTYPE, linkname="src")(whole)
        entry("p-1.0.0/src2/evil.zig")(whole)

    with pytest.raises(ReviewerError, match="both as a file and as a folder"):
        read(tmp_path, tar(more))


@pytest.mark.parametrize("packed", [gz, lzma.compress, zstd.compress])
def test_a_bomb_ends_when_it_has_become_too_large(
    tmp_path: Path, packed: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_UNPACKED", 1 << 20)
    with pytest.raises(ReviewerError, match="becomes more than 1 MB"):
        read(tmp_path, packed(tar(contents={"p/zeros": bytes(8 << 20)})))


def test_a_zip_that_lies_about_its_sizes_ends_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1 << 20)
    with pytest.raises(ReviewerError, match="larger than 1 MB"):
        read(tmp_path, zipped({"p/zeros": bytes(8 << 20)}))


def test_a_zip_with_a_list_that_is_too_long_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "long.zip"
    with zipfile.ZipFile(archive, "w") as whole:
        for number in range(100):
            whole.writestr(f"{number:090}", "")
    assert len(files_in_archive(archive, Progress()).files) == 100
    monkeypatch.setattr("reviewer.upgrade.archive._MOST_LIST", 10_000)
    with pytest.raises(ReviewerError, match="list of its files"):
        files_in_archive(archive, Progress())


def test_more_entries_than_a_package_can_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)

    def folders(whole: tarfile.TarFile) -> None:
        for number in range(9):
            entry(f"p/{number}", type=tarfile.DIRTYPE)(whole)

    with pytest.raises(ReviewerError, match="more than 5"):
        read(tmp_path, tar(folders))
    with pytest.raises(ReviewerError, match="more than 5"):
        read(tmp_path, zipped({f"p/{n}": b"" for n in range(9)}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        gz(tar())[:-20],
        gz(b"no tar"),
        zstd.compress(tar())[:40],
        b"PK\x03\x04" + bytes(40),
        tar()[:700],
    ],
)
def test_what_is_damaged_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ReviewerError, match=r"damaged|cannot be read|holds no file"):
        read(tmp_path, content)


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    progress = Progress()
    progress.cancel()
    (tmp_path / "given").write_bytes(tar())
    with pytest.raises(CancelledError):
        files_in_archive(tmp_path / "given", progress)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([tar(), gz(tar()), lzma.compress(tar()), zstd.compress(tar()), zipped(PACKAGE)]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
)
def test_damage_of_any_kind_is_an_error_or_another_package(
    tmp_path: Path, content: bytes, damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(content)
    for at, byte in damage:
        damaged[at % len(damaged)] = byte
    (tmp_path / "given").write_bytes(damaged)
    with suppress(ReviewerError):
        files_in_archive(tmp_path / "given", Progress())
