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
"""What zig 0.14 to 0.17 hand to the project's build script (std.Build.addUserInputOption, release_mode, system_integration_options).

Anything else would change what the sandboxed `zig build` does, not what the project is: name a step, write files, print something else.
"""


_SYSTEM, _FORK = "--system", "--fork="


class PackageSources(NamedTuple):
    """`system`: the only folder that packages are taken from, None for zig's own; `forks`: folders that stand in for packages of their
    name and fingerprint, wherever they are asked for (from zig 0.16 on)."""

    system: Path | None = None
    forks: tuple[Path, ...] = ()

    def words(self) -> tuple[str, ...]:
        """The options that say so."""
        system = () if self.system is None else (_SYSTEM, str(self.system))
        return (*system, *(f"{_FORK}{folder}" for folder in self.forks))


def package_sources(options: Sequence[str]) -> PackageSources:
    """What checked options say of where packages come from."""
    systems = [Path(folder) for word, folder in pairwise(options) if word == _SYSTEM]
    forks = tuple(Path(word.removeprefix(_FORK)) for word in options if word.startswith(_FORK))
    return PackageSources(systems[-1] if systems else None, forks)


def check_options(options: Sequence[str]) -> tuple[str, ...]:
    """The options, in the order given, with absolute folders. Raises ReviewerError for a word that is none, so that nothing else ever
    reaches zig."""
    options = tuple(_with_folders(options))
    before = ""
    for option in options:
        place = option == _SYSTEM or before == _SYSTEM or option.startswith(_FORK)
        if not place and not _OPTION.fullmatch(option):
            raise ReviewerError(
                f"“{visible(option[:100])}” is not a build option",
                where="after --",
                cure="there can be -Dname=value, --release=fast|safe|small|any|off, -fsys=name, -fno-sys=name, --system FOLDER and "
                "--fork=FOLDER",
            )
        before = option
        if len(option) > _LONGEST or visible(option) != option:
            raise ReviewerError(
                "the option is too long or has characters that cannot be seen", where=visible(option[:60])
            )
    if len(options) > _MOST:
        raise ReviewerError(f"{len(options)} build options are too many", cure=f"name at most {_MOST}")
    return tuple(options)


def _with_folders(options: Sequence[str]) -> Iterator[str]:
    words = iter(options)
    for word in words:
        if word == _SYSTEM:
            yield word
            yield _folder(next(words, ""), word)
        elif word == "--fork" or word.startswith(_FORK):
            yield _FORK + _folder(next(words, "") if word == "--fork" else word.removeprefix(_FORK), word)
        else:
            yield word


def _folder(word: str, option: str) -> str:
    folder = os.path.realpath(word)
    if not word or not os.path.isdir(folder):  # noqa: PTH112 - never raises
        raise ReviewerError(
            f"“{visible(word[:100])}” is no folder",
            where=f"after -- {visible(option[:60])}",
            cure="name a folder of packages",
        )
    return folder
