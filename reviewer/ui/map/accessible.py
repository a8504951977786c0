"""What a screen reader gets of the map: a list of its boxes, each with its name, its relations, and where it is."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from reviewer.ui.map.view import MapView


class AccessibleBox(QAccessibleInterface):
    """The box that has this number in the picture of now. Used again for every picture, since Qt keeps what it once knew."""

    def __init__(self, view: "MapView", number: int) -> None:
        super().__init__()
        self._view = view
        self.number = number

    def isValid(self) -> bool:
        """Whether there is such a box now."""
        return Shiboken.isValid(self._view) and self.number < len(self._view.scene.boxes)

    def object(self) -> QObject | None:  # type: ignore[override] # none has an object of its own
        """Nothing: boxes are painted."""
        return None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The map."""
        return QAccessible.queryAccessibleInterface(self._view) if Shiboken.isValid(self._view) else None

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: ARG002
        """A box has no parts."""
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override] # noqa: ARG002
        """A box has no parts."""
        return None

    def childCount(self) -> int:
        """A box has no parts."""
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:  # noqa: ARG002
        """A box has no parts."""
        return -1

    def rect(self) -> QRect:
        """Where it is on the screen."""
        if not self.isValid():
            return QRect()
        place = self._view.rect_of(self._view.scene.boxes[self.number].id).toRect()
        return QRect(self._view.mapToGlobal(place.topLeft()), place.size())

    def role(self) -> QAccessible.Role:
        """One of a list."""
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        """What it can be and is."""
        state = QAccessible.State()
        state.focusable = state.selectable = True
        if self.isValid():
            box = self._view.scene.boxes[self.number]
            here = self._view.here
            state.selected = box.chosen
            state.focused = self._view.hasFocus() and here is not None and here.id == box.id
            state.offscreen = not self._view.rect_of(box.id).intersects(self._view.rect())
        return state

    def text(self, kind: QAccessible.Text) -> str:
        """Its name, and what it waits for and what waits for it."""
        if not self.isValid():
            return ""
        if kind == QAccessible.Text.Name:
            return self._view.scene.boxes[self.number].spoken
        return self._view.scene.in_words(self.number) if kind == QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing can be written."""


class AccessibleMap(QAccessibleWidget):
    """The map among the accessible parts of the window."""

    def __init__(self, view: "MapView") -> None:
        super().__init__(view, QAccessible.Role.List, view.accessibleName())
        self._view = view
        self._boxes: dict[int, AccessibleBox] = {}

    def childCount(self) -> int:
        """How many boxes there are."""
        return len(self._view.scene.boxes)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """A box."""
        if not 0 <= index < len(self._view.scene.boxes):
            return None
        if index not in self._boxes:
            self._boxes[index] = AccessibleBox(self._view, index)
            QAccessible.registerAccessibleInterface(self._boxes[index])
        return self._boxes[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Which box it is."""
        return child.number if isinstance(child, AccessibleBox) else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The box at a point of the screen."""
        box = self._view.box_at(QPointF(self._view.mapFromGlobal(QPoint(x, y))))
        return None if box is None else self.child(self._view.scene.index[box.id])

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The box that the keyboard is on."""
        here = self._view.here
        return self.child(self._view.scene.index[here.id]) if here is not None and self._view.hasFocus() else None


def tell_here(view: "MapView") -> None:
    """A screen reader that listens learns which box the keyboard is on now."""
    if QAccessible.isActive() and view.hasFocus():
        interface = QAccessible.queryAccessibleInterface(view)
        child = interface.focusChild() if interface is not None else None
        if child is not None:
            QAccessible.updateAccessibility(QAccessibleEvent(child, QAccessible.Event.Focus))


def tell_picture(view: "MapView") -> None:
    """A screen reader that listens learns that there are other boxes now."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(view, QAccessible.Event.ObjectReorder))
