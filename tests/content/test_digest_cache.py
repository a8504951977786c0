"""A digest known from before is believed only while nothing in the package was touched."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.content.digest import package_digest
from reviewer.content.digest_cache import DigestCache
from reviewer.progress import Progress


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose files are old enough to be remembered: nobody can set a change time, so the clock is read from tomorrow."""
    folder = tmp_path / "package"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "root.zig").write_text("pub const x = 1;\n")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "link.zig").symlink_to("src/root.zig")
    return folder


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 86_400_000_000_000)


def digest(package: Path, cache: Path, *, full: bool = False) -> str:
    known = DigestCache(cache, full=full)
    found = known.digest(package, Progress())
    known.keep()
    return found


def falsify(cache: Path) -> str:
    """Write another digest into the cache, so that one can see when it is believed."""
    false = "sha256:" + "0" * 64
    cache.write_text(json.dumps(dict.fromkeys(json.loads(cache.read_text()), false)))
    return false


@pytest.mark.usefixtures("tomorrow")
def test_an_untouched_package_is_not_read_again(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "digests.json"
    assert digest(package, cache) == package_digest(package)
    false = falsify(cache)
    assert digest(package, cache) == false
    assert digest(package, cache, full=True) == package_digest(package)
    assert digest(package, cache) == package_digest(package)


def _same_size_same_time(package: Path) -> None:
    file = package / "src" / "root.zig"
    before = file.stat()
    file.write_text("pub const x = 2;\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _exchanged(package: Path) -> None:
    file = package / "src" / "root.zig"
    other = package / "other"
    other.write_text("pub const x = 3;\n")
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)


def _retarget(package: Path) -> None:
    (package / "link.zig").unlink()
    (package / "link.zig").symlink_to("run.sh")


CHANGES: dict[str, Callable[[Path], object]] = {
    "content, size and time kept": _same_size_same_time,
    "another file in its place": _exchanged,
    "exec bit": lambda package: (package / "run.sh").chmod(0o755),
    "link": _retarget,
    "new file": lambda package: (package / "new.zig").touch(),
    "removed file": lambda package: (package / "run.sh").unlink(),
    "renamed file": lambda package: (package / "run.sh").rename(package / "go.sh"),
}


@pytest.mark.usefixtures("tomorrow")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_is_touched_is_read_again(package: Path, tmp_path: Path, change: Callable[[Path], object]) -> None:
    cache = tmp_path / "digests.json"
    before = digest(package, cache)
    falsify(cache)
    time.sleep(0.02)  # more than the clock tick of any file system that tests run on
    change(package)
    assert digest(package, cache) == package_digest(package) != before


def test_what_was_touched_a_moment_ago_is_not_remembered(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "digests.json"
    digest(package, cache)
    assert not cache.exists()


@pytest.mark.usefixtures("tomorrow")
@pytest.mark.parametrize("damage", ["", "{", "[]", '{"a": 1}', '{"a": "md5:x"}', "[" * 100_000])
def test_a_damaged_cache_is_no_cache(package: Path, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "digests.json"
    cache.write_text(damage)
    assert digest(package, cache) == package_digest(package)


@pytest.mark.usefixtures("tomorrow")
def test_a_folder_that_cannot_be_written_costs_only_time(package: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert digest(package, tmp_path / "file" / "digests.json") == package_digest(package)


@pytest.mark.usefixtures("tomorrow")
def test_packages_that_are_gone_are_forgotten(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "digests.json"
    digest(package, cache)
    digest(tmp_path / "package" / "src", cache)
    assert len(json.loads(cache.read_text())) == 1
