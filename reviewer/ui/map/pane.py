"""The map with its headline above and its view buttons in the corner."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import ElidedLabel
from reviewer.ui.map.maker import MapMaker
from reviewer.ui.map.picture import Box, Scope, View
from reviewer.ui.map.view import MapView
from reviewer.ui.state.session import Session


class MapPane(QWidget):
    """Follows the session's selection, and sets it when a box is clicked."""

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self.setObjectName("mapPane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._maker = MapMaker(session.review.graph)
        self._view = View.WHY
        self._shown: tuple[View, str | None, str | None] | None = None
        self.headline = ElidedLabel("small")
        self.map = MapView(look)
        self.map.picked.connect(self._picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 11, 0, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.setContentsMargins(14, 0, 14, 0)
        top.addWidget(self.headline)
        column.addLayout(top)
        column.addWidget(self.map, 1)
        self._corner = QWidget(self)
        corner = QHBoxLayout(self._corner)
        corner.setContentsMargins(0, 0, 0, 0)
        corner.setSpacing(6)
        group = QButtonGroup(self)
        self.buttons: dict[View, QPushButton] = {}
        for number, view in enumerate(View, 1):
            button = QPushButton(view.value)
            button.setCheckable(True)
            button.setChecked(view is self._view)
            button.setProperty("chip", "true")
            button.setToolTip(f"{view.value} ({number})")
            button.setAccessibleName(f"Map: {view.value}")
            button.clicked.connect(lambda _checked=False, view=view: self.show_view(view))
            group.addButton(button)
            corner.addWidget(button)
            self.buttons[view] = button
        session.selection.changed.connect(self._refresh)
        session.changed.connect(self._repaint)
        self._refresh()

    @property
    def view(self) -> View:
        """Which view of the graph is shown."""
        return self._view

    def show_view(self, view: View) -> None:
        """Switch to another view of the graph."""
        self._view = view
        self.buttons[view].setChecked(True)
        self._refresh()

    def _refresh(self) -> None:
        now = self._session.selection.now
        if self._shown != (self._view, now.package, now.step):
            self._shown = (self._view, now.package, now.step)
            self._draw(keep_place=False)

    def _repaint(self) -> None:
        self._draw(keep_place=True)

    def _draw(self, *, keep_place: bool) -> None:
        now = self._session.selection.now
        status = {package: found.status for package, found in self._session.review.assessments.items()}
        picture = self._maker.picture(Scope(self._view, now.package, now.step), status)
        self.headline.setText(picture.headline)
        self.map.show_picture(picture, keep_place=keep_place)

    def _picked(self, box: Box) -> None:
        if box.step is not None:
            self._session.selection.select_step(box.step)
        else:
            self._session.selection.select_package(box.package)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons in the lower right corner."""
        super().resizeEvent(event)
        size = self._corner.sizeHint()
        self._corner.setGeometry(
            self.width() - size.width() - 10, self.height() - size.height() - 9, size.width(), size.height()
        )
        self._corner.raise_()
        self.map.corner = QSize(size.width() + 18, size.height() + 14)
