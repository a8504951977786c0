"""The licence text that a package ships, if it does."""

import os
import re
from pathlib import Path

from reviewer.content.read import read_part
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package

LIMIT = 64 << 10
"""Bytes that are read of it."""

_NAMES = re.compile(r"(licen[cs]e|copying|unlicense)([.-].*)?", re.IGNORECASE)
_MOST_NAMES = 10_000


def licence_of(package: Package) -> tuple[str, str] | None:
    """(file name, text) of the first licence file at the top of the package; None where there is none that can be read."""
    if not package.fetched:
        return None
    try:
        with os.scandir(package.root) as entries:
            names = sorted(entry.name for _, entry in zip(range(_MOST_NAMES), entries, strict=False))
    except OSError:
        return None
    for name in names:
        if _NAMES.fullmatch(name):
            try:
                return name, read_part(Path(package.root), name, 0, LIMIT)[0].decode(errors="replace")
            except ReviewerError:
                continue
    return None
