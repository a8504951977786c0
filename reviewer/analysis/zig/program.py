"""Files seen together: what belongs to a program, and what its names stand for through all of them."""

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import NamedTuple

from reviewer.analysis.rules import Rules
from reviewer.analysis.store import Store
from reviewer.analysis.zig.meaning import IMPORT, SELF, Path
from reviewer.analysis.zig.names import FileNames, Use, names_from_json, names_to_json, read_names
from reviewer.content.read import read_part, read_source
from reviewer.ecosystems.zig.reading.file import is_own_check
from reviewer.ecosystems.zig.reading.syntax import MAX_BYTES, TooLargeError
from reviewer.errors import ReviewerError
from reviewer.model.graph import Package
from reviewer.progress import Progress

MAX_FILES = 4000
"""Of one program."""
_MAX_HOPS = 16
"""Files that a name may lead through."""
_MAX_ENDS = 16
_CHUNK = 8 << 20
_VERSION = "2"
"""Of what is kept for a file: another one when `read_names` gives something else."""


class Place(NamedTuple):
    """A file in the part of a program that it belongs to."""

    unit: str
    file: str


class Unit(NamedTuple):
    """A part of a program in which an import name means the same everywhere: a zig module, or the build code of a package.

    `imports`: the units that a name may stand for, of which those without zig code in a package are left out of the program; the name `*`
    stands for any.
    """

    package: Package
    root: str
    imports: Mapping[str, tuple[str, ...]]


class Gap(NamedTuple):
    """A place that could not be followed."""

    place: Place
    line: int
    column: int
    text: str


class Reading:
    """Reads files once, and keeps by their content what was found."""

    def __init__(self, rules: Rules, store: Store, progress: Progress) -> None:
        self.rules = rules
        self.progress = progress
        self._store = store
        self._known: dict[tuple[str, str], FileNames | str] = {}
        self._digests: dict[tuple[str, str], str] = {}

    def file(self, package: Package, path: str) -> FileNames | str:
        """The names of a file; why it could not be read."""
        key = (package.root, path)
        if key not in self._known:
            self.progress.check()
            self._known[key] = self._read(package, path)
        return self._known[key]

    def digest(self, package: Package, path: str) -> str:
        """SHA-256 of a file's content; `unreadable` where it cannot be read."""
        key = (package.root, path)
        if key not in self._digests:
            self.progress.check()
            kept_as = f"sha256 {package.digest} {path}" if package.digest else ""
            kept = self._store.get(kept_as) if kept_as else None
            self._digests[key] = kept or _sha256(package, path)
            if kept_as and not kept:
                self._store.put(kept_as, self._digests[key])
        return self._digests[key]

    def _read(self, package: Package, path: str) -> FileNames | str:
        """A package's digest says what its files hold; the project itself has none."""
        key = f"zig names {_VERSION} {self.rules.version} {package.digest} {path}"
        if package.digest and (kept := self._store.get(key)) is not None:
            return kept if isinstance(kept, str) else names_from_json(kept)
        try:
            text = read_source(FilePath(package.root), path, MAX_BYTES)
            if is_own_check(path, text):
                return FileNames((), {}, (), (), (), 0)
            if not package.digest:
                key = f"zig names {_VERSION} {self.rules.version} {hashlib.sha256(text.encode()).hexdigest()}"
                if (kept := self._store.get(key)) is not None:
                    return names_from_json(kept)
            names = read_names(text, self.rules.mentions)
        except (ReviewerError, TooLargeError) as error:
            return error.what if isinstance(error, ReviewerError) else str(error)
        self._store.put(key, names_to_json(names))
        return names


def _sha256(package: Package, path: str) -> str:
    whole = hashlib.sha256()
    start = 0
    try:
        while True:
            part, size = read_part(FilePath(package.root), path, start, _CHUNK)
            whole.update(part)
            start += len(part)
            if not part or start >= size:
                return whole.hexdigest()
    except ReviewerError:
        return "unreadable"


class Program:
    """The files that some units are made of, through all that they import; `tests`: their tests are built too."""

    def __init__(self, units: Mapping[str, Unit], reading: Reading, *, tests: bool = False) -> None:
        self.units = units
        self.reading = reading
        self.tests = tests
        self._files: dict[tuple[str, str], FileNames | str] = {}
        self._asking: set[tuple[Place, str, Path]] = set()
        self._cut = False
        self._members: dict[tuple[Place, str, Path], list[Path]] = {}
        self._uses: dict[Place, tuple[Use, ...]] = {}
        self._found: dict[tuple[Place, str], tuple[Place, ...] | None] = {}

    def files(self, starts: Iterable[str]) -> tuple[tuple[Place, ...], tuple[Gap, ...]]:
        """All zig files of these units and of what they import, and what could not be followed on the way."""
        found: dict[Place, None] = {}
        gaps: list[Gap] = []
        pending = [Place(unit, self.units[unit].root) for unit in starts]
        while pending:
            place = pending.pop()
            if place in found:
                continue
            if len(found) >= MAX_FILES:
                gaps.append(Gap(place, 1, 1, f"more than {MAX_FILES} files: the rest is not followed"))
                break
            found[place] = None
            names = self.names(place)
            if isinstance(names, str):
                gaps.append(Gap(place, 1, 1, f"the file could not be read: {names}"))
                continue
            gaps.extend(Gap(place, *gap) for gap in names.gaps)
            for line, column, name in names.imports:
                if name is None:
                    gaps.append(Gap(place, line, column, "which file is imported could not be followed"))
                    continue
                targets = self._targets(place, name)
                if targets is None:
                    gaps.append(Gap(place, line, column, "imports something that could not be found"))
                else:
                    pending.extend(targets)
        return tuple(found), tuple(gaps)

    def uses(self, place: Place) -> tuple[Use, ...]:
        """What a file uses of zig's library, through whatever files; in order."""
        if place not in self._uses:
            self._uses[place] = tuple(sorted(self._resolved(place)))
        return self._uses[place]

    def _resolved(self, place: Place) -> Iterator[Use]:
        names = self.names(place)
        if isinstance(names, str):
            return
        ends: dict[Path, list[Path]] = {}
        for use in names.uses:
            if use.path[0].startswith(IMPORT):
                if use.path not in ends:
                    found = dict.fromkeys(self._ends(place, use.path, 0))
                    ends[use.path] = [path for path in found if self.reading.rules.mentions(path)]
                for path in ends[use.path]:
                    yield use._replace(path=path)
            else:
                yield use

    def names(self, place: Place) -> FileNames | str:
        """What counts of a file; why it could not be read."""
        package = self.units[place.unit].package
        key = (package.root, place.file)
        if key not in self._files:
            names = self.reading.file(package, place.file)
            self._files[key] = (
                names if isinstance(names, str) or self.tests or not names.tests else names.without_tests()
            )
        return self._files[key]

    def _targets(self, place: Place, name: str) -> tuple[Place, ...] | None:
        """The zig files that an import name leads to: none for what is not a zig file of a package, None for what is not known."""
        key = (place, name)
        if key not in self._found:
            self._found[key] = self._find(place, name)
        return self._found[key]

    def _find(self, place: Place, name: str) -> tuple[Place, ...] | None:
        if name in ("std", "builtin", "root"):
            return ()
        if name.endswith((".zig", ".zon")):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(place.file), name))
            return (Place(place.unit, path),) if name.endswith(".zig") else ()
        imports = self.units[place.unit].imports
        units = imports.get(name, imports.get("*"))
        if not units:
            return None
        return tuple(Place(unit, self.units[unit].root) for unit in units if unit in self.units)

    def _ends(self, place: Place, path: Path, hops: int) -> list[Path]:
        """What a path stands for at last."""
        if not path[0].startswith(IMPORT):
            return [path]
        name = path[0].removeprefix(IMPORT)
        if name == "root":
            return [path]
        ends: list[Path] = []
        for target in self._targets(place, name) or ():
            ends += self._member(target, "", path[1:], hops + 1)
        return ends[:_MAX_ENDS]

    def _member(self, place: Place, key: str, rest: Path, hops: int) -> list[Path]:
        asked = (place, key, rest)
        if asked in self._members:
            return self._members[asked]
        if asked in self._asking:  # a name that stands for itself stands for nothing
            self._cut = True
            return []
        self._asking.add(asked)
        found = self._find_member(place, key, rest, hops)
        self._asking.discard(asked)
        if not self._cut or not self._asking:  # what was found inside a circle is not all there is
            self._members[asked] = found
            self._cut = False
        return found

    def _find_member(self, place: Place, key: str, rest: Path, hops: int) -> list[Path]:
        names = self.names(place)
        if not rest or isinstance(names, str) or hops > _MAX_HOPS:
            return []
        known = names.exports.get(key, {})
        paths = known.get(rest[0])
        if paths is None:
            return [end for path in known.get("*", ()) for end in self._onward(place, path, rest, hops)][:_MAX_ENDS]
        return [end for path in paths for end in self._onward(place, path, rest[1:], hops)][:_MAX_ENDS]

    def _onward(self, place: Place, path: Path, rest: Path, hops: int) -> list[Path]:
        if path[0] == SELF:
            return self._member(place, path[1], rest, hops + 1)
        return self._ends(place, (*path, *rest), hops + 1)
