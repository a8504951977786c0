"""Exceptions are told in words, and code that no sandbox of a step can hold is found before anything runs."""

from pathlib import Path

import pytest

from reviewer.ecosystems import BuildWords
from reviewer.gate.enforced.exceptions import exceptions_in_force, granted_in_words, unheld, what_to_make, who_else
from reviewer.lock.decision import Grants
from reviewer.model.graph import Evidence, Graph, Step
from tests.lock.test_status import PARSER, ROOT, graph, package, run_step


@pytest.mark.parametrize(
    ("capability", "what", "words"),
    [
        ("net.out", ("example.org:443",), "net.out: example.org:443"),
        ("net.out", (), "net.out: all of it"),
        ("build.hook", (), "build.hook: held by the outer sandbox alone"),
        ("proc.spawn", ("sh",), "proc.spawn: sh (never restricted)"),
        ("net.listen", (), "net.listen: in a network of the step's own, which leads nowhere"),
        ("ipc.unix", ("/run/agent",), "ipc.unix: /run/agent"),
    ],
)
def test_each_grant_says_what_the_build_makes_of_it(capability: str, what: tuple[str, ...], words: str) -> None:
    assert granted_in_words(capability, what) == words


def with_custom(depends: str) -> Graph:
    custom = run_step("parser/own code", PARSER)._replace(kind="custom")
    top = [
        Step(id=name, package=ROOT, kind="top_level", name=name, evidence=Evidence.CONFIGURED)
        for name in ("install", "docs")
    ]
    steps = tuple(step._replace(depends_on=(custom.id,)) if step.name == depends else step for step in top)
    return graph(package(PARSER))._replace(steps=(*steps, custom))


def test_code_in_the_process_of_zig_itself_needs_the_escape_hatch_where_it_would_run() -> None:
    found = with_custom("docs")
    assert unheld(found, {}, ()) == ()
    (step,) = unheld(found, {}, ("docs",))
    assert step.id == "parser/own code"
    assert unheld(found, {step.id: {"build.hook": ()}}, ("docs",)) == ()
    assert [s.id for s in unheld(with_custom("install"), {}, ())] == ["parser/own code"]


def test_another_default_than_install_is_not_made_unasked_where_it_could_reach_such_code() -> None:
    words = BuildWords(options=(), words=("-j1",), arguments=(), steps=(), prefix=Path("/p/zig-out"))
    made = what_to_make(words, with_custom("docs"), {})
    assert (made.words, made.steps) == (("-j1", "install"), ("install",))
    assert what_to_make(words, with_custom("docs"), {"parser/own code": {"build.hook": ()}}) == words
    assert what_to_make(words._replace(steps=("docs",)), with_custom("docs"), {}).steps == ("docs",)


def test_what_is_in_force_is_listed_in_the_order_of_the_steps() -> None:
    found = with_custom("install")
    grants = {"parser/own code": {"net.out": ("b:1",), "build.hook": ()}}
    told = [(one.step.id, str(one)) for one in exceptions_in_force(found, grants)]
    assert told == [
        ("parser/own code", "parser 1.2.0, “run exe helper”: build.hook: held by the outer sandbox alone"),
        ("parser/own code", "parser 1.2.0, “run exe helper”: net.out: b:1"),
    ]


@pytest.mark.parametrize(
    ("toolchain", "shared"), [("0.14.1", True), ("0.15.2", True), ("0.16.0", True), ("0.17.1", False)]
)
def test_it_is_told_where_build_code_could_use_what_a_step_was_granted(toolchain: str, shared: bool) -> None:
    found = with_custom("install")._replace(ecosystem="zig", toolchain=toolchain)
    listed = list(exceptions_in_force(found, {"parser/own code": {"net.out": ("b:1",)}}))
    assert ("build code of all packages" in who_else(found, listed)) == shared
    assert who_else(found, []) == ""


def test_it_is_told_that_a_step_that_only_the_outer_sandbox_holds_could_use_what_others_were_granted() -> None:
    found = with_custom("install")._replace(ecosystem="zig", toolchain="0.17.1")
    other = run_step("parser/other", PARSER)
    found = found._replace(steps=(*found.steps, other))
    hatch: dict[str, Grants] = {"parser/own code": {"build.hook": ()}}
    assert who_else(found, list(exceptions_in_force(found, hatch))) == ""
    both: dict[str, Grants] = {**hatch, other.id: {"net.out": ("b:1",)}}
    assert "what the others are granted" in who_else(found, list(exceptions_in_force(found, both)))
