"""`configured` evidence: real zig in the real sandbox, on honest and on hostile build code."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.configured.configure import configure
from reviewer.ecosystems.zig.loading import load_graph
from reviewer.ecosystems.zig.packages.kept import project_cache
from reviewer.ecosystems.zig.packages.table import find_packages
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph, Step
from reviewer.progress import Progress
from reviewer.resources import resource

HELPER = "super/run exe helper"
GENERATE = "unicode_tables/run exe generate (tables.zig)"


@pytest.fixture(scope="module")
def graph(read_only_demo: Path) -> Graph:
    return load_graph(read_only_demo, Evidence.CONFIGURED, Progress())


def run_step(graph: Graph, identity: str) -> Step:
    step = graph.step[identity]
    assert step.run is not None
    return step


def test_it_tells_the_same_steps_as_zig_itself(graph: Graph, read_only_demo: Path, tmp_path: Path) -> None:
    zig = find_toolchain("0.17.0").zig
    command = [str(zig), "build", "--cache-dir", str(tmp_path / "cache"), "--print-configuration"]
    printed = subprocess.run(command, cwd=read_only_demo, capture_output=True, text=True, check=True).stdout
    steps = printed[printed.index("\n    .steps = .{") : printed.index("\n    .path_deps")]
    names = re.findall(r'^            \.name = "(.*)",$', steps, re.MULTILINE)
    assert [step.name for step in graph.steps] == names
    assert len(graph.packages) == 5


def test_the_hidden_run_step_names_the_line_that_created_it(graph: Graph) -> None:
    created = run_step(graph, HELPER).created_at[0]
    line = (resource("demo") / "deps/super/build.zig").read_text().splitlines()[created.line - 1]
    assert "addRunArtifact" in line
    assert line[created.column - 1 :] == "(helper);"  # the compiler's place for a call
    assert (created.file, created.function) == ("build.zig", "build")
    assert graph.package[created.package].name == "super"


def test_the_creation_stack_goes_on_to_the_root(graph: Graph) -> None:
    places = [(graph.package[place.package].pin, place.file) for place in run_step(graph, HELPER).created_at]
    assert places == [("deps/super", "build.zig"), (".", "build.zig")]


def test_it_is_hidden_and_the_code_generator_is_not(graph: Graph) -> None:
    hidden = [step.id for step in graph.run_steps if step.run and step.run.hidden]
    assert hidden == [HELPER]


def test_it_knows_whose_code_runs_and_from_which_source(graph: Graph) -> None:
    run = run_step(graph, HELPER).run
    assert run is not None
    assert run.program_source is not None
    assert (run.executes, run.program_source.file) == ("zig:super@1.0.0#deps/super", "evil.zig")


def test_commands_inputs_and_outputs_are_portable(graph: Graph) -> None:
    run = run_step(graph, GENERATE).run
    assert run is not None
    assert run.command == ("[generate]", "unicode-tables:data/wide.txt", "[tables.zig]")
    assert (run.inputs, run.outputs) == (("unicode-tables:data/wide.txt",), ("tables.zig",))


def test_the_why_path_runs_from_the_plain_build_through_the_module(graph: Graph) -> None:
    run = run_step(graph, HELPER).run
    assert run is not None
    chain = run.why[0]
    assert chain[0] == "root/install"
    assert "mod:super/super" in chain
    assert chain[-2:] == ("super/compile obj dummy debug native", HELPER)


def test_modules_carry_their_imports_and_the_steps_they_drag_in(graph: Graph) -> None:
    module = graph.module["mod:super/super"]
    assert module.root_source == "root.zig"
    assert "super/compile obj dummy debug native" in module.needs_steps
    assert ("ring_buffer", "mod:event_loop.ring_buffer/ring_buffer") in graph.module[
        "mod:event_loop/event_loop"
    ].imports


def test_nothing_was_written_into_the_project(graph: Graph, read_only_demo: Path) -> None:
    assert graph.evidence is Evidence.CONFIGURED
    assert sorted(entry.name for entry in read_only_demo.iterdir()) == ["build.zig", "build.zig.zon", "deps", "src"]


def test_fingerprints_are_the_same_in_another_checkout_with_other_caches(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_CACHE_DIR", str(tmp_path / "cache"))
    elsewhere = Path(shutil.copytree(resource("demo"), tmp_path / "some where" / "else"))
    other = load_graph(elsewhere, Evidence.CONFIGURED, Progress())
    mine = {step.id: step.run.fingerprint for step in graph.run_steps if step.run}
    assert {step.id: step.run.fingerprint for step in other.run_steps if step.run} == mine
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", fingerprint) for fingerprint in mine.values())


@dataclass
class Changeable:
    """One project whose `super` package each test rewrites, so that zig's own runner is compiled once."""

    root: Path

    def configure(self, *, time_limit: float = 120) -> Graph:
        return configure(
            self.root, find_packages(self.root, Progress()), find_toolchain("0.17.0"), Progress(), time_limit=time_limit
        )

    def configure_with(self, body: str, *, time_limit: float = 120) -> Graph:
        """Put `body` at the end of `build` of super's build.zig. REPORT in it is the path of the hook's report, which can be guessed."""
        body = body.replace("REPORT", str(project_cache(self.root) / "report" / "report.json"))
        original = (resource("demo") / "deps/super/build.zig").read_text()
        assert original.endswith("}\n")
        (self.root / "deps/super/build.zig").write_text(original[:-2] + body + "\n}\n")
        return self.configure(time_limit=time_limit)


@pytest.fixture(scope="module")
def changeable(tmp_path_factory: pytest.TempPathFactory) -> Changeable:
    return Changeable(Path(shutil.copytree(resource("demo"), tmp_path_factory.mktemp("changeable") / "terminal-app")))


@pytest.fixture
def project(changeable: Changeable) -> Changeable:
    shutil.copytree(resource("demo"), changeable.root, dirs_exist_ok=True)
    return changeable


def test_what_build_code_has_all_steps_inherit_is_shown_in_all_of_them(project: Changeable, graph: Graph) -> None:
    inherited = {"LD_PRELOAD": "/usr/lib/odd.so", "PATH": "/somewhere:/usr/bin", "PERL5OPT": "-Modd"}
    puts = (f'b.graph.environ_map.put("{name}", "{value}") catch unreachable;' for name, value in inherited.items())
    changed = project.configure_with("\n".join(puts))
    for step in (HELPER, GENERATE):
        before, after = run_step(graph, step).run, run_step(changed, step).run
        assert before is not None and after is not None
        assert (before.env, after.env) == ({}, inherited)
        assert before.fingerprint != after.fingerprint


LINUX = "const linux = std.os.linux;"
FORGED_REPORT = r"""
    const file = std.Io.Dir.cwd().createFile(b.graph.io, "REPORT", .{}) catch unreachable;
    file.writeStreamingAll(b.graph.io, "{\"secret\":\"guess\"}") catch unreachable;
"""

HOSTILE = {
    "exits early": ("std.process.exit(0);", "failed|ended"),
    "exits early after forging a report": (FORGED_REPORT + "std.process.exit(0);", "failed to load configuration"),
    "forges a report and goes on": (FORGED_REPORT, "exists already"),
    "prints rubbish": (
        'std.Io.File.stdout().writeStreamingAll(b.graph.io, "rubbish") catch unreachable;',
        "failed|something else",
    ),
    "fails": ('std.debug.panic("no good", .{});', "no good"),
    "does not compile": ("this is not zig;", "failed"),
    "floods stderr": (
        'while (true) std.debug.print("{s}", .{&@as([65536]u8, @splat(88))});',
        "printed more than can be kept",
    ),
}


@pytest.mark.parametrize(("body", "told"), HOSTILE.values(), ids=HOSTILE)
def test_a_configure_that_cannot_be_believed_is_an_error_never_a_graph(
    project: Changeable, body: str, told: str
) -> None:
    with pytest.raises(ReviewerError, match=told) as caught:
        project.configure_with(body)
    message = str(caught.value)
    assert message.startswith("configure: ")
    assert "\n" not in message
    assert "--evidence read" in message


def test_a_failing_package_is_named(project: Changeable) -> None:
    with pytest.raises(ReviewerError, match=r"super"):
        project.configure_with('std.debug.panic("no good", .{});')


def test_a_configure_that_hangs_is_stopped(project: Changeable) -> None:
    with pytest.raises(ReviewerError, match="did not end within 20 seconds"):
        project.configure_with("while (true) std.atomic.spinLoopHint();", time_limit=20)


def test_configure_code_sees_no_home_and_no_network(project: Changeable) -> None:
    """The build script proves it itself: it fails the configure where it can reach something."""
    body = f"""
    {LINUX}
    const io = b.graph.io;
    if (std.Io.Dir.cwd().access(io, "{Path.home()}/.bashrc", .{{}})) |_| std.debug.panic("reads the home", .{{}}) else |_| {{}}
    const socket = linux.socket(linux.AF.INET, linux.SOCK.STREAM, 0);
    if (@as(isize, @bitCast(socket)) >= 0) std.debug.panic("has a socket", .{{}});
    if (std.Io.Dir.cwd().createFile(io, "written.txt", .{{}})) |_| std.debug.panic("writes the project", .{{}}) else |_| {{}}
    """
    assert project.configure_with(body).step[HELPER]


def test_names_of_steps_are_shown_byte_for_byte(project: Changeable) -> None:
    graph = project.configure_with(r'run.step.name = "run \"quoted\" \\ caf\xc3\xa9 \x1b[31m \u{202e}";')
    assert any(step.name == 'run "quoted" \\ café \x1b[31m \u202e' for step in graph.run_steps)


def test_a_graph_is_learned_once_and_again_when_something_changed(project: Changeable) -> None:
    first = load_graph(project.root, Evidence.CONFIGURED, Progress())
    started: list[str] = []

    def listen(text: str, done: int, total: int) -> None:
        started.append(text)

    load_graph(project.root, Evidence.CONFIGURED, Progress(listen))
    assert not any("Configuring" in text for text in started)
    (project.root / "deps/super/evil.zig").write_text("pub fn main() void {}\n")
    changed = load_graph(project.root, Evidence.CONFIGURED, Progress(listen))
    assert any("Configuring" in text for text in started)
    before, after = first.step[HELPER].run, changed.step[HELPER].run
    assert before is not None
    assert after is not None
    assert before.fingerprint != after.fingerprint


CACHE = 'b.graph.environ_map.get("ZIG_GLOBAL_CACHE_DIR").?'


def test_build_code_puts_nothing_into_the_caches(project: Changeable) -> None:
    """A link there would be written through by the next configure, and a program be run as one that zig built."""
    body = f"""
    var cache = std.Io.Dir.cwd().openDir(b.graph.io, {CACHE}, .{{}}) catch unreachable;
    cache.symLink(b.graph.io, "/tmp", "mine", .{{}}) catch |failed| std.debug.panic("{{t}}", .{{failed}});
    """
    with pytest.raises(ReviewerError, match="panic: AccessDenied"):
        project.configure_with(body)
