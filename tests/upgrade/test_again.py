"""What was decided about is not here any more: it is fetched once more by its pin, from where manifests of then say, executing nothing."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.ecosystems.zig.packages.table import global_cache
from reviewer.places import state_dir
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.fetching.served import Served, project, serving


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig-cache"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as found:
        yield found


def git(root: Path, *words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True)


class Bumped:
    """A project of which a package was trusted and then bumped; the content of before is gone from this machine."""

    def __init__(self, served: Served, folder: Path, zig: Path, *, committed: bool, note: str = "") -> None:
        self.served, self.zig = served, zig
        old = self._version("1", "pub const version = 1;\n")
        self.root = project(folder / "app", f".near = .{{ {old} }}")
        if committed:
            git(self.root, "init", "--quiet")
            git(self.root, "add", ".")
            git(self.root, "commit", "--quiet", "-m", "first")
        self.command("fetch", self.root)
        self.command("trust", "near", "--project", self.root, "--yes", "--note", note)
        new = self._version("2", "pub const version = 2;\n")
        manifest = self.root / "build.zig.zon"
        manifest.write_text(manifest.read_text().replace(old, new))
        for place in (state_dir() / "reviewed.git", global_cache(), self.root / "zig-pkg"):
            shutil.rmtree(place, ignore_errors=True)
        self.command("fetch", self.root)

    def _version(self, number: str, text: str) -> str:
        asked = self.served.package("near", files={"root.zig": text})
        archive = self.served.folder / "near.tar.gz"
        archive.rename(self.served.folder / f"near-{number}.tar.gz")
        shutil.rmtree(self.served.folder / "near-source")
        return asked.replace("near.tar.gz", f"near-{number}.tar.gz")

    def command(self, name: str, *words: object) -> int:
        return main([name, *(str(word) for word in words), "--zig", str(self.zig)])

    def diff(self, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict[str, Any], str]:
        capsys.readouterr()
        self.command("diff", "near", "--project", self.root, "--evidence", "read", "--format", "json", *words)
        told = capsys.readouterr()
        return json.loads(told.out or "{}"), told.err


@pytest.mark.parametrize("minor", ["0.15", "0.17"])
def test_it_is_offered_with_its_address_and_then_compared_line_by_line(
    minor: str, served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bumped = Bumped(served, tmp_path, toolchain_of(minor).zig, committed=True)
    found, _ = bumped.diff(capsys)
    assert found["files"] is None
    assert found["address"] == f"{served.url}/near-1.tar.gz"
    served.asked.clear()
    found, err = bumped.diff(capsys, "--fetch")
    assert err == ""
    assert [file["path"] for file in found["files"]] == ["root.zig"]
    assert served.asked == ["/near-1.tar.gz"]
    served.asked.clear()
    assert bumped.diff(capsys, "--fetch")[0]["files"] == found["files"], "it was kept"
    assert served.asked == []


def test_where_it_came_from_may_be_in_the_note_of_the_decision(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = f"read all of it ({served.url}/near-1.tar.gz)."
    bumped = Bumped(served, tmp_path, toolchain_of("0.17").zig, committed=False, note=note)
    assert bumped.diff(capsys, "--fetch")[0]["files"] is not None


def test_what_is_not_known_or_has_changed_is_said_and_nothing_is_kept(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zig = toolchain_of("0.17").zig
    bumped = Bumped(served, tmp_path, zig, committed=False)
    found, err = bumped.diff(capsys, "--fetch")
    assert found == {}
    assert "where it came from is not known" in err
    git(bumped.root, "init", "--quiet")
    then = bumped.root / "build.zig.zon"
    now = then.read_text()
    pin = next(p for p in json.loads((bumped.root / "review.lock").read_text())["packages"]).partition("#")[2]
    then.write_text(
        f'.{{ .dependencies = .{{ .near = .{{ .url = "{served.url}/near-2.tar.gz", .hash = "{pin}" }} }} }}'
    )
    git(bumped.root, "add", "build.zig.zon")
    git(bumped.root, "commit", "--quiet", "-m", "a lie")
    then.write_text(now)
    found, err = bumped.diff(capsys, "--fetch")
    assert found == {}
    assert "it is not what was asked for: its hash is near-1.0.0-" in err
