"""Between the words of a build (`-Dname=value`) and what each declared option is set to. No Qt."""

import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reviewer.model.graph import BuildOption
from reviewer.ui.look.text import visible

LISTS = ("list", "enum_list", "lazy_path_list")
"""Types of options that are given once for each of their values."""

_LONGEST_NAME = 200


class Chosen(NamedTuple):
    """`values`: what declared options are set to, by name; one that is not in it is left to the project. `other`: every other word."""

    values: Mapping[str, tuple[str, ...]]
    other: tuple[str, ...]


def can_be_set(option: BuildOption) -> bool:
    """Whether `-Dname=value` means this option: a hostile name can be any text."""
    name = option.name
    return 0 < len(name) <= _LONGEST_NAME and "=" not in name and visible(name) == name


def chosen_by(options: Sequence[str], declared: Sequence[BuildOption]) -> Chosen:
    """What these words set."""
    known = {option.name for option in declared if can_be_set(option)}
    values: dict[str, tuple[str, ...]] = {}
    other = []
    for word in options:
        name, equals, value = word.removeprefix("-D").partition("=")
        if word.startswith("-D") and name in known:
            values[name] = (*values.get(name, ()), value if equals else "true")
        else:
            other.append(word)
    return Chosen(values, tuple(other))


def words_of(chosen: Chosen) -> tuple[str, ...]:
    """The words that set this, the declared options first."""
    return (*(f"-D{name}={value}" for name, given in chosen.values.items() for value in given), *chosen.other)


def split_words(text: str) -> tuple[str, ...]:
    """What a person types as further options, as a shell would split it. Raises ValueError for an open quotation."""
    return tuple(shlex.split(text))


def joined(words: Sequence[str]) -> str:
    """The same the other way round."""
    return shlex.join(words)
