"""What reaches a run step, and is it hidden?"""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from reviewer.model.graph import Evidence, Graph, Module, Package, Run, Step
from reviewer.model.questions import MAX_CHAINS, annotate

ROOT, DEP = "zig:app@1.0#.", "zig:dep@1.0#deps/dep"


def package(identity: str) -> Package:
    name = identity.partition(":")[2].partition("@")[0]
    return Package(id=identity, ecosystem="zig", name=name, version="1.0", digest=None, source="path:.", root="/x")


def step(identity: str, *depends_on: str, kind: str = "compile", owner: str = ROOT, module: str | None = None) -> Step:
    run = Run(command=(identity,)) if kind in ("run", "custom") else None
    return Step(
        id=identity,
        package=owner,
        kind=kind,
        name=identity.partition("/")[2],
        evidence=Evidence.CONFIGURED,
        depends_on=depends_on,
        root_module=module,
        run=run,
    )


def graph(*steps: Step, modules: tuple[Module, ...] = ()) -> Graph:
    return annotate(
        Graph(
            root="/x",
            ecosystem="zig",
            toolchain=None,
            evidence=Evidence.CONFIGURED,
            packages=(package(ROOT), package(DEP)),
            modules=modules,
            steps=steps,
        )
    )


def run_of(known: Graph, identity: str) -> Run:
    run = known.step[identity].run
    assert run is not None
    return run


def the_seed_case() -> Graph:
    """ZIG.md: a module carries an object whose step depends on a run step."""
    return graph(
        step("root/install", "root/app", kind="top_level"),
        step("root/app", "dep/dummy", module="mod:root/app (root)"),
        step("dep/dummy", "dep/run", owner=DEP, module="mod:dep/dummy (root)"),
        step("dep/run", "dep/helper", kind="run", owner=DEP),
        step("dep/helper", owner=DEP),
        modules=(
            Module(
                id="mod:root/app (root)",
                package=ROOT,
                name="app",
                root_source="m.zig",
                imports=(("dep", "mod:dep/dep"),),
            ),
            Module(id="mod:dep/dep", package=DEP, name="dep", root_source="r.zig", needs_steps=("dep/dummy",)),
            Module(id="mod:dep/dummy (root)", package=DEP, name="dummy", root_source="d.zig"),
        ),
    )


def test_a_run_step_behind_an_imported_module_is_hidden() -> None:
    assert run_of(the_seed_case(), "dep/run").hidden


def test_its_chain_runs_through_the_module_that_brings_it() -> None:
    chain = ("root/install", "root/app", "mod:root/app (root)", "mod:dep/dep", "dep/dummy", "dep/run")
    assert run_of(the_seed_case(), "dep/run").why == (chain,)


def test_a_run_step_that_the_roots_build_code_depends_on_is_not_hidden() -> None:
    known = graph(step("root/install", "dep/run", kind="top_level"), step("dep/run", kind="run", owner=DEP))
    assert not run_of(known, "dep/run").hidden


def test_a_run_step_whose_output_the_root_names_is_not_hidden() -> None:
    """The root makes a module of its own from a file that the dependency generates: it asked for that file."""
    known = graph(
        step("root/install", "root/app", kind="top_level"),
        step("root/app", "dep/run", module="mod:root/app (root)"),
        step("dep/run", kind="run", owner=DEP),
        modules=(
            Module(
                id="mod:root/app (root)", package=ROOT, name="app", root_source="m.zig", imports=(("t", "mod:root/t"),)
            ),
            Module(id="mod:root/t", package=ROOT, name="t", root_source="[tables.zig]", needs_steps=("dep/run",)),
        ),
    )
    assert not run_of(known, "dep/run").hidden
    assert run_of(known, "dep/run").why == (
        ("root/install", "root/app", "mod:root/app (root)", "mod:root/t", "dep/run"),
    )


def test_a_run_step_of_the_root_is_never_hidden() -> None:
    known = graph(
        step("root/install", "root/x", kind="top_level"), step("root/x", "root/run"), step("root/run", kind="run")
    )
    assert not run_of(known, "root/run").hidden


def test_a_top_level_step_with_code_of_its_own_starts_itself_and_what_it_waits_for() -> None:
    own = step("root/deploy", "root/run x", kind="custom")
    answered = graph(step("root/install", kind="top_level"), own, step("root/run x", kind="run"))
    whys = {one.id: one.run.why for one in answered.run_steps if one.run is not None}
    assert whys == {"root/deploy": (("root/deploy",),), "root/run x": (("root/deploy", "root/run x"),)}


def test_what_nothing_reaches_has_no_chain_and_is_not_hidden() -> None:
    known = graph(step("root/install", kind="top_level"), step("dep/run", kind="run", owner=DEP))
    assert run_of(known, "dep/run").why == ()
    assert not run_of(known, "dep/run").hidden


def test_the_plain_build_is_named_first() -> None:
    known = graph(
        step("root/test", "root/run", kind="top_level"),
        step("root/install", "root/run", kind="top_level"),
        step("root/run", kind="run"),
    )
    assert [chain[0] for chain in run_of(known, "root/run").why] == ["root/install", "root/test"]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40),
    st.sets(st.integers(1, 9)),
)
def test_every_chain_is_a_real_path_even_through_cycles(edges: list[tuple[int, int]], runs: set[int]) -> None:
    names = [f"root/{i}" if i % 2 == 0 else f"dep/{i}" for i in range(10)]
    steps = []
    for i, name in enumerate(names):
        kind = "top_level" if i == 0 else "run" if i in runs else "compile"
        steps.append(step(name, *(names[b] for a, b in edges if a == i), kind=kind, owner=ROOT if i % 2 == 0 else DEP))
    known = graph(*steps)
    for found in known.run_steps:
        assert found.run is not None
        assert len(found.run.why) <= MAX_CHAINS
        for chain in found.run.why:
            assert chain[0] == names[0]
            assert chain[-1] == found.id
            assert len(set(chain)) == len(chain)
            assert all(b in known.step[a].depends_on for a, b in itertools.pairwise(chain))


def test_annotating_twice_changes_nothing() -> None:
    known = the_seed_case()
    assert annotate(known) == known
