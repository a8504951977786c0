"""Rules as data: which outside names mean which capability (resources/rules/NAME.toml, format there)."""

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from reviewer.resources import resource

_Parts = tuple[str, ...]


class Rule(NamedTuple):
    """`capability` is empty where a name is known to be harmless. `words`: the rule holds only if one of these is given, as a whole word.

    `where` is `build` (code that runs while the project is configured), `reach` (code of a run step) or empty for both. `unless`: of a run
    step, it does not hold if the step declares `inputs` or `outputs`.
    """

    patterns: tuple[_Parts, ...]
    capability: str
    explanation: str
    words: frozenset[str] = frozenset()
    where: str = ""
    unless: str = ""


class Rules:
    """The rules of one language, asked in the file's order: the first that fits decides."""

    def __init__(self, rules: Sequence[Rule], version: str) -> None:
        self.version = version
        self._literal: dict[_Parts, list[tuple[int, _Parts, Rule]]] = {}
        pairs = [(pattern, rule) for rule in rules for pattern in rule.patterns]
        for number, (pattern, rule) in enumerate(pairs):
            first = next((i for i, part in enumerate(pattern) if "*" in part), len(pattern))
            self._literal.setdefault(pattern[: min(first, 2)], []).append((number, pattern, rule))
        # The same few names stand in every file; what hostile files invent is forgotten again.
        self._fitting = lru_cache(maxsize=1 << 16)(self._find_fitting)

    def mentions(self, path: _Parts) -> bool:
        """Whether any rule, of whatever condition, says something of this name."""
        return any(rule.capability for rule in self._fitting(path))

    def match(self, path: _Parts, words: Iterable[str], where: str) -> Rule | None:
        """The first rule for this name in this kind of code; None if there is none, or it is harmless."""
        given = {word for text in words for word in _words(text)}
        for rule in self._fitting(path):
            if rule.where in ("", where) and (not rule.words or not rule.words.isdisjoint(given)):
                return rule if rule.capability else None
        return None

    def _find_fitting(self, path: _Parts) -> tuple[Rule, ...]:
        found = [
            (number, rule)
            for size in (0, 1, 2)
            if size <= len(path)
            for number, pattern, rule in self._literal.get(path[:size], ())
            if _fits(pattern, path)
        ]
        found.sort(key=lambda numbered: numbered[0])
        return tuple(rule for _, rule in found)


@cache
def load_rules(name: str) -> Rules:
    """`zig`: resources/rules/zig.toml."""
    data = resource(f"rules/{name}.toml").read_bytes()
    rules = [
        Rule(
            patterns=tuple(tuple(pattern.split(".")) for pattern in rule["patterns"]),
            capability=rule["capability"],
            explanation=rule.get("explanation", ""),
            words=frozenset(rule.get("words", ())),
            where=rule.get("where", ""),
            unless=rule.get("unless", ""),
        )
        for rule in tomllib.loads(data.decode())["rule"]
    ]
    return Rules(rules, hashlib.sha256(data).hexdigest())


def _fits(pattern: _Parts, path: _Parts) -> bool:
    """`*` stands for any letters of one part, `**` for any number of parts."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_fits(pattern[1:], path[skipped:]) for skipped in range(len(path) + 1))
    return bool(path) and _part_fits(pattern[0], path[0]) and _fits(pattern[1:], path[1:])


def _part_fits(pattern: str, part: str) -> bool:
    start, star, end = pattern.partition("*")
    if not star:
        return pattern == part
    return part.startswith(start) and part.endswith(end) and len(part) >= len(start) + len(end)


def _words(text: str) -> list[str]:
    """A string as a shell would divide it, programs without their folder and `.exe`."""
    split = "".join(" " if char in " \t\n;|&()`\"'<>$" else char for char in text).split()
    return [word.rpartition("/")[2].removesuffix(".exe") for word in split]
