"""Read evidence of whole projects: the demo, chains of dependencies, and the same steps as real zig."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.reading.graph import read_graph
from reviewer.model.graph import Evidence, Graph, Location
from reviewer.progress import CancelledError, Progress
from tests.ecosystems.zig.reading.helpers import BUILD, read_body, read_project, run_of, unanalyzed, write_package

HERE = Path(__file__).parent


@pytest.fixture
def graph(demo: Path) -> Graph:
    return read_project(demo)


def test_the_demo_is_read_whole(graph: Graph) -> None:
    assert graph.evidence is Evidence.READ
    assert graph.toolchain is None
    assert graph.problems == ()
    assert graph.findings == ()
    assert [step.id for step in graph.run_steps] == [
        "super/run exe helper",
        "unicode_tables/run exe generate (tables.zig)",
        "root/run exe app",
    ]


def test_the_hidden_run_step_is_shown_with_its_line_and_the_chain_that_makes_it_run(graph: Graph) -> None:
    step = graph.step["super/run exe helper"]
    [created] = step.created_at
    source = Path(graph.package[created.package].root, created.file).read_text().splitlines()
    assert "b.addRunArtifact(helper)" in source[created.line - 1]
    assert source[created.line - 1][created.column - 1] == "("
    assert created.function == "build"

    run = run_of(graph, step.id)
    assert run.hidden
    assert run.command == ("[helper]",)
    assert run.executes == step.package
    assert run.program_source == Location(step.package, "evil.zig", 1)
    assert run.fingerprint.startswith("read:sha256:")
    assert run.why[0] == (
        "root/install",
        "root/install app",
        "root/compile exe app",
        "mod:root/app (root)",
        "mod:super/super",
        "super/compile obj dummy",
        "super/run exe helper",
    )


def test_a_code_generator_is_shown_with_its_declared_input_and_output(graph: Graph) -> None:
    run = run_of(graph, "unicode_tables/run exe generate (tables.zig)")
    assert run.command == ("[generate]", "unicode-tables:data/wide.txt", "[tables.zig]")
    assert run.inputs == ("unicode-tables:data/wide.txt",)
    assert run.outputs == ("tables.zig",)
    assert not run.hidden


def test_a_package_of_a_package_is_labelled_by_the_chain_of_manifest_names(graph: Graph) -> None:
    module = graph.module["mod:event_loop/event_loop"]
    assert module.imports == (("ring_buffer", "mod:event_loop.ring_buffer/ring_buffer"),)
    assert graph.module["mod:event_loop.ring_buffer/ring_buffer"].root_source == "src/ring_buffer.zig"


def test_the_fingerprint_is_the_same_in_another_checkout_and_changes_with_the_owner(demo: Path, tmp_path: Path) -> None:
    before = run_of(read_project(demo), "super/run exe helper").fingerprint
    elsewhere = tmp_path / "else" / "where"
    shutil.copytree(demo, elsewhere)
    assert run_of(read_project(elsewhere), "super/run exe helper").fingerprint == before
    (elsewhere / "src" / "more.zig").write_text(
        "// the project's own files are no reason to review a dependency again\n"
    )
    assert run_of(read_project(elsewhere), "super/run exe helper").fingerprint == before
    with (elsewhere / "deps/super/evil.zig").open("a") as program:
        program.write("// changed\n")
    assert run_of(read_project(elsewhere), "super/run exe helper").fingerprint != before


def test_a_dependency_that_the_build_never_asks_for_is_still_read(tmp_path: Path) -> None:
    write_package(tmp_path / "app", BUILD % "_ = b;", {"idle": "../idle"})
    write_package(tmp_path / "idle", BUILD % '_ = b.addSystemCommand(&.{"true"});', name="idle")
    run = run_of(read_project(tmp_path / "app"), "idle/run true")
    assert run.why == ()
    assert not run.hidden


def test_the_same_options_give_the_same_instance_and_others_another(tmp_path: Path) -> None:
    asks = 'const x = b.dependency("gen", .{}); const y = b.dependency("gen", .{}); const z = b.dependency("gen", .{ .fast = "yes" });\n'
    uses = 'for ([_]*std.Build.Dependency{ x, y, z }) |d| b.installArtifact(d.artifact("tool"));'
    write_package(tmp_path / "app", BUILD % (asks + uses), {"gen": "../gen"})
    tool = 'b.installArtifact(b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{}) }));'
    write_package(tmp_path / "gen", BUILD % tool, name="gen")
    graph = read_project(tmp_path / "app")
    compiled = [step.id for step in graph.steps if step.kind == "compile"]
    assert compiled == ["gen/compile exe tool", "gen/compile exe tool #2"]
    assert graph.step["root/install tool #2"].depends_on == ("gen/compile exe tool",)
    assert graph.step["root/install tool #3"].depends_on == ("gen/compile exe tool #2",)


def test_a_cycle_of_imports_between_modules_ends(tmp_path: Path) -> None:
    graph = read_body(
        tmp_path,
        'const m = b.addModule("m", .{}); const n = b.addModule("n", .{});\n'
        'm.addImport("n", n); n.addImport("m", m);\n'
        'b.installArtifact(b.addExecutable(.{ .name = "app", .root_module = m }));',
    )
    assert graph.module["mod:root/m"].imports == (("n", "mod:root/n"),)
    assert unanalyzed(graph) == []


def test_reading_can_be_cancelled(demo: Path) -> None:
    table = find_packages(demo, Progress(), package_folders=())
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        read_graph(demo, table, progress)


def test_nothing_is_executed_or_written(demo: Path) -> None:
    before = sorted(path for path in demo.rglob("*"))
    read_project(demo)
    assert sorted(path for path in demo.rglob("*")) == before


def test_a_wide_build_file_gives_the_steps_that_real_zig_gives(tmp_path: Path) -> None:
    project = Path(shutil.copytree(HERE / "wide", tmp_path / "wide"))
    graph = read_project(project)
    assert unanalyzed(graph) == []
    reached: set[str] = set()
    pending = [step.id for step in graph.steps if step.kind == "top_level" and graph.is_own(step.package)]
    while pending:
        step = pending.pop()
        if step not in reached:
            reached.add(step)
            pending.extend(graph.step[step].depends_on)

    zig = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages", "ziglang", "zig")
    command = [str(zig), "build", "--print-configuration", "--cache-dir", str(tmp_path / "cache")]
    printed = subprocess.run(
        command, cwd=project, env=dict(os.environ), capture_output=True, text=True, check=True
    ).stdout
    steps = printed[printed.index("    .steps = .{") :]
    names = re.findall(r'^            \.name = "([^"]*)",\n            \.owner = ', steps, re.MULTILINE)
    # A configured compile step is also named after its optimize mode and target, which reading does not know.
    expected = [
        re.sub(r" (debug|safe|fast|small) \S+$", "", name) if name.startswith("compile ") else name for name in names
    ]
    assert Counter(graph.step[step].name for step in reached) == Counter(expected)
