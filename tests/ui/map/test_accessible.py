"""A reviewer who hears instead of sees: the map is a list of boxes that tell what they are and what they are linked with."""

import gc

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.ui.map.pane import MapPane
from reviewer.ui.map.picture import View
from reviewer.ui.state.session import Session
from tests.ui.hands import press
from tests.ui.map.conftest import Show
from tests.ui.sample import package_id

HELPER = f"{package_id('super')}/helper"


def heard(pane: MapPane) -> QAccessibleInterface:
    interface = QAccessible.queryAccessibleInterface(pane.map)
    assert interface is not None
    return interface


def boxes(pane: MapPane) -> list[QAccessibleInterface]:
    found = [heard(pane).child(number) for number in range(heard(pane).childCount())]
    return [child for child in found if child is not None]


def test_every_box_tells_its_name_its_relations_and_its_place(pane: MapPane, session: Session) -> None:
    session.selection.select_step(HELPER)
    names = [child.text(QAccessible.Text.Name) for child in boxes(pane)]
    assert names == [box.spoken for box in pane.map.boxes()]
    helper = boxes(pane)[names.index("run exe helper, hidden run step of super")]
    assert helper.text(QAccessible.Text.Description) == "waits for 1: compile helper; 1 waits for it: compile dummy"
    assert helper.rect().center() == pane.map.mapToGlobal(pane.map.rect_of(HELPER).toRect().center())
    assert helper.state().selected
    there = heard(pane).childAt(helper.rect().center().x(), helper.rect().center().y())
    assert there is not None
    assert there.text(QAccessible.Text.Name) == "run exe helper, hidden run step of super"


def test_the_keyboards_box_has_the_focus(pane: MapPane, session: Session) -> None:
    session.selection.select_step(HELPER)
    press(Qt.Key.Key_Left)
    focused = heard(pane).focusChild()
    assert focused is not None
    assert focused.text(QAccessible.Text.Name) == "compile dummy, step of super"
    assert focused.state().focused


def test_boxes_that_are_gone_are_silent_and_nothing_outlives_the_map(
    show: Show, session: Session, qtbot: QtBot
) -> None:
    QAccessible.setActive(True)
    try:
        pane = show(session)
        pane.show_view(View.PACKAGES)
        many = boxes(pane)
        pane.show_view(View.MODULES)
        assert [child.isValid() for child in many].count(True) == len(pane.map.boxes()) == 2
        assert many[-1].text(QAccessible.Text.Name) == ""
        assert many[-1].rect().isEmpty()
        for view in (View.STEPS, View.PACKAGES, View.WHY) * 3:
            pane.show_view(view)
            QTest.keyClick(pane.map, Qt.Key.Key_Right)
            boxes(pane)
        gc.collect()
        pane.deleteLater()
        QApplication.processEvents()
        qtbot.wait(10)
        gc.collect()
        assert not many[0].isValid()
    finally:
        QAccessible.setActive(False)
