"""Where the reviewer was in each project, for the next time it is opened. No Qt."""

from os import fsencode
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.places import remember, remembered

_LONGEST = 100_000
"""Characters of a text, elements of a list: nobody writes more by hand."""


class Place(NamedTuple):
    """How a project's window was left; empty where there is nothing to go back to.

    `size` is the window's, in pixels as `columns` and `rows`; where it stands is for the desktop to say. `notes` are by
    package id, written but not yet part of a decision.
    """

    size: tuple[int, ...] = ()
    maximized: int = 0
    columns: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    package: str = ""
    step: str = ""
    file: str = ""
    line: int = 0
    list_scroll: int = 0
    code_scroll: int = 0
    view: str = ""
    chip: str = ""
    search: str = ""
    notes: dict[str, str] = {}  # noqa: RUF012 - a tuple's default, replaced and never changed


def place_of(project: Path) -> Place:
    """How this project was left; what cannot be read or makes no sense is as in a project never opened."""
    value = remembered(_file(project))
    if not isinstance(value, dict):
        return Place()
    default = Place()
    known = {name: _checked(value[name], getattr(default, name)) for name in Place._fields if name in value}
    return default._replace(**{name: item for name, item in known.items() if item is not None})


def keep_place(project: Path, place: Place) -> bool:
    """Remember how a project is left; false where that is not possible."""
    return remember(_file(project), {"project": str(project.resolve()), **place._asdict()})


def _file(project: Path) -> str:
    from hashlib import sha256  # slow to load, and the first page needs no place

    return f"projects/{sha256(fsencode(project.resolve())).hexdigest()[:32]}.json"


def _checked(item: object, like: object) -> Any:
    """The value, if it is of the kind that is wanted; else None."""
    match item, like:
        case str(), str() if len(item) <= _LONGEST:
            return item
        case int(), int() if not isinstance(item, bool) and abs(item) < 1 << 31:
            return item
        case list(), tuple() if len(item) < 10 and all(type(each) is int and 0 <= each < 1 << 20 for each in item):
            return tuple(item)
        case dict(), dict():
            return {
                k: v[:_LONGEST] for k, v in list(item.items())[:_LONGEST] if isinstance(k, str) and isinstance(v, str)
            }
    return None
