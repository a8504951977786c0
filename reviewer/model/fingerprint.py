"""What makes two run steps the same: stable across machines, checkouts and cache locations."""

import hashlib
import json
from collections.abc import Mapping, Sequence

READ_PREFIX = "read:"
"""Marks a fingerprint taken from source text; DESIGN.md's `sha256:…` is of the configured step."""


def configured_fingerprint(
    command: Sequence[str],
    *,
    cwd: str | None,
    env: Mapping[str, str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    executes_digest: str | None,
) -> str:
    """`sha256:…` over the portable command, its declared inputs and outputs, and the digest of the package whose program it executes."""
    return _digest([list(command), cwd, dict(env), list(inputs), list(outputs), executes_digest])


def read_fingerprint(
    file: str,
    line: int,
    column: int,
    owner_digest: str | None,
    command: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
) -> str:
    """`read:sha256:…` over where the owner's source creates the step and what it visibly runs."""
    return READ_PREFIX + _digest([file, line, column, owner_digest, list(command), list(inputs), list(outputs)])


def _digest(value: object) -> str:
    # surrogateescape: arguments and file names need not be UTF-8.
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
