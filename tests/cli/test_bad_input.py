"""Whatever is wrong with a project: one clear line with place and cure, exit code 2, and no file changed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.sandbox import bubblewrap, probe
from reviewer.sandbox.landlock import landlock


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK) and path.stat().st_size < 1_000_000:
            found[str(path.relative_to(folder))] = (path.stat().st_mode, path.read_bytes())
    return found


def refused(capsys: pytest.CaptureFixture[str], project: Path, *words: str) -> str:
    """The one line of stderr of a command that must not work."""
    before = tree(project) if project.is_dir() else {}
    code = main([*words, str(project)] if words else ["check", str(project)])
    captured = capsys.readouterr()
    complaints = [line for line in captured.err.splitlines() if "nothing was executed" not in line]
    assert code == 2, captured
    assert len(complaints) == 1
    assert complaints[0].startswith("reviewer: ")
    assert (tree(project) if project.is_dir() else {}) == before
    return complaints[0]


def test_not_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no build.zig" in refused(capsys, tmp_path)


def test_no_such_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no such folder" in refused(capsys, tmp_path / "missing")


def test_no_build_zig(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "build.zig").unlink()
    assert "build.zig" in refused(capsys, demo)


def test_broken_zon_is_named_with_line_and_column(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "build.zig.zon").write_text('.{\n    .name = .app,\n    .version = "1.0.0"\n    .paths = .{""},\n}\n')
    assert "build.zig.zon:4:5" in refused(capsys, demo)


LOCKS: dict[str, tuple[bytes, str]] = {
    "truncated": (b'{\n  "version": 1,\n  "pack', "review.lock:"),
    "of a future version": (b'{"version": 99, "packages": {}}\n', "99"),
    "full of conflict markers": (
        b'<<<<<<< ours\n{"version": 1}\n=======\n{"version": 1}\n>>>>>>> theirs\n',
        "conflict",
    ),
    "not UTF-8": (b'{"version": 1, "packages": {"\xff": {}}}', "review.lock"),
    "not a lock": (b"[]\n", "review.lock"),
}


@pytest.mark.parametrize(("data", "told"), LOCKS.values(), ids=LOCKS)
def test_a_lock_that_cannot_be_used(demo: Path, data: bytes, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    (demo / "review.lock").write_bytes(data)
    assert told in refused(capsys, demo)
    assert told in refused(capsys, demo, "trust", "super", "--project")


def test_a_missing_package(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(demo / "deps/super")
    code = main(["check", str(demo)])
    captured = capsys.readouterr()
    assert code == 2
    assert "deps/super" in captured.err


def link_outside(demo: Path) -> None:
    (demo / "deps/super/leak").symlink_to("/etc/passwd")


def not_utf8(demo: Path) -> None:
    (demo / "deps/super/build.zig").write_bytes(b'const x = "\xff";\n')


def huge_file(demo: Path) -> None:
    with (demo / "deps/super/build.zig").open("r+b") as file:
        file.truncate(100 * 1024 * 1024)


def cycle(demo: Path) -> None:
    manifest = demo / "deps/ring-buffer/build.zig.zon"
    text = manifest.read_text().replace(
        ".paths", '.dependencies = .{ .event_loop = .{ .path = "../event-loop" } },\n    .paths'
    )
    manifest.write_text(text)


BROKEN_DEPENDENCIES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a symlink that leaves its package": (link_outside, "leak"),
    "source that is not UTF-8": (not_utf8, "build.zig:1"),
    "a build.zig of 100 MB": (huge_file, "build.zig"),
    "a dependency cycle": (cycle, "cycle"),
}


@pytest.mark.parametrize(("damage", "told"), BROKEN_DEPENDENCIES.values(), ids=BROKEN_DEPENDENCIES)
def test_a_dependency_that_cannot_be_read_is_named_and_nothing_passes(
    demo: Path, damage: Callable[[Path], None], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(demo)
    code = main(["check", str(demo)])
    captured = capsys.readouterr()
    assert code == 2
    assert told in captured.err


def test_ten_thousand_files_are_no_trouble(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = demo / "deps/super/many"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number}.txt").touch()
    assert main(["check", str(demo)]) == 1


def test_an_ambiguous_name_lists_the_candidates(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "e", "--project", str(demo)]) == 2
    assert "super" in capsys.readouterr().err


def test_an_unknown_name_lists_what_there_is(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "nonsense", "--project", str(demo)]) == 2
    assert "ring-buffer" in capsys.readouterr().err


def test_the_project_itself_needs_no_decision(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trust", "terminal_app", "--project", str(demo)]) == 2


def test_names_of_a_project_cannot_steer_the_terminal(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = demo / "deps/super/build.zig"
    source.write_text(source.read_text().replace('.name = "helper"', '.name = "\\x1b[2Jhelper\\u{202e}"'))
    main(["graph", str(demo)])
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out
    assert "\u202e" not in captured.out


def test_without_a_sandbox_configured_is_refused_with_a_cure_and_read_still_works(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is ever run unsandboxed instead."""
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(bubblewrap.find_bubblewrap, "__defaults__", ("/nonexistent",))  # where the system keeps it
    monkeypatch.setattr(landlock, "landlock_version", lambda: 0)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert main(["graph", str(demo), "--evidence", "configured"]) == 2
    refused = capsys.readouterr()
    assert (refused.out, refused.err.count("\n")) == ("", 1)
    assert "bubblewrap" in refused.err
    assert main(["graph", str(demo), "--evidence", "read"]) == 0


def test_only_build_options_can_follow_two_dashes(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(demo), "--", "test"]) == 2
    assert "“test” is not a build option" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["gate", "install", str(demo), "--", "-Dfoo"])
    assert "gate takes no build options" in capsys.readouterr().err


def test_an_option_that_the_project_does_not_have_is_named(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(demo), "--evidence", "configured", "--", "-Dnone=1"]) == 2
    err = capsys.readouterr().err
    assert "invalid option: " in err
    assert "`reviewer graph` lists the options" in err
