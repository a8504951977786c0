"""Before anything else: what works on this machine, and what to do about the rest."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.ecosystems.zig.toolchains import find
from reviewer.places import cache_dir
from reviewer.sandbox import probe, trace
from reviewer.sandbox.bubblewrap import find_bubblewrap
from reviewer.sandbox.landlock import landlock


def doctor(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, dict[str, Any]]]:
    code = main(["doctor", "--format", "json"])
    value = json.loads(capsys.readouterr().out)
    assert (value["schema"], value["exit"]) == ("reviewer.doctor/1", code)
    abilities = {ability["name"]: ability for ability in value["abilities"]}
    assert value["ok"] == all(ability["state"] == "works" for ability in abilities.values())
    return code, abilities


def test_it_tells_the_active_sandbox_with_its_holes_and_everything_else(capsys: pytest.CaptureFixture[str]) -> None:
    kept = cache_dir() / "kept"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(bytes(3_000_000))
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    for words in (
        "sandbox   works",
        "bubblewrap",
        "known hole: a program may execute code that it keeps in memory only",
    ):
        assert words in text
    assert "observing works" in text
    assert "0.17.1 at " in text
    assert ", for projects that ask for 0.17" in text
    assert f"{cache_dir()}: " in text
    line = next(line for line in text.splitlines() if line.startswith("cache"))
    assert int(line.partition(f"{cache_dir()}: ")[2].partition(" MB")[0].replace(",", "")) >= 3
    assert "window" in text
    kept.unlink()


def test_without_a_sandbox_the_cure_is_named_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: find_bubblewrap(str(tmp_path)))
    monkeypatch.setattr(landlock, "landlock_version", lambda: 2)
    code, abilities = doctor(capsys)
    assert code == 2
    assert "there is no bubblewrap" in abilities["sandbox"]["text"]
    assert "version 2 of Landlock; version 3 (Linux 6.2) is needed" in abilities["sandbox"]["text"]
    assert abilities["sandbox"]["state"] == abilities["observing"]["state"] == "missing"
    assert "apt-get install bubblewrap" in abilities["sandbox"]["cure"]
    assert abilities["zig"]["state"] == "works"


def test_where_bubblewrap_is_refused_the_other_kind_is_named_with_its_holes_and_the_cure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refused = tmp_path / "bwrap"
    refused.write_text(
        "#!/bin/sh\n[ $1 = --help ] || { echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1; }\n"
    )
    refused.chmod(0o755)
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: find_bubblewrap(str(tmp_path)))
    code, abilities = doctor(capsys)
    sandbox = abilities["sandbox"]
    assert (code, sandbox["state"]) == (0, "works")
    assert sandbox["text"].startswith("Landlock, which held")
    assert "setting up uid map: Permission denied" in sandbox["details"][0]
    assert any("that a file exists" in line for line in sandbox["details"])
    assert "bwrap-userns-restrict" in sandbox["cure"]
    assert abilities["observing"]["state"] == "missing"
    assert "needs bubblewrap" in abilities["observing"]["text"]
    monkeypatch.setattr(probe, "find_bubblewrap", find_bubblewrap)
    assert doctor(capsys)[1]["sandbox"]["text"].startswith("bubblewrap"), "the cure works at once"


def test_without_zig_no_build_code_can_run_either(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "_candidates", lambda: iter(()))
    code, abilities = doctor(capsys)
    assert code == 2
    assert "reviewer toolchain install" in abilities["zig"]["cure"]


def test_a_zig_that_does_not_run_is_told_beside_those_that_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "zig").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "zig").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    code, abilities = doctor(capsys)
    assert code == 0
    assert f"{tmp_path}/zig: zig does not run" in abilities["zig"]["details"][0]


def test_without_strace_only_observing_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "_PLACES", "/nowhere")
    code, abilities = doctor(capsys)
    assert code == 0
    assert "apt-get install strace" in abilities["observing"]["cure"]


def test_a_folder_that_cannot_be_written_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).startswith("/proc"))
    monkeypatch.setenv("REVIEWER_STATE_DIR", "/proc/state")
    state = doctor(capsys)[1]["state"]
    assert (state["state"], state["text"]) == ("missing", "/proc/state cannot be written")
    assert "REVIEWER_STATE_DIR" in state["cure"]


def test_a_qt_that_does_not_start_is_told_with_its_own_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    _, abilities = doctor(capsys)
    assert abilities["window"]["state"] == "missing"
    assert "Qt does not start" in abilities["window"]["text"]


def test_git_is_what_says_who_decides(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "login name" in doctor(capsys)[1]["git"]["cure"]
