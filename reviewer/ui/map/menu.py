"""What can be done with a box, as a menu."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from reviewer.model.graph import Graph
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import no_mnemonic
from reviewer.ui.map.picture import Box, Kind, View
from reviewer.ui.map.whole import group_id
from reviewer.ui.map.why import FOLD, OTHERS
from reviewer.ui.state.actions import Actions
from reviewer.ui.state.session import Session

_OF_THE_MAP = ("why", "packages", "modules", "steps", "everything", "fit", "find_map", "outline", "save_map")


class Doer(Protocol):
    """Who does what a menu of the map asks for."""

    def pick(self, box: Box) -> None:
        """Select it everywhere."""

    def toggle(self, box_id: str) -> None:
        """Open or close it."""

    def show_view(self, view: View) -> None:
        """Switch to another view."""


def box_menu(
    parent: QWidget, doer: Doer, session: Session, actions: Actions, box: Box, opened: frozenset[str]
) -> QMenu:
    """Everything for one box; what decides is about the selection, so the box is selected first."""
    graph, menu = session.review.graph, QMenu(parent)
    if box.kind in (Kind.GROUP, Kind.FOLD):
        menu.addAction(_tr("Unfold"), lambda: doer.toggle(box.id))
    if box.kind is Kind.FOLD:
        return menu
    menu.addAction(_tr("Select"), lambda: doer.pick(box))
    _go_to_line(menu, session, graph, box)
    if box.step is not None and graph.step[box.step].run is not None:

        def why() -> None:
            doer.pick(box)
            doer.show_view(View.WHY)

        def observe() -> None:
            doer.pick(box)
            actions["observe"].trigger()

        menu.addAction(_tr("Why does it run?"), why)
        menu.addAction(actions["observe"].text(), observe)
    if box.kind is not Kind.GROUP:
        menu.addAction(
            _tr("Hide its neighbours") if box.id in opened else _tr("Show its neighbours"), lambda: doer.toggle(box.id)
        )
    if box.kind in (Kind.MODULE, Kind.STEP):
        menu.addAction(_tr("Fold its package"), lambda: doer.toggle(group_id(box.package)))
    for fold, text in ((FOLD, _tr("Fold the long path")), (OTHERS, _tr("Fold the other packages"))):
        if fold in opened:
            menu.addAction(text, partial(doer.toggle, fold))
    menu.addAction(_tr("Copy its id"), lambda: QGuiApplication.clipboard().setText(one_line(box.id, 4_000)))
    if not graph.is_own(box.package):
        menu.addSeparator()
        name = one_line(graph.package[box.package].name, 40)

        def decide(act: str) -> None:
            session.selection.select_package(box.package)
            actions[act].trigger()

        for act in ("trust", "reject", "later"):
            menu.addAction(no_mnemonic(f"{actions[act].text()}: {name}"), partial(decide, act))
    return menu


def _go_to_line(menu: QMenu, session: Session, graph: Graph, box: Box) -> None:
    step = graph.step.get(box.step or "")
    place = next((place for place in step.created_at if place.package in graph.package), None) if step else None
    if place is not None:
        text = _tr("Go to {}").format(one_line(str(place), 60))
        menu.addAction(no_mnemonic(text), lambda: session.selection.select_place(place.package, place.file, place.line))


def map_menu(parent: QWidget, actions: Actions) -> QMenu:
    """What can be done where there is no box."""
    menu = QMenu(parent)
    menu.addActions([actions[act] for act in _OF_THE_MAP])
    return menu


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapMenu", text)
