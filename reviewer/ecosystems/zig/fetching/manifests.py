"""What zig gets to see of a project while it fetches: manifests, beside build scripts that are empty, and archives that they name.

Nothing of a project could be executed, since nothing of it but data is there.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reviewer.content.read import read_part
from reviewer.ecosystems.zig.packages.manifest import BASENAME
from reviewer.ecosystems.zig.packages.search import Found
from reviewer.ecosystems.zig.packages.zon import MAX_SIZE
from reviewer.sandbox.policy import Bind


def lay_out(packages: Sequence[Found], folder: Path) -> tuple[Bind, ...]:
    """The manifests of what lies in folders (the project, its path packages and forks), copied into `folder`, to be shown in their places.

    `packages` are those of a search, the project itself first, as in the result. Raises ReviewerError for a manifest that cannot be read.
    """
    shown: list[Bind] = []
    for package in packages:
        if (
            package.folder is None
            or (package.hash and package.fork is None)
            or (package.origin and package.origin.hash)
        ):
            continue  # fetched, with all that lies in it
        place = _place(package.folder, folder, shown)
        if os.path.lexists(package.folder / BASENAME):
            (place / BASENAME).write_bytes(read_part(package.folder, BASENAME, 0, MAX_SIZE)[0])
        (place / "build.zig").touch()
        for archive in _archives(package):
            around = _around(archive, shown)
            if around is not None:  # something to mount it on
                point = around.host / archive.relative_to(around.inside)
                point.parent.mkdir(parents=True, exist_ok=True)
                point.touch()
            shown.append(Bind(Path(os.path.realpath(archive)), archive))
    return tuple(dict.fromkeys(shown))


def _place(inside: Path, folder: Path, shown: list[Bind]) -> Path:
    """Where to put what is shown as `inside`: in the folder that is shown around it, or in one of its own."""
    around = _around(inside, shown)
    if around is None:
        around = Bind(folder / str(len(shown)), inside)
        for bind in shown:
            if bind.inside.is_relative_to(inside):  # something to mount it on
                (around.host / bind.inside.relative_to(inside)).mkdir(parents=True)
        shown.append(around)
    place = around.host / inside.relative_to(around.inside)
    place.mkdir(parents=True, exist_ok=True)
    return place


def _around(inside: Path, shown: Sequence[Bind]) -> Bind | None:
    """The innermost that it lies in."""
    around = [bind for bind in shown if inside.is_relative_to(bind.inside)]
    return max(around, key=lambda bind: len(bind.inside.parts), default=None)


def _archives(package: Found) -> Iterator[Path]:
    """Those that a manifest of the project's own asks for by `file:`; a fetched package's would name files of the user's."""
    for dependency in package.manifest.dependencies:
        if dependency.url is None or not dependency.url.lower().startswith("file:"):
            continue
        assert package.folder is not None
        named = os.path.normpath(package.folder / unquote(urlsplit(dependency.url).path))
        if os.path.isfile(named):  # noqa: PTH113 - never raises
            yield Path(named)
