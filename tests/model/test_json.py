"""A saved graph says the same when it is opened again, and a damaged one is refused."""

import json
from typing import Any

import pytest

from reviewer.errors import ReviewerError
from reviewer.model.graph import BuildOption
from reviewer.model.json import SCHEMA, graph_from_json, graph_to_json
from tests.model.test_questions import the_seed_case


def test_what_is_saved_is_what_is_opened() -> None:
    known = the_seed_case()
    assert graph_from_json(json.loads(json.dumps(graph_to_json(known))), where="saved.json") == known


def test_build_options_are_saved_with_it() -> None:
    level = BuildOption("level", "enum", "How much", ("low", "high"), "low")
    known = the_seed_case()._replace(options=("-Dlevel=high",), declared_options=(level,))
    assert graph_from_json(json.loads(json.dumps(graph_to_json(known))), where="saved.json") == known


def test_a_graph_saved_without_build_options_opens() -> None:
    value = graph_to_json(the_seed_case())
    value["project"] = {key: value["project"][key] for key in ("root", "ecosystem", "toolchain")}
    assert graph_from_json(value, where="saved.json") == the_seed_case()


def test_the_keys_are_those_of_the_contract() -> None:
    value = graph_to_json(the_seed_case())
    assert value["schema"] == SCHEMA == "reviewer.graph/1"
    assert set(value["project"]) == {"root", "ecosystem", "toolchain", "options", "declared_options"}
    package_keys = {"id", "ecosystem", "name", "version", "digest", "source", "root", "direct", "lazy", "fetched"}
    assert set(value["packages"][0]) == package_keys
    run = next(step["run"] for step in value["steps"] if step["run"])
    assert {"command", "executes", "cwd", "env", "inputs", "outputs", "fingerprint", "hidden", "why"} <= set(run)


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: value.update(schema="reviewer.graph/9"),
        lambda value: value.pop("steps"),
        lambda value: value.update(packages=[]),
        lambda value: value["packages"][0].update(name=7),
        lambda value: value["steps"][0].update(depends_on="root/app"),
        lambda value: value["steps"][0].update(evidence="guessed"),
        lambda value: value.update(modules=None),
    ],
)
def test_a_damaged_graph_is_refused_in_one_line(damage: Any) -> None:
    value = graph_to_json(the_seed_case())
    damage(value)
    with pytest.raises(ReviewerError, match=r"^saved\.json: ") as caught:
        graph_from_json(value, where="saved.json")
    assert "\n" not in str(caught.value)
