"""The reach of a run step: the files that decide what it does."""

from pathlib import Path

import pytest

from reviewer.analysis.analyse import analyse
from reviewer.model.graph import Evidence, Graph, Reach
from reviewer.model.json import graph_from_json, graph_to_json
from reviewer.progress import Progress
from tests.analysis.helpers import analysed, found
from tests.ecosystems.zig.reading.helpers import BUILD, read_project, write_package

TOOL = """
const lib = b.createModule(.{ .root_source_file = b.path("lib/lib.zig") });
lib.addCSourceFile(.{ .file = b.path("c/a.c") });
lib.addIncludePath(b.path("c/include"));
const tool = b.addExecutable(.{ .name = "tool", .root_module = b.createModule(.{
    .root_source_file = b.path("tool/main.zig"), .imports = &.{.{ .name = "lib", .module = lib }},
}) });
const run = b.addRunArtifact(tool);
run.addFileArg(b.path("data/table.txt"));
b.addNamedLazyPath("made", run.addOutputFileArg("made.zig"));
"""
USE = 'b.getInstallStep().dependOn(&b.addInstallFile(b.dependency("dep", .{}).namedLazyPath("made"), "made.zig").step);'


def write(root: Path, body: str, **files: str) -> Path:
    """A project whose dependency `dep` has this build code and these files."""
    write_package(root / "app", BUILD % USE, {"dep": "../dep"})
    write_package(root / "dep", BUILD % body, name="dep")
    for path, text in files.items():
        (root / "dep" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "dep" / path).write_text(text)
    return root / "app"


FILES = {
    "tool/main.zig": 'const more = @import("more.zig");\nconst text = @embedFile("text.txt");\nconst lib = @import("lib");',
    "tool/more.zig": "",
    "tool/text.txt": "text",
    "tool/unused.zig": "",
    "lib/lib.zig": 'const std = @import("std");\nconst settings = @import("settings.zon");',
    "lib/settings.zon": ".{}",
    "c/a.c": '#include "a.h"\n#include <b.h>\n#include <stdio.h>\n',
    "c/a.h": "",
    "c/include/b.h": "",
    "data/table.txt": "1\n",
}


def reach_of(graph: Graph, step: str) -> Reach:
    run = graph.step[step].run
    assert run is not None
    assert run.reach is not None
    return run.reach


def test_the_reach_holds_what_the_program_is_made_of_and_what_it_is_given(tmp_path: Path) -> None:
    reach = reach_of(analysed(write(tmp_path, TOOL, **FILES)), "dep/run exe tool (made.zig)")
    assert [file for _, file in reach.code] == [
        "c/a.c", "c/a.h", "c/include/b.h", "lib/lib.zig", "tool/main.zig", "tool/more.zig",
    ]  # fmt: skip
    assert [file for _, file in reach.data] == ["data/table.txt", "lib/settings.zon", "tool/text.txt"]
    assert reach.gaps == ()


def test_what_only_tests_take_in_is_no_part_of_it(tmp_path: Path) -> None:
    main = FILES["tool/main.zig"] + '\ntest {\n    _ = @import("unused.zig");\n    _ = @import("nowhere");\n}\n'
    reach = reach_of(
        analysed(write(tmp_path, TOOL, **(FILES | {"tool/main.zig": main}))), "dep/run exe tool (made.zig)"
    )
    assert "tool/unused.zig" not in [file for _, file in reach.code]
    assert reach.gaps == ()
    body = TOOL.replace("b.addExecutable(.{ .name", "b.addTest(.{ .name")
    graph = analysed(write(tmp_path, body, **(FILES | {"tool/main.zig": main})))
    [step] = [step for step in graph.run_steps if step.package != graph.root_package.id]
    assert "tool/unused.zig" in [file for _, file in reach_of(graph, step.id).code]


def test_its_digest_changes_with_its_files_only(tmp_path: Path) -> None:
    app = write(tmp_path, TOOL, **FILES)
    step = "dep/run exe tool (made.zig)"
    before = reach_of(analysed(app), step).digest
    (tmp_path / "dep/tool/unused.zig").write_text("// new\n")
    (tmp_path / "dep/build.zig.zon").write_text((tmp_path / "dep/build.zig.zon").read_text().replace("1.0.0", "1.0.1"))
    assert reach_of(analysed(app), step).digest == before
    (tmp_path / "dep/c/include/b.h").write_text("int x;\n")
    assert reach_of(analysed(app), step).digest != before


def test_what_the_program_can_do_is_found_in_all_of_it(tmp_path: Path) -> None:
    files = FILES | {
        "tool/more.zig": 'const std = @import("std");\nfn f() void { std.fs.cwd().deleteTree("x") catch {}; }'
    }
    graph = analysed(write(tmp_path, TOOL, **files))
    [finding] = [finding for finding in graph.findings if finding.capability == "fs.delete"]
    assert (finding.file, finding.line, finding.step) == ("tool/more.zig", 2, "dep/run exe tool (made.zig)")
    # It is given a file and declares an output, so that reading and writing are what it is there for.
    assert {finding.capability for finding in graph.findings} == {"fs.delete"}


def test_c_code_in_it_is_looked_at_too(tmp_path: Path) -> None:
    files = FILES | {
        "c/a.c": '#include "a.h"\nint f(void) { return system("curl x") + system(NAME) + !fopen("x", "r"); }\n',
        "c/a.h": "#define JOIN(a, b) a##b\nint g(void) { return connect(1, 0, 0); }\n",
        "c/include/b.h": "// system()\n",
    }
    graph = analysed(write(tmp_path, TOOL, **files))
    # It is given a file, so that it may open some.
    assert sorted(found(graph)) == [
        ("net.download", "c/a.c", 2), ("net.out", "c/a.h", 2), ("proc.shell", "c/a.c", 2), ("unanalyzed", "c/a.h", 1),
    ]  # fmt: skip
    assert {finding.step for finding in graph.findings} == {"dep/run exe tool (made.zig)"}
    assert found(analysed(tmp_path / "app")) == found(graph), "what is kept of the files tells the same"


def test_a_language_without_rules_has_to_be_read(tmp_path: Path) -> None:
    files = {**FILES, "c/a.S": "nop\n"}
    graph = analysed(write(tmp_path, TOOL.replace("c/a.c", "c/a.S"), **files))
    assert ("unanalyzed", "c/a.S", 1) in found(graph)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("tool/more.zig", "const x = @import(name());", 1),
        ("tool/more.zig", '\nconst x = @import("nowhere");', 2),
        ("tool/more.zig", '\nconst x = @embedFile("../../../../etc/passwd");', 2),
        ("tool/more.zig", 'const x = @import("gone.zig");', 1),
        ("tool/main.zig", "const x = (;", 1),
    ],
)
def test_what_cannot_be_followed_is_a_gap_and_a_finding(tmp_path: Path, path: str, text: str, line: int) -> None:
    graph = analysed(write(tmp_path, TOOL, **(FILES | {path: text})))
    assert reach_of(graph, "dep/run exe tool (made.zig)").gaps
    where = "tool/gone.zig" if "gone" in text else path
    assert ("unanalyzed", where, line) in found(graph)


def test_a_script_is_the_reach_of_the_interpreter_that_runs_it(tmp_path: Path) -> None:
    body = (
        'const run = b.addSystemCommand(&.{ "python3", "generate.py" });\nrun.addFileArg(b.path("more.py"));\n'
        'b.addNamedLazyPath("made", run.captureStdOut());'
    )
    graph = analysed(write(tmp_path, body, **{"generate.py": "", "more.py": "", "other.py": ""}))
    reach = reach_of(graph, "dep/run python3")
    assert [file for _, file in reach.code] == ["generate.py", "more.py"]
    assert reach.gaps == ("python3 is a program of the machine that builds",)
    assert ("unanalyzed", "generate.py", 1) in found(graph)


def test_the_reach_of_a_program_made_of_generated_code_holds_the_generator(tmp_path: Path) -> None:
    body = TOOL.replace('"made", run', '"never", run') + (
        'const second = b.addExecutable(.{ .name = "second", .root_module = b.createModule(.{\n'
        '    .root_source_file = run.addOutputFileArg("second.zig"),\n}) });\n'
        'b.addNamedLazyPath("made", b.addRunArtifact(second).captureStdOut());'
    )
    graph = analysed(write(tmp_path, body, **FILES))
    reach = reach_of(graph, "dep/run exe second")
    assert "tool/main.zig" in [file for _, file in reach.code]
    assert any("second.zig" in gap for gap in reach.gaps)


def test_running_the_projects_own_program_is_no_part_of_building_it(demo: Path) -> None:
    graph = analysed(demo)
    assert graph.step["root/run exe app"].run.reach is None  # type: ignore[union-attr]
    assert [file for _, file in reach_of(graph, "super/run exe helper").code] == ["evil.zig"]


def test_the_reach_of_a_saved_graph_is_known_again(tmp_path: Path) -> None:
    graph = analysed(write(tmp_path, TOOL, **FILES))
    assert graph_from_json(graph_to_json(graph), where="") == graph


def test_a_second_look_gives_the_same(tmp_path: Path) -> None:
    app = write(tmp_path, TOOL, **FILES)
    assert analysed(app) == analysed(app)
    assert analyse(read_project(app), Progress()).evidence is Evidence.READ


def test_what_a_link_brings_in_from_outside_is_not_listed_and_not_passed_over(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("key")
    root = write(tmp_path, TOOL + 'run.addDirectoryArg(b.path("linked"));', **FILES)
    (tmp_path / "dep" / "linked").symlink_to(outside)
    reach = reach_of(analysed(root), "dep/run exe tool (made.zig)")
    assert not any("secret" in path for _, path in reach.data)
    assert any("dep:linked" in gap for gap in reach.gaps)


def test_a_program_that_no_digest_covers_is_not_followed_as_if_one_did(tmp_path: Path) -> None:
    # The package's digest leaves `.git` out: what is built from there can change, and the package is the same.
    root = write(tmp_path, TOOL.replace('"tool/main.zig"', '".git/main.zig"'), **FILES, **{".git/main.zig": ""})
    reach = reach_of(analysed(root), "dep/run exe tool (made.zig)")
    assert any("no digest covers" in gap for gap in reach.gaps)


@pytest.mark.parametrize(
    ("source", "gap"),
    [
        ('/* */ # /* */ include /**/ "hidden.txt"', ""),
        ('#inc\\\nlude "hidden.txt"', ""),
        ('%:include "hidden.txt"', ""),
        ('char *a = "/*";\n#include "hidden.txt"\nchar *b = "*/";', ""),
        ('#include_next "hidden.txt"', ""),
        ('#include "between"', ""),
        ("#define M <hidden.txt>\n#include M", "the value of a macro"),
        ('__asm__(".incbin \\"c/hidden.txt\\"");', "takes in a file"),
    ],
)
def test_c_code_takes_in_nothing_unseen(source: str, gap: str, tmp_path: Path) -> None:
    files = {**FILES, "c/a.c": source + "\n", "c/between": '#include "hidden.txt"\n', "c/hidden.txt": "int x;"}
    reach = reach_of(analysed(write(tmp_path, TOOL, **files)), "dep/run exe tool (made.zig)")
    if gap:
        assert any(gap in each for each in reach.gaps)
    else:
        assert "c/hidden.txt" in {path for _, path in (*reach.code, *reach.data)}
