"""Go to definition, from a place in the demo to what is named there, along imports and into dependencies."""

from pathlib import Path

import pytest

from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.open import open_review
from reviewer.review.review import Review

ROOT = "deps/.."
SUPER = "zig:super@1.0.0#deps/super"
TABLES = "zig:unicode-tables@16.0.2#deps/unicode-tables"
LOOP = "zig:event-loop@0.9.3#deps/event-loop"
RING = "zig:ring-buffer@1.2.0#deps/ring-buffer"


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    import shutil

    from reviewer.resources import resource

    demo = shutil.copytree(resource("demo"), tmp_path_factory.mktemp("project") / "demo")
    return open_review(demo, Progress(), evidence=Evidence.READ)


def follow(review: Review, package: str, file: str, at: str) -> tuple[str, str, str] | None:
    """Follow the place that `at` marks with `|` in a line of the file: package, file and text of the line that it leads to."""
    plain = at.replace("|", "")
    lines = review.text(package, file).split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if plain in text)
    column = lines[line - 1].index(plain) + at.index("|") + 1
    found = review.definition(package, file, line, column)
    if found is None:
        return None
    return found.package, found.file, review.text(found.package, found.file).split("\n")[found.line - 1].strip()


def test_a_name_leads_to_its_declaration_in_the_innermost_scope(review: Review) -> None:
    found = follow(review, SUPER, "build.zig", "addRunArtifact(hel|per)")
    assert found is not None
    assert found[2].startswith("const helper = b.addExecutable")
    found = follow(review, SUPER, "build.zig", "|b.addModule(")
    assert found is not None
    assert found[2].startswith("pub fn build(b:")


def test_a_path_leads_to_its_file(review: Review) -> None:
    assert (follow(review, SUPER, "build.zig", 'b.path("ro|ot.zig")') or ())[:2] == (SUPER, "root.zig")
    assert (follow(review, TABLES, "build.zig", 'addFileArg(b.path("data/|wide.txt")') or ())[:2] == (
        TABLES,
        "data/wide.txt",
    )


def test_a_dependency_leads_to_its_package(review: Review) -> None:
    root = review.graph.root_package.id
    assert (follow(review, root, "build.zig", 'b.dependency("event|_loop"') or ())[:2] == (LOOP, "build.zig")
    assert (follow(review, LOOP, "build.zig", 'b.dependency("ring|_buffer"') or ())[:2] == (RING, "build.zig")
    assert (follow(review, root, "build.zig.zon", '"deps/su|per"') or ())[:2] == (SUPER, "build.zig")


def test_a_module_leads_to_its_root_file(review: Review) -> None:
    root = review.graph.root_package.id
    assert (follow(review, root, "build.zig", 'super.module("su|per")') or ())[:2] == (SUPER, "root.zig")


def test_an_import_leads_to_the_module_and_a_member_to_its_declaration_there(review: Review) -> None:
    root = review.graph.root_package.id
    assert (follow(review, root, "src/main.zig", '@import("event|_loop")') or ())[:2] == (LOOP, "src/event_loop.zig")
    assert follow(review, root, "src/main.zig", "event_loop.Lo|op = ") == (
        LOOP,
        "src/event_loop.zig",
        "pub const Loop = struct {",
    )
    found = follow(review, LOOP, "src/event_loop.zig", '@import("ring_buffer").Ring|Buffer')
    assert found is not None
    assert (found[0], found[2]) == (RING, "pub fn RingBuffer(comptime T: type, comptime capacity: usize) type {")


def test_a_member_of_a_value_leads_to_the_only_one_of_that_name(review: Review) -> None:
    found = follow(review, LOOP, "src/event_loop.zig", "loop.eve|nts.push")
    assert found is not None
    assert found[2].startswith("events: RingBuffer")


def test_a_declaration_leads_on_to_what_it_imports(review: Review) -> None:
    root = review.graph.root_package.id
    assert (follow(review, root, "src/main.zig", "const su|per = ") or ())[:2] == (SUPER, "root.zig")


def test_the_line_that_creates_a_run_step_leads_to_the_source_of_its_program(review: Review) -> None:
    assert (follow(review, SUPER, "build.zig", "b.addRun|Artifact(helper)") or ())[:2] == (SUPER, "evil.zig")
    assert (follow(review, SUPER, "build.zig", "|    const run = ") or ())[:2] == (SUPER, "evil.zig")


def test_what_is_not_part_of_the_project_leads_nowhere(review: Review) -> None:
    assert follow(review, SUPER, "build.zig", '@import("st|d")') is None
    assert follow(review, SUPER, "build.zig", "|}") is None


def test_hostile_source_leads_nowhere_out_of_its_package_and_never_round_in_circles(review: Review) -> None:
    folder = Path(review.graph.package[SUPER].root)
    (folder / "loop.zig").write_text(
        'const a = @import("../../../../../etc/passwd");\nconst x = x;\nconst y = @import("loop.zig").y;\n'
        "const z = " + "(" * 5_000 + "a" + ")" * 5_000 + ";\n"
    )
    assert follow(review, SUPER, "loop.zig", '@import("../../|../../../etc') is None
    assert follow(review, SUPER, "loop.zig", "const |x = x") is None
    for place in ("const x = |x", "const |y", '"loop.zig").|y', "const |z"):
        follow(review, SUPER, "loop.zig", place)


def test_other_languages_are_followed_by_their_usual_words(review: Review) -> None:
    folder = Path(review.graph.package[SUPER].root)
    (folder / "gen.py").write_text("import os\n\ndef table(size):\n    return size\n\nprint(table(3))\n")
    (folder / "src").mkdir()
    (folder / "src/a.c").write_text('#include "b.h"\n\nstatic int twice(int x) { return 2 * x; }\nint y = twice(2);\n')
    (folder / "src/b.h").write_text("int b;\n")
    assert follow(review, SUPER, "gen.py", "print(ta|ble(3))") == (SUPER, "gen.py", "def table(size):")
    assert (follow(review, SUPER, "src/a.c", '#include "b|.h"') or ())[:2] == (SUPER, "src/b.h")
    found = follow(review, SUPER, "src/a.c", "y = twi|ce(2)")
    assert found is not None
    assert found[2].startswith("static int twice")
