"""Which zig is taken, told by programs that only answer `zig version`; the real one is the `ziglang` wheel of this environment."""

import os
import re
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.overlay import make_overlay
from reviewer.ecosystems.zig.toolchains.find import Toolchain, find_toolchain, find_toolchains
from reviewer.errors import ReviewerError, ToolchainMissingError

WHEEL = "0.17.1"


def make_zig(folder: Path, version: str) -> Path:
    (folder / "lib/std").mkdir(parents=True)
    (folder / "lib/std/std.zig").touch()
    zig = folder / "zig"
    zig.write_text(f"#!/bin/sh\necho {version}\n")
    zig.chmod(0o755)
    return zig


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No toolchains of Reviewer's own, and none on PATH."""
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path / "cache"


def put_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> Path:
    zig = make_zig(tmp_path / "on-path", version)
    monkeypatch.setenv("PATH", str(zig.parent), prepend=os.pathsep)
    return zig


def test_the_wheel_is_taken_where_there_is_nothing_else() -> None:
    assert find_toolchain().version == WHEEL


def test_the_zig_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zig = put_on_path(tmp_path, monkeypatch, "0.15.2")
    assert find_toolchain() == Toolchain(zig, zig.parent / "lib", "0.15.2")


def test_a_project_gets_the_minor_version_that_it_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path
) -> None:
    put_on_path(tmp_path, monkeypatch, "0.15.2")
    for version in ("0.14.0", "0.14.1", "0.16.0"):
        make_zig(own_cache / "toolchains" / version / "ziglang", version)
    asked = {"0.14.0": "0.14.1", "0.15.1": "0.15.2", "0.16.0": "0.16.0", "0.17.0-dev.1640+2597da025": WHEEL}
    assert {minimum: find_toolchain(minimum).version for minimum in asked} == asked


def test_too_old_a_release_of_the_right_minor_version_does_not_fit(own_cache: Path) -> None:
    make_zig(own_cache / "toolchains/0.15.1/ziglang", "0.15.1")
    with pytest.raises(ReviewerError, match=r"asks for 0\.15\.2; found .*0\.15\.1 at"):
        find_toolchain("0.15.2")


def test_a_newer_zig_on_path_is_what_the_build_would_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, "0.16.0")
    assert find_toolchain("0.14.0").version == "0.16.0"
    assert find_toolchain("0.12.0").version == "0.16.0"


def test_where_none_fits_the_wanted_version_and_how_to_get_it_are_told() -> None:
    with pytest.raises(ReviewerError) as caught:
        find_toolchain("0.14.0")
    message = str(caught.value)
    assert "no zig for this project, which asks for 0.14.0" in message
    assert f"found {WHEEL} at " in message
    assert "0.14.1" in message
    assert "--zig" in message


@pytest.mark.parametrize(
    ("minimum", "version"),
    [("0.14.0", "0.14.1"), ("0.15.2", "0.15.2"), ("0.15.7", "0.15.7"), ("0.16.0-dev.12+ab", "0.16.0")],
)
def test_a_release_that_would_do_can_be_installed(minimum: str, version: str) -> None:
    with pytest.raises(ToolchainMissingError, match=f"run `reviewer toolchain install {version}`") as caught:
        find_toolchain(minimum)
    assert caught.value.version == version


def test_where_the_project_asks_for_none_every_known_zig_may_be_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path
) -> None:
    put_on_path(tmp_path, monkeypatch, "0.16.0")
    for version in ("0.14.1", "0.15.2", "0.18.0"):
        make_zig(own_cache / "toolchains" / version / "ziglang", version)
    assert [toolchain.version for toolchain in find_toolchains()] == ["0.16.0", WHEEL, "0.15.2", "0.14.1"]


@pytest.mark.parametrize("minimum", ["0.18.0", "1.0.0", "0.13.0"])
def test_an_unknown_version_is_told_as_that(minimum: str) -> None:
    with pytest.raises(ReviewerError, match=rf"asks for zig {minimum}, which is not known.*knows zig 0\.14 to 0\.17"):
        find_toolchain(minimum)


def test_a_named_zig_is_taken_as_it_is(tmp_path: Path) -> None:
    zig = make_zig(tmp_path / "named", "0.16.0")
    assert find_toolchain("0.14.0", zig).zig == zig


@pytest.mark.parametrize(
    ("version", "told"),
    [("0.13.0", "zig 0.13.0 is too old.*0.14 to 0.17"), ("nonsense", "gives its version as 'nonsense'")],
)
def test_a_named_zig_that_can_never_do_is_refused(tmp_path: Path, version: str, told: str) -> None:
    with pytest.raises(ReviewerError, match=told):
        find_toolchain(None, make_zig(tmp_path / "named", version))


def test_a_named_zig_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReviewerError, match="no such file"):
        find_toolchain(None, tmp_path / "missing")


def test_a_broken_zig_on_path_does_not_hide_a_good_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, "nonsense")
    assert find_toolchain().version == WHEEL


@pytest.mark.parametrize("version", ["0.16.1", "0.17.2", "0.18.0", "1.0.0-dev.7+abc"])
def test_a_runner_whose_call_of_the_build_is_not_found_is_refused_by_that_line(tmp_path: Path, version: str) -> None:
    """What a later release may bring."""
    zig = make_zig(tmp_path / "named", version)
    (zig.parent / "lib/compiler").mkdir()
    for name in ("build_runner.zig", "configurer.zig"):
        (zig.parent / "lib/compiler" / name).write_text("pub fn main() void {}\n")
    with pytest.raises(
        ReviewerError,
        match=rf"{re.escape(version)} was not recognised: the line `.*builder\.run\w+\(root\);` was .* once .* found 0 times",
    ):
        make_overlay(find_toolchain(None, zig))
