"""`reviewer diff`: upgrades that look alike and are not, told apart in a terminal."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from reviewer.places import state_dir

EVIDENCE = pytest.mark.parametrize("evidence", ["read", "configured"])
BUILD = "deps/super/build.zig"
RUN = "    const run = b.addRunArtifact(helper);\n"


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def trusted(demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("super", "unicode-tables", "--project", demo, "--evidence", evidence, "--yes")
    assert run(capsys, "trust", *words)[0] == 0


def diff(capsys: pytest.CaptureFixture[str], demo: Path, package: str, evidence: str) -> dict[str, Any]:
    words = ("--project", demo, "--evidence", evidence, "--format", "json")
    code, out, err = run(capsys, "diff", package, *words)
    assert code == 0, err
    return json.loads(out)  # type: ignore[no-any-return]


def alter(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@EVIDENCE
def test_a_run_step_added_behind_an_unchanged_public_api_is_the_first_thing_told(
    demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted(demo, evidence, capsys)
    alter(
        demo / BUILD,
        RUN,
        RUN
        + '    const also = b.addRunArtifact(helper);\n    also.addArg("--quiet");\n    run.step.dependOn(&also.step);\n',
    )
    found = diff(capsys, demo, "super", evidence)
    first = found["consequences"][0]
    assert (first["effect"], first["place"]) == ("step_added", "build.zig:11")
    assert "hidden" in first["text"]
    assert [file["path"] for file in found["files"]] == ["build.zig"]


@EVIDENCE
def test_an_upgrade_of_only_the_file_that_the_program_reads_is_told_as_such(
    demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted(demo, evidence, capsys)
    data = demo / "deps/unicode-tables/data/wide.txt"
    data.write_text(data.read_text() + "1F000\n")
    found = diff(capsys, demo, "unicode-tables", evidence)
    assert [(c["effect"], c["details"]) for c in found["consequences"]] == [
        ("reach_altered", ["altered: unicode-tables/data/wide.txt"])
    ]
    assert [(file["path"], file["part"]) for file in found["files"]] == [("data/wide.txt", "reach")]


@EVIDENCE
def test_an_upgrade_that_only_renames_has_no_consequences_and_names_the_files_that_were_compared(
    demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted(demo, evidence, capsys)
    (demo / "deps/super/root.zig").rename(demo / "deps/super/main.zig")
    alter(demo / BUILD, "root.zig", "main.zig")
    found = diff(capsys, demo, "super", evidence)
    assert found["consequences"] == []
    assert [(same["step"], same["files"]) for same in found["same_reach"]] == [("run exe helper", ["super/evil.zig"])]
    assert [(f["path"], f["fate"], f["from"]) for f in found["files"]] == [
        ("build.zig", "altered", "build.zig"),
        ("main.zig", "renamed", "root.zig"),
    ]


def test_new_abilities_and_programs_are_told_before_any_line(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trusted(demo, "read", capsys)
    alter(
        demo / BUILD, "    const super_mod", '    _ = b.run(&.{ "curl", "https://example.org" });\n    const super_mod'
    )
    (demo / "deps/super/helper.bin").write_bytes(b"\x7fELF" + bytes(60))
    _, out, _ = run(capsys, "diff", "super", "--project", demo, "--evidence", "read")
    lines = out.splitlines()
    assert "files: 1 added, 1 altered" in lines[0]
    told = [line for line in lines if line.startswith("! ")]
    assert any(line.startswith("! capability gained: Can now net.download when configured") for line in told)
    assert any("helper.bin (ELF program or library, 64 bytes)" in line for line in told)
    assert lines.index(told[-1]) < lines.index('+     _ = b.run(&.{ "curl", "https://example.org" });')


def test_a_missing_old_side_is_said_with_what_to_do_and_run_steps_are_compared_all_the_same(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted(demo, "read", capsys)
    shutil.rmtree(state_dir() / "reviewed.git")
    alter(demo / BUILD, RUN, "")
    alter(demo / BUILD, "    dummy.step.dependOn(&run.step);\n", "")
    code, out, _ = run(capsys, "diff", "super", "--project", demo, "--evidence", "read")
    assert code == 0
    assert "not here any more" in out
    assert "where it came from is not known" in out
    assert "\u2212 run step removed: No longer runs \u201crun exe helper\u201d" in out
    assert "! could not be compared: The old content is not here" in out


def test_trusting_an_upgrade_tells_what_follows_from_it(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trusted(demo, "read", capsys)
    alter(demo / BUILD, RUN, RUN + "    const also = b.addRunArtifact(helper);\n    run.step.dependOn(&also.step);\n")
    _, out, _ = run(capsys, "trust", "super", "--project", demo, "--evidence", "read", "--yes")
    assert "    ! Runs \u201crun exe helper\u201d, which it did not before, hidden (build.zig:11)" in out


def test_what_a_bump_would_bring_can_be_seen_before_it_is_made(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = Path(shutil.copytree(demo / "deps/unicode-tables", tmp_path / "newer"))
    alter(newer / "data/wide.txt", "\n", "\n\n")
    words = ("--from", demo / "deps/unicode-tables", "--to", newer, "--format", "json")
    code, out, _ = run(capsys, "diff", *words)
    assert code == 0
    assert [file["path"] for file in json.loads(out)["files"]] == ["data/wide.txt"]


def test_what_is_no_project_is_compared_by_its_files_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("old", "int a;\n"), ("new", "int b;\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.c").write_text(text)
    code, out, _ = run(capsys, "diff", "--from", tmp_path / "old", "--to", tmp_path / "new")
    assert code == 0
    assert "! could not be compared: Only files, and run steps by name and place, could be compared" in out
    assert "- int a;" in out.splitlines()


def test_nothing_decided_is_an_error_that_says_what_to_do(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "diff", "super", "--project", demo, "--evidence", "read")
    assert (code, out) == (2, "")
    assert "nothing was decided about it, so all of it is new" in err


def test_hostile_lines_never_reach_the_terminal_raw(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trusted(demo, "read", capsys)
    root = demo / "deps/super/root.zig"
    root.write_text(root.read_text() + "// \x1b]0;owned\x07 \u202e\n")
    _, out, _ = run(capsys, "diff", "super", "--project", demo, "--evidence", "read")
    assert "\x1b" not in out
    assert "<U+202E>" in out


def test_all_upgrades_are_told_in_short_and_those_that_were_read_and_change_nothing_are_approved_together(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))  # where nothing was viewed yet
    words = ("--project", demo, "--evidence", "read")
    assert run(capsys, "trust", "super", "unicode-tables", "event-loop", *words, "--yes")[0] == 0
    alter(demo / BUILD, RUN, RUN + "    const also = b.addRunArtifact(helper);\n    run.step.dependOn(&also.step);\n")
    for file in ("deps/event-loop/src/event_loop.zig", "deps/unicode-tables/data/wide.txt"):
        (demo / file).write_text((demo / file).read_text() + "\n")

    code, out, _ = run(capsys, "diff", *words)
    assert code == 0
    heads = [line.partition(":")[0].partition(" ")[0] for line in out.splitlines() if line[:1].isalpha()]
    assert sorted(heads[:3]) == ["event-loop", "super", "unicode-tables"]
    assert (
        "    ! run step added: Runs \u201crun exe helper\u201d, which it did not before, hidden (build.zig:11)" in out
    )
    assert "3 upgrades, 0 with nothing to confirm" in out
    assert "no consequences; 1 not viewed" in out

    run(capsys, "diff", "event-loop", *words, "--mark-viewed")
    run(capsys, "diff", "super", *words, "--mark-viewed")
    found = json.loads(run(capsys, "diff", *words, "--format", "json")[1])["upgrades"]
    assert {each["name"]: (each["viewed"], each["changes"], each["ready"]) for each in found} == {
        "super": (1, 1, False),
        "unicode-tables": (0, 1, False),
        "event-loop": (1, 1, True),
    }

    code, out, _ = run(capsys, "trust", "--upgrades", *words, "--yes")
    assert code == 0
    assert "left out: zig:super@1.0.0#deps/super (Runs " in out
    assert [line for line in out.splitlines() if line.startswith("trusted: ")] == [
        "trusted: zig:event-loop@0.9.3#deps/event-loop"
    ]
    assert run(capsys, "trust", "--upgrades", *words, "--yes")[0] == 2


def test_a_person_agrees_to_each_consequence_or_nothing_is_trusted(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted(demo, "read", capsys)
    more = '    _ = b.run(&.{ "curl", "https://example.org" });\n'
    alter(demo / BUILD, RUN, RUN + more)
    before = (demo / "review.lock").read_bytes()
    typed = io.StringIO("y\nn\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", typed)
    _, out, err = run(capsys, "trust", "super", "--project", demo, "--evidence", "read")
    assert err.count("Agree? [y/N]") == 2
    assert "nothing was changed" in out
    assert (demo / "review.lock").read_bytes() == before


def test_what_an_archive_would_bring_is_seen_before_anything_of_it_is_in_the_project(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trusted(demo, "read", capsys)
    newer = Path(shutil.copytree(demo / "deps/super", tmp_path / "super-1.1.0"))
    alter(newer / "build.zig", RUN, RUN + "    _ = b.addRunArtifact(helper);\n")
    (newer / "notes.txt").write_text("not listed in paths\n")
    alter(
        newer / "build.zig.zon",
        '.paths = .{""}',
        '.paths = .{ "build.zig", "build.zig.zon", "root.zig", "evil.zig", "dummy.zig" }',
    )
    archive = shutil.make_archive(str(tmp_path / "super"), "gztar", tmp_path, "super-1.1.0")
    words = ("super", "--project", demo, "--evidence", "read", "--to", archive)
    code, out, _ = run(capsys, "diff", *words)
    assert code == 0
    assert out.startswith("super \u2192 super.tar.gz: files: 2 altered")
    assert "! run step added: " in out
    assert "super.tar.gz holds 1 more file, which its manifest does not list" in out
    assert run(capsys, "diff", *words, "--mark-viewed")[0] == 2


def test_any_two_versions_that_are_here_can_be_compared_by_name(
    demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "zig"))
    trusted(demo, "read", capsys)
    lock = demo / "review.lock"
    lock.write_text(lock.read_text().replace("super@1.0.0", "super@0.8.0"))
    alter(demo / BUILD, RUN, RUN + "// 1.0.0\n")
    fetched = tmp_path / "zig/p" / f"super-0.9.0-{'x' * 44}"
    shutil.copytree(demo / "deps/super", fetched)
    alter(fetched / "build.zig", "// 1.0.0", "// 0.9.0")
    words = ("super", "--project", demo, "--evidence", "read")
    _, out, _ = run(capsys, "diff", *words, "--from", "0.8.0", "--to", "0.9.0")
    assert "+ // 0.9.0" in out.splitlines()
    _, out, _ = run(capsys, "diff", *words, "--from", "0.9.0")
    assert "- // 0.9.0" in out.splitlines()
    code, _, err = run(capsys, "diff", *words, "--from", "0.7.0")
    assert code == 2
    assert "0.8.0" not in err.partition("say which")[0]
    assert "deps/super (trusted 20" in err
    assert f"{fetched.name} (fetched, \u2026xxxxxxxx)" in err


@EVIDENCE
def test_code_that_a_step_of_the_project_runs_is_a_consequence_though_the_package_runs_nothing(
    demo: Path, evidence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(
        demo / "build.zig",
        "    b.installArtifact(app);\n",
        """    b.installArtifact(app);
    const gen_mod = b.createModule(.{ .root_source_file = b.path("gen.zig"), .target = b.graph.host });
    gen_mod.addImport("event_loop", event_loop.module("event_loop"));
    const gen = b.addRunArtifact(b.addExecutable(.{ .name = "gen", .root_module = gen_mod }));
    b.getInstallStep().dependOn(&gen.step);
""",
    )
    (demo / "gen.zig").write_text('const loop = @import("event_loop");\npub fn main() void { _ = loop; }\n')
    words = ("event-loop", "--project", demo, "--evidence", evidence)
    assert run(capsys, "trust", *words, "--yes")[0] in (0, 1)
    source = demo / "deps/event-loop/src/event_loop.zig"
    source.write_text(source.read_text() + "// more\n")
    found = diff(capsys, demo, "event-loop", evidence)
    assert [(c["effect"], c["text"], c["details"]) for c in found["consequences"]] == [
        (
            "reach_altered",
            "What \u201crun exe gen of terminal_app\u201d runs of it is other code or data",
            ["altered: event-loop/src/event_loop.zig"],
        )
    ]


def test_a_bump_seen_before_it_is_made_tells_of_idle_steps_and_of_code_that_no_longer_only_describes_a_build(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = Path(shutil.copytree(demo / "deps/ring-buffer", tmp_path / "newer"))
    tests = """    const ran = b.addRunArtifact(b.addTest(.{ .root_module = b.modules.get("ring_buffer").? }));
    b.step("test", "Test").dependOn(&ran.step);
    _ = b.run(&.{"true"});
"""
    build = newer / "build.zig"
    head, brace, rest = build.read_text().rpartition("}")
    build.write_text(f"{head}{tests}{brace}{rest}")
    words = ("--from", demo / "deps/ring-buffer", "--to", newer, "--format", "json")
    code, out, _ = run(capsys, "diff", *words)
    assert code == 0
    told = {found["effect"]: found["text"] for found in json.loads(out)["consequences"]}
    assert told["step_added"] == "New run steps that nothing in this project is seen to reach: 1"
    assert told["not_declarative"] == "Its build code no longer only describes a build"
