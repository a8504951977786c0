"""How Qt finds what a screen reader is told of a widget of ours: one factory for all of them."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface

_makers: dict[type[QObject], Callable[[Any], QAccessibleInterface]] = {}


def serve(kind: type[QObject], make: Callable[[Any], QAccessibleInterface]) -> None:
    """Widgets of this kind are told by what `make` makes of them; saying it again changes nothing."""
    if not _makers:
        QAccessible.installFactory(_make)
    _makers[kind] = make


def _make(_name: str, thing: QObject) -> QAccessibleInterface | None:
    make = next((make for kind, make in _makers.items() if isinstance(thing, kind)), None)
    if make is None:
        return None
    # Qt owns it from here, yet PySide would let go of it with the last reference in Python: the widget holds one.
    thing.accessible = make(thing)  # type: ignore[attr-defined]
    return thing.accessible  # type: ignore[attr-defined,no-any-return]
