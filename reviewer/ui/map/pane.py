"""The map with its headline above, its view buttons in the corner, and its outline in the same place."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from reviewer.progress import Progress
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import ElidedLabel
from reviewer.ui.map.card import card_text
from reviewer.ui.map.drawer import Drawer, Drawn, Wish, draw
from reviewer.ui.map.export import Export
from reviewer.ui.map.find import FindLine
from reviewer.ui.map.maker import MapMaker
from reviewer.ui.map.menu import box_menu, map_menu
from reviewer.ui.map.outline import Outline
from reviewer.ui.map.picture import Box, Kind, Scope, View
from reviewer.ui.map.view import MapView
from reviewer.ui.state.actions import Actions, first_key
from reviewer.ui.state.session import Session

_AT_ONCE = 1_500
"""Graphs with at most so many packages, modules and steps are drawn in the window's thread, in a few milliseconds."""


class MapPane(QWidget):
    """Follows the session's selection, and sets it when a box is picked."""

    def __init__(self, session: Session, look: Look, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("mapPane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._actions = actions
        graph = session.review.graph
        self._maker = MapMaker(graph)
        self._at_once = len(graph.packages) + len(graph.modules) + len(graph.steps) <= _AT_ONCE
        self._drawer = Drawer(self, self._maker)
        self._drawer.drawn.connect(self._show)
        self._drawer.cancelled.connect(self._give_up)
        self._export = Export(self)
        self._export.saved.connect(self._saved)
        self._export.failed.connect(session.failed)
        self._scope = Scope(View.WHY)
        self._drawn: Drawn | None = None
        self.headline = ElidedLabel("small")
        self.map = MapView(look)
        self.map.explain = lambda box: card_text(session.review, box)
        self.outline = Outline()
        self.find_line = FindLine()
        self._connect()
        self._arrange()
        look.changed.connect(self._look_changed)
        session.selection.changed.connect(self._follow)
        session.changed.connect(self._draw)
        self._follow()

    def _connect(self) -> None:
        for part in (self.map, self.outline):
            part.picked.connect(self.pick)
            part.opened.connect(lambda box: self.toggle(box.id))
        self.map.asked.connect(self._ask)
        self.map.installEventFilter(self)
        self.find_line.found.connect(self.map.highlight)
        self.find_line.reached.connect(self.map.go_to)
        self.find_line.closed.connect(self.map.setFocus)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 9, 0, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.setContentsMargins(14, 0, 10, 0)
        top.setSpacing(2)
        top.addWidget(self.headline, 1)
        self._back, self._forward = self._button("back", "\u2039"), self._button("forward", "\u203a")
        fit, outline = self._button("fit", self.tr("Fit")), self._button("outline", self.tr("Outline"))
        for button in (self._back, self._forward, fit, outline):
            top.addWidget(button)
        column.addLayout(top)
        column.addWidget(self.find_line)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.map)
        self._stack.addWidget(self.outline)
        column.addWidget(self._stack, 1)
        self._corner = QWidget(self)
        self._corner.setObjectName("mapCorner")
        self._corner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        corner = QHBoxLayout(self._corner)
        corner.setContentsMargins(0, 0, 0, 0)
        corner.setSpacing(6)
        self.everything = self._chip(self.tr("Everything"), "everything")
        self.everything.clicked.connect(self._actions["everything"].trigger)
        corner.addWidget(self.everything)
        group = QButtonGroup(self)
        self.buttons: dict[View, QPushButton] = {}
        for view in View:
            button = self.buttons[view] = self._chip(self.tr(view.value), view.name.lower())
            button.clicked.connect(lambda _checked=False, view=view: self.show_view(view))
            group.addButton(button)
            corner.addWidget(button)

    def _button(self, act: str, text: str) -> QPushButton:
        action = self._actions[act]
        button = QPushButton(text)
        button.setProperty("flat", "true")
        button.setAccessibleName(action.text())
        button.setToolTip(f"{action.text()} ({first_key(act)})")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)
        return button

    def _chip(self, text: str, act: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("chip", "true")
        button.setToolTip(f"{self._actions[act].text()} ({first_key(act)})")
        button.setAccessibleName(self.tr("Map: {}").format(text))
        return button

    # What is shown

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn in the background."""
        return self._drawer.busy

    @property
    def view(self) -> View:
        """Which view of the graph is shown."""
        return self._scope.view

    def show_view(self, view: View) -> None:
        """Switch to another view of the graph, with nothing opened in it."""
        if view is not self._scope.view:
            self._scope = Scope(view, self._scope.package, self._scope.step)
            self._draw()
        self.buttons[view].setChecked(True)

    def show_everything(self) -> None:
        """Show every box of the view, or again only what is near."""
        self._scope = replace(self._scope, whole=not self._scope.whole)
        self._draw()

    def toggle(self, box_id: str) -> None:
        """Open what is folded at a box, or close it again."""
        self._scope = replace(self._scope, toggled=self._scope.toggled ^ {box_id})
        self._draw()

    def toggle_outline(self) -> None:
        """Show the outline in place of the map, or the map again; the keyboard goes along."""
        if self._stack.currentWidget() is self.map:
            self.outline.show_scene(self.map.scene)
            self._stack.setCurrentWidget(self.outline)
        else:
            self._stack.setCurrentWidget(self.map)
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """Put the keyboard on the map, or on its outline where that is shown."""
        shown = self._stack.currentWidget()
        if shown is not None:
            shown.setFocus()

    def open_find(self) -> None:
        """Look for boxes by name."""
        self._stack.setCurrentWidget(self.map)
        self.find_line.open()

    def carry_on(self, earlier: "MapPane") -> None:
        """Show a project that was loaded again as it was shown before: the same view, what was opened, everything where it stood."""
        now = self._session.selection.now
        self._scope = replace(earlier._scope, package=now.package, step=now.step)
        self._drawn = earlier._drawn
        self.map.carry_on(earlier.map)
        self._draw()

    def _follow(self) -> None:
        selection = self._session.selection
        self._back.setEnabled(selection.can_go_back)
        self._forward.setEnabled(selection.can_go_forward)
        now = self._session.selection.now
        if self._drawn is None or (now.package, now.step) != (self._scope.package, self._scope.step):
            keeps = self._scope.toggled if self._scope.view is not View.WHY else frozenset[str]()
            self._scope = replace(self._scope, package=now.package, step=now.step, toggled=keeps)
            self._draw()

    def _draw(self) -> None:
        status = {package: found.status for package, found in self._session.review.assessments.items()}
        wish = Wish(self._scope, status, self._drawn, self.map.brush.unit)
        if self._at_once:
            self._show(draw(self._maker, wish, Progress()))
        else:
            self.headline.setText(self.tr("Drawing the map\u2026"))
            self._drawer.ask(wish)

    def _show(self, drawn: Drawn) -> None:
        last, self._drawn = self._drawn, drawn
        picture, scope = drawn.picture, drawn.scope
        same = last is not None and last.scope.is_near(scope)
        self.headline.setText(picture.headline)
        self.map.show_picture(picture, drawn.scene, keep=same)
        if self.outline.isVisible():
            self.outline.show_scene(self.map.scene)
        self.find_line.search_in(picture.boxes, picture.everything)
        self.everything.setVisible(scope.whole or picture.everything > len(picture.boxes))
        self.everything.setChecked(scope.whole)
        self.buttons[scope.view].setChecked(True)
        self._place_corner()

    def _look_changed(self) -> None:
        """Large pictures are laid out for the size of text that was chosen; the view looks after small ones."""
        if self._drawn is not None and self._drawn.scene is not None:
            self._draw()
        self._place_corner()

    def cancel(self) -> None:
        """Stop drawing; what was shown before stays."""
        self._drawer.cancel()

    def _give_up(self) -> None:
        if self._drawn is not None:
            self._scope = self._drawn.scope
            self._show(self._drawn)
        self.headline.setText(self.tr("Drawing was cancelled; this is what was shown before"))

    # What is done with it

    def pick(self, box: Box) -> None:
        """Select what a box stands for; a fold, and a group that is selected already, opens."""
        selection = self._session.selection
        if box.kind is Kind.FOLD or (box.kind is Kind.GROUP and box.package == selection.now.package):
            self.toggle(box.id)
        elif box.step is not None:
            selection.select_step(box.step)
        else:
            selection.select_package(box.package)

    def _ask(self, box: Box | None, place: QPoint) -> None:
        menu = (
            map_menu(self, self._actions)
            if box is None
            else box_menu(self, self, self._session, self._actions, box, self._scope.toggled)
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def save(self) -> None:
        """Ask for a file and write the map to it."""
        name = f"{self._session.name}-{self.view.name.lower()}.svg".replace("/", "_")
        path, kind = QFileDialog.getSaveFileName(
            self, self.tr("Save the map as a picture"), name, self.tr("SVG (*.svg);;PNG (*.png)")
        )
        if path:
            chosen = Path(path)
            if chosen.suffix.lower() not in (".svg", ".png"):
                chosen = chosen.with_name(f"{chosen.name}.{'png' if 'png' in kind else 'svg'}")
            self.save_to(chosen)

    def save_to(self, path: Path) -> None:
        """Write the map to a file named `.svg` or `.png`."""
        self._export.start(self.map.scene, self.map.brush, path)

    def _saved(self, path: Path) -> None:
        self.headline.setText(self.tr("Saved {}").format(one_line(str(path))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the map has the keyboard, Ctrl+F looks for boxes and not in the code."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Find):
            if event.type() == QEvent.Type.KeyPress:
                self.open_find()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons in the lower right corner."""
        super().resizeEvent(event)
        self._place_corner()

    def _place_corner(self) -> None:
        size = self._corner.sizeHint()
        self._corner.setGeometry(
            self.width() - size.width() - 10, self.height() - size.height() - 9, size.width(), size.height()
        )
        self._corner.raise_()
        self.outline.keep_clear(size.height() + 12)
        self.map.corner = QSize(size.width() + 18, size.height() + 14)
