"""One project, configured by each version of zig that Reviewer knows: four/ is written so that all of them build it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.configure import configure as configure_anew
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.gate.installed import apply
from reviewer.gate.zig import plan_install
from reviewer.model.graph import BuildOption, Evidence, Graph, Run, Step
from reviewer.progress import Progress
from reviewer.sandbox import probe
from reviewer.sandbox.bubblewrap import find_bubblewrap

FOUR = Path(__file__).parent / "four"


def copy_of_four(folder: Path) -> Path:
    return Path(shutil.copytree(FOUR, folder / "four"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all versions, as when a user changes zig. A loaded graph is remembered."""
    return copy_of_four(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def changeable(project: Path) -> Iterator[Path]:
    """The same project, put back afterwards."""
    yield project
    shutil.copytree(FOUR, project, dirs_exist_ok=True)


@pytest.fixture
def graph(toolchain: Toolchain, configured: dict[str, Graph], project: Path) -> Graph:
    if toolchain.version not in configured:
        configured[toolchain.version] = configure(project, toolchain)
    return configured[toolchain.version]


@pytest.fixture(scope="module")
def configured() -> dict[str, Graph]:
    """By version."""
    return {}


def configure(project: Path, toolchain: Toolchain) -> Graph:
    return load_graph(project, Evidence.CONFIGURED, Progress(), zig=toolchain.zig)


def owner(graph: Graph, step: Step) -> str:
    return graph.package[step.package].name


def only(graph: Graph, package: str, kind: str = "run", word: str = "") -> tuple[Step, Run]:
    """The one step of its kind in a package: what a step is called differs between versions."""
    (step,) = [s for s in graph.run_steps if (owner(graph, s), s.kind) == (package, kind) and word in s.name]
    assert step.run is not None
    return step, step.run


def line_of(file: str, text: str) -> int:
    return 1 + next(i for i, line in enumerate((FOUR / file).read_text().splitlines()) if text in line)


def test_the_graph_tells_which_zig_made_it(graph: Graph, toolchain: Toolchain) -> None:
    assert graph.toolchain == toolchain.version
    assert [package.name for package in graph.packages] == ["four", "super", "tables", "maker"]
    assert [(s.name, owner(graph, s)) for s in graph.steps if s.kind == "top_level"] == [
        ("install", "four"),
        ("uninstall", "four"),
        ("run", "four"),
    ]


def test_the_hidden_run_step_is_found_with_the_line_that_created_it_and_why_it_runs(graph: Graph) -> None:
    step, run = only(graph, "super")
    assert run.hidden
    created = step.created_at[0]
    assert (created.package, created.file, created.line) == (
        "zig:super@1.0.0#deps/super",
        "build.zig",
        line_of("deps/super/build.zig", "addRunArtifact"),
    )
    assert (step.created_at[-1].package, step.created_at[-1].file) == ("zig:four@0.1.0#.", "build.zig")
    assert run.program_source is not None
    assert (run.executes, run.program_source.file) == ("zig:super@1.0.0#deps/super", "evil.zig")
    chain = run.why[0]
    assert chain[0] == "root/install"
    assert chain[chain.index("mod:super/super") + 1 :] == (
        next(s.id for s in graph.steps if "dummy" in s.name),
        step.id,
    )


def test_a_code_generator_declares_what_it_reads_and_makes(graph: Graph) -> None:
    _, run = only(graph, "tables", word="generate")
    assert (run.command, run.inputs, run.outputs) == (
        ("[generate]", "tables:data.txt", "[tables.zig]"),
        ("tables:data.txt",),
        ("tables.zig",),
    )
    assert run.env == {"MODE": "wide"}
    assert not run.hidden


def test_captured_output_stdin_and_working_directory_are_told(graph: Graph) -> None:
    _, run = only(graph, "tables", word="sort")
    assert (run.command, run.executes, run.cwd) == (("sort", "-u", "tables:lists"), None, "tables:.")
    assert (run.inputs, run.outputs) == (("tables:lists", "stdin:b\na\n"), ("stdout",))


def test_modules_tell_what_importing_them_drags_in(graph: Graph) -> None:
    assert graph.module["mod:super/super"].root_source == "root.zig"
    needed = [graph.step[step] for step in graph.module["mod:super/super"].needs_steps]
    assert any("dummy" in step.name for step in needed if step.kind == "compile")
    assert {name for name, _ in graph.module["mod:root/app (root)"].imports} == {"super", "maker", "tables", "list"}


def test_steps_that_bring_their_own_code_are_run_steps_up_to_0_16(graph: Graph, toolchain: Toolchain) -> None:
    """However they call themselves: `disguised` says that it is an options step."""
    custom = {step.name: step for step in graph.steps if step.kind == "custom"}
    if toolchain.has_maker:
        assert custom == {}
        return
    assert custom.keys() == {"open", "disguised"}
    for name, function in (("open", "openly"), ("disguised", "disguised")):
        step, run = only(graph, "maker", "custom", name)
        place = run.program_source
        assert place is not None
        assert (place.file, place.line) == ("build.zig", line_of("deps/maker/build.zig", f"fn {function}("))
        assert run.executes == step.package == "zig:maker@1.0.0#deps/maker"
        assert run.command == ("[build runner]", "maker:build.zig", function)
        assert run.hidden
        assert run.why[0][-1] == step.id
        assert step.created_at[0].line == line_of("deps/maker/build.zig", "Step.init")


def test_the_options_that_the_project_declares_are_told(graph: Graph) -> None:
    options = {option.name: option for option in graph.declared_options}
    assert options["level"] == BuildOption("level", "enum", "How much to make", ("low", "high"), "low")
    assert len(options["optimize"].choices) == 4
    assert options["target"].type == "string"
    assert graph.options == ()


def test_options_make_another_graph_which_says_so(graph: Graph, toolchain: Toolchain) -> None:
    chosen = ("-Dlevel=high", "--release=fast")
    other = load_graph(Path(graph.root), Evidence.CONFIGURED, Progress(), zig=toolchain.zig, options=chosen)
    assert other.options == chosen
    (more,) = [step for step in other.run_steps if step.name not in {known.name for known in graph.run_steps}]
    assert more.run is not None
    assert more.run.command == (
        "true",
        "more",
        "/etc/hostname",
    )  # an absolute path stays one, below whatever it was asked for
    again = load_graph(Path(graph.root), Evidence.CONFIGURED, Progress(), zig=toolchain.zig)
    assert again == graph


def test_configured_again_it_tells_the_same_without_looking_up_every_line_again(
    graph: Graph, toolchain: Toolchain
) -> None:
    root = Path(graph.root)
    again = configure_anew(root, find_packages(root, Progress()), toolchain, Progress())
    assert [(step.id, step.created_at) for step in again.steps] == [(step.id, step.created_at) for step in graph.steps]
    assert again.steps == graph.steps
    report = json.loads((project_cache(root) / "report/report.json").read_bytes())
    assert report["frames"] == {}


def test_nothing_was_made(graph: Graph) -> None:
    """The project's programs would lie in a cache, and what it installs in zig-out."""
    root = Path(graph.root)
    made = {path.name for path in (*project_cache(root).rglob("*"), *root.rglob("*"))}
    assert made.isdisjoint({"app", "helper", "generate", "tables.zig", "list.zig", "zig-out"})


def test_where_bubblewrap_does_not_work_the_other_sandbox_tells_the_same(
    graph: Graph, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "_passed", None)
    monkeypatch.setattr(probe, "find_bubblewrap", lambda: None)
    root = Path(graph.root)
    again = configure_anew(root, find_packages(root, Progress()), toolchain, Progress())
    assert (again.packages, again.modules, again.steps) == (graph.packages, graph.modules, graph.steps)
    assert probe.find_sandbox().kind == "Landlock"


def test_a_decision_outlives_a_change_of_zig(graph: Graph, configured: dict[str, Graph]) -> None:
    """`configured` holds the versions before this one."""
    packages = (("super", ""), ("tables", "generate"), ("tables", "sort"))
    for package, word in packages:
        prints = {only(other, package, word=word)[1].fingerprint for other in (graph, *configured.values())}
        assert len(prints) == 1


def fingerprints(graph: Graph) -> dict[str, str]:
    return {step.name: step.run.fingerprint for step in graph.run_steps if step.run}


@pytest.mark.parametrize("toolchain", ["0.16"], indirect=True)
def test_fingerprints_of_custom_steps_are_the_same_elsewhere(
    graph: Graph, toolchain: Toolchain, tmp_path: Path
) -> None:
    elsewhere = fingerprints(configure(copy_of_four(tmp_path / "else where"), toolchain))
    assert elsewhere == fingerprints(graph)
    assert len({*elsewhere.values()}) == 6


@pytest.mark.parametrize("toolchain", ["0.14", "0.17"], indirect=True)
def test_a_check_that_would_stop_the_build_lets_reviewer_see_the_graph(
    graph: Graph, toolchain: Toolchain, changeable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is trusted yet; plain zig is stopped."""
    shown = [step.name for step in graph.steps]
    apply(plan_install(changeable))
    try:
        for found in (find_bubblewrap(), None):
            monkeypatch.setattr(probe, "_passed", None)
            monkeypatch.setattr(probe, "find_bubblewrap", lambda found=found: found)
            gated = configure_anew(changeable, find_packages(changeable, Progress()), toolchain, Progress())
            assert [step.name for step in gated.steps] == shown
    finally:
        (changeable / "review.zig").unlink()


HOSTILE = {
    "exits early": ("std.process.exit(0);", "without Reviewer's report"),
    "forges a report": (
        '_ = std.Io.Dir.cwd().createFile(b.graph.io, "REPORT", .{}) catch unreachable;',
        "exists already",
    ),
    # The next configure would make folders behind it: what build code left is looked at first, and the cache begins anew.
    "leaves a link in the cache": (
        (
            'var cache = std.Io.Dir.cwd().openDir(b.graph.io, b.graph.environ_map.get("ZIG_GLOBAL_CACHE_DIR").?, .{}) catch unreachable;'
            'cache.symLink(b.graph.io, "/tmp", "mine", .{}) catch unreachable;'
        ),
        "leads out of the folder",
    ),
}


@pytest.mark.parametrize("toolchain", ["0.16"], indirect=True)
@pytest.mark.parametrize(("body", "told"), HOSTILE.values(), ids=HOSTILE)
def test_before_0_17_too_a_configure_that_cannot_be_believed_is_an_error(
    toolchain: Toolchain, changeable: Path, body: str, told: str
) -> None:
    build_zig = changeable / "deps/super/build.zig"
    body = body.replace("REPORT", str(project_cache(changeable) / "report" / "report.json"))
    build_zig.write_text(build_zig.read_text().removesuffix("}\n") + body + "\n}\n")
    with pytest.raises(ReviewerError, match=told):
        configure(changeable, toolchain)
