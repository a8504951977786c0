"""`reviewer fetch`: what came, what now needs review, and what to do where something did not come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.cli import main
from tests.ecosystems.zig.conftest import toolchain_of
from tests.ecosystems.zig.fetching.served import Served, project, serving, wrong


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig-cache"))
    (tmp_path / "served").mkdir()
    with serving(tmp_path / "served") as found:
        yield found


def test_the_cure_for_what_is_not_fetched_is_named_and_helps(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    optional = served.package("optional")
    root = project(tmp_path / "app", f".near = .{{ {served.package('near')} }}, .may = .{{ {optional}, .lazy = true }}")
    zig = str(toolchain_of("0.15").zig)
    assert main(["check", str(root), "--zig", zig]) == 2
    assert "package 'near' is not fetched; run `reviewer fetch`" in capsys.readouterr().err

    assert main(["fetch", str(root), "--zig", zig]) == 0
    out = capsys.readouterr().out
    assert f"fetched    near 1.0.0 from {served.url}/near.tar.gz: unreviewed" in out
    assert "1 package came in, and nothing was executed" in out
    assert "not fetched, since a build only may ask for them: optional (--all fetches them too)" in out
    assert "build blocked: 1 needs review" in out

    assert main(["fetch", str(root), "--zig", zig]) == 0
    assert "everything is here already: nothing was fetched" in capsys.readouterr().out
    assert main(["fetch", str(root), "--zig", zig, "--all"]) == 0
    assert "fetched    optional 1.0.0" in capsys.readouterr().out


def test_what_is_not_as_pinned_is_worth_an_exit_code_of_its_own(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "app", f".near = .{{ {wrong(served.package('near'))} }}")
    assert main(["fetch", str(root), "--zig", str(toolchain_of("0.15").zig)]) == 3
    out, err = capsys.readouterr()
    assert "came in" not in out
    assert "reviewer: build.zig.zon:7:" in err
    assert "it is not what was asked for" in err


def test_a_server_that_does_not_have_it_is_told(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = served.package("near").replace("near.tar.gz", "far.tar.gz")
    root = project(tmp_path / "app", f".near = .{{ {asked} }}")
    assert main(["fetch", str(root), "--zig", str(toolchain_of("0.15").zig)]) == 2
    assert "404 Not Found'; the server does not have it at this address" in capsys.readouterr().err
