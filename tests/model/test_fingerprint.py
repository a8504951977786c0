"""The fingerprint of a run step: the same wherever it is built, another one when what it does may have changed."""

from typing import Any

import pytest

from reviewer.model.fingerprint import configured_fingerprint

STEP: dict[str, Any] = {
    "command": ("[generate]", "tables:data/wide.txt", "[tables.zig]"),
    "cwd": None,
    "env": {"MODE": "fast"},
    "inputs": ("tables:data/wide.txt",),
    "outputs": ("tables.zig",),
    "executes_digest": "sha256:aa",
}


@pytest.mark.parametrize(
    "change",
    [
        {"command": ("[generate]", "tables:data/wide.txt")},
        {"cwd": "tables:"},
        {"env": {"MODE": "slow"}},
        {"inputs": ()},
        {"outputs": ("tables.zig", "more.zig")},
        {"executes_digest": "sha256:bb"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_it_changes_with(change: dict[str, Any]) -> None:
    assert configured_fingerprint(**{**STEP, **change}) != configured_fingerprint(**STEP)


def test_it_is_the_same_on_every_machine() -> None:
    """Nothing of this process goes in: the value below was computed once and must never change for version 1 of review.lock."""
    assert configured_fingerprint(**STEP) == "sha256:89dd84ce43d14a24e629440104c63b83fcf32983d9c2404c0f8cf5477c93ab1d"


def test_words_cannot_be_shifted_between_fields() -> None:
    a = configured_fingerprint(**{**STEP, "inputs": ("a", "b"), "outputs": ("c",)})
    b = configured_fingerprint(**{**STEP, "inputs": ("a",), "outputs": ("b", "c")})
    assert a != b


def test_bytes_that_are_no_text_are_fingerprinted_too() -> None:
    odd = b"\xff".decode("utf-8", "surrogateescape")
    assert configured_fingerprint(**{**STEP, "command": (odd,)}) != configured_fingerprint(
        **{**STEP, "command": ("?",)}
    )
