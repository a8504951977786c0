"""Which words may be passed on to `zig build`: build options, and where it takes packages from."""

import os
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError

_MOST = 200
_LONGEST = 4096
_OPTION = re.compile(r"-D[^=]+(=.*)?|--release(=(off|any|fast|safe|small))?|-f(no-)?sys=.+", re.DOTALL)
"""What zig 0.14 to 0.17 hand to the project's build script (std.Build.addUserInputOption, release_mode, system_integration_options)."""

_SYSTEM, _FORK, _PREFIX = "--system", "--fork=", "--prefix"
_PLACES = ("-p", _PREFIX)
_THERE = ("--sysroot", "--search-prefix", "--libc", "--libc-runtimes", "--glibc-runtimes")
_INSIDE = ("--prefix-lib-dir", "--prefix-exe-dir", "--prefix-include-dir")
"""With a word after them: where to install to; what lies on this machine; folders below the one to install to.

Build scripts can look at all of them. Anything else would change what the sandboxed `zig build` does, not what the project is: name a step,
write files, print something else.
"""


class PackageSources(NamedTuple):
    """`system`: the only folder that packages are taken from, None for zig's own; `forks`: folders that stand in for packages of their
    name and fingerprint, wherever they are asked for (from zig 0.16 on)."""

    system: Path | None = None
    forks: tuple[Path, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The options that say so."""
        system = () if self.system is None else (_SYSTEM, str(self.system))
        return (*system, *(f"{_FORK}{folder}" for folder in self.forks))


def takes(word: str) -> int:
    """How many words an option that shapes the project's graph has with this one: 0 where it is none."""
    if word in (_SYSTEM, _FORK.rstrip("="), *_PLACES, *_THERE, *_INSIDE):
        return 2
    return int(word.startswith(_FORK) or bool(_OPTION.fullmatch(word)))


def install_prefix(options: Sequence[str]) -> Path | None:
    """The folder that checked options name to install to; None for the project's own."""
    return next((Path(folder) for word, folder in reversed([*pairwise(options)]) if word == _PREFIX), None)


def named_places(options: Sequence[str]) -> tuple[Path, ...]:
    """What checked options name of this machine for zig to look into."""
    return tuple(Path(place) for word, place in pairwise(options) if word in _THERE)


def package_sources(options: Sequence[str]) -> PackageSources:
    """What checked options say of where packages come from."""
    systems = [Path(folder) for word, folder in pairwise(options) if word == _SYSTEM]
    forks = tuple(Path(word.removeprefix(_FORK)) for word in options if word.startswith(_FORK))
    return PackageSources(systems[-1] if systems else None, forks)


def check_options(options: Sequence[str]) -> tuple[str, ...]:
    """The options, in the order given, with absolute folders. Raises ReviewerError for a word that is none, so that nothing else ever
    reaches zig."""
    options = tuple(_with_folders(options))
    at = 0
    while at < len(options):
        length = takes(options[at])
        if not length or at + length > len(options):
            raise ReviewerError(
                f"“{visible(options[at][:100])}” is not a build option",
                where="after --",
                cure="there can be -Dname=value, --release=fast|safe|small|any|off, -fsys=name, -fno-sys=name, --system FOLDER, "
                "--fork=FOLDER, --prefix FOLDER, --sysroot FOLDER, --search-prefix FOLDER and --libc FILE",
            )
        at += length
    for option in options:
        if len(option) > _LONGEST or visible(option) != option:
            raise ReviewerError(
                "the option is too long or has characters that cannot be seen", where=visible(option[:60])
            )
    if len(options) > _MOST:
        raise ReviewerError(f"{len(options)} build options are too many", cure=f"name at most {_MOST}")
    return options


def _with_folders(options: Sequence[str]) -> Iterator[str]:
    words = iter(options)
    for word in words:
        if word == _SYSTEM:
            yield word
            yield _folder(next(words, ""), word)
        elif word == "--fork" or word.startswith(_FORK):
            yield _FORK + _folder(next(words, "") if word == "--fork" else word.removeprefix(_FORK), word)
        elif word in _PLACES:
            place = next(words, None)
            yield from (word,) if place is None else (_PREFIX, os.path.realpath(place))
        elif word in _THERE:
            yield from (word, _place(next(words, ""), word))
        else:
            yield word


def _place(word: str, option: str) -> str:
    place = os.path.realpath(word)
    if not word or not os.path.lexists(place):
        what = f"“{visible(word[:100])}” is not there"
        raise ReviewerError(what, where=f"after -- {option}", cure="name what is on this machine")
    return place


def _folder(word: str, option: str) -> str:
    folder = os.path.realpath(word)
    if not word or not os.path.isdir(folder):  # noqa: PTH112 - never raises
        raise ReviewerError(
            f"“{visible(word[:100])}” is no folder",
            where=f"after -- {visible(option[:60])}",
            cure="name a folder of packages",
        )
    return folder
