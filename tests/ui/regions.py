"""What is wrong with a picture of a window, found without looking: empty parts, controls on top of each other, texts that are cut."""

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from reviewer.ui.look.widgets import ElidedButton, ElidedLabel

CONTROLS = (QLabel, QAbstractButton, QLineEdit, QComboBox)
_TOUCH = 2
"""Pixels that neighbours may share: rounding."""


def colours(widget: QWidget) -> int:
    """How many colours a widget shows: an empty one has one or two."""
    picture = widget.grab().toImage()
    return len({picture.pixel(x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2)})


def overlapping(window: QWidget) -> list[str]:
    """Pairs of controls with one parent that lie on each other."""
    found = []
    for parent in [window, *window.findChildren(QWidget)]:
        children = [
            c for c in parent.children() if isinstance(c, CONTROLS) and c.isVisible() and not c.size().isEmpty()
        ]
        for number, one in enumerate(children):
            for other in children[number + 1 :]:
                shared = one.geometry().intersected(other.geometry())
                if shared.width() > _TOUCH and shared.height() > _TOUCH:
                    found.append(f"{_name(one)} and {_name(other)} of {type(parent).__name__}")
    return found


def clipped(window: QWidget) -> list[str]:
    """Controls whose text does not fit, and those that reach out of what holds them."""
    found = []
    for control in window.findChildren(QWidget):
        if not isinstance(control, CONTROLS) or not control.isVisible() or control.visibleRegion().isEmpty():
            continue
        if isinstance(control, QLabel | QAbstractButton) and not isinstance(control, ElidedLabel | ElidedButton):
            wraps = isinstance(control, QLabel) and control.wordWrap()
            text = control.text().replace("&&", "\0").replace("&", "")
            needed = (
                0 if wraps else max(QFontMetrics(control.font()).horizontalAdvance(line) for line in text.split("\n"))
            )
            if needed > control.width() + _TOUCH:
                found.append(f"{_name(control)}: {needed} px of text in {control.width()}")
            high = control.heightForWidth(control.width()) if wraps else QFontMetrics(control.font()).height()
            if text and high > control.height() + _TOUCH:
                found.append(f"{_name(control)}: {high} px high in {control.height()}")
    return found


def _name(control: QWidget) -> str:
    text = control.text() if isinstance(control, QLabel | QAbstractButton) else control.accessibleName()
    return f"{type(control).__name__} {text[:40]!r}"
