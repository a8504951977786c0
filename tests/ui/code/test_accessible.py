"""A reviewer who hears instead of sees: the code is a text with a cursor, as any other."""

import gc

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleTextInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.ui.code.view import CodeView
from reviewer.ui.look.theme import Look
from tests.ui.code.documents import document


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> CodeView:
    made = CodeView(look)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


def text_of(view: CodeView) -> QAccessibleTextInterface:
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None
    assert interface.role() == QAccessible.Role.EditableText
    text = interface.textInterface()
    assert text is not None
    return text


def test_the_text_is_heard_as_it_is_shown_and_the_cursor_is_where_it_is(view: CodeView) -> None:
    view.show_document(document("one\n\ttwo\u202e\nthree\n"), [])
    text = text_of(view)
    assert text.text(0, text.characterCount()) == "one\n    two\u27e6RLO\u27e7\nthree"
    assert text.cursorPosition() == 0
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert text.cursorPosition() == len("one\n    two\u27e6RLO\u27e7")
    text.setCursorPosition(text.characterCount())
    assert (view.current_line, view.current_column) == (3, 6)


def test_characters_are_found_on_the_screen_and_back(view: CodeView) -> None:
    view.show_document(document("one\ntwo words\n"), [])
    text = text_of(view)
    place = text.characterRect(8)
    assert text.offsetAtPoint(place.center() - QPoint(2, 0)) == 8
    assert place.width() > 3


def test_of_a_huge_file_the_part_around_the_cursor_is_told(view: CodeView) -> None:
    view.show_document(document("".join(f"line {n}\n" for n in range(1, 100_001))), [])
    view.reveal(70_500)
    text = text_of(view)
    assert text.characterCount() < 50_000
    at = text.cursorPosition()
    assert text.text(at, at + 10) == "line 70500"


def test_what_is_read_only_says_so_and_has_a_name(view: CodeView) -> None:
    view.setAccessibleName("Code of a.zig")
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Code of a.zig"
    assert interface.state().readOnly
    assert interface.state().multiLine


def test_views_come_and_go_without_leaving_anything_behind_that_crashes(look: Look, qapp: QApplication) -> None:
    for _ in range(20):
        view = CodeView(look)
        view.show_document(document("one\n"), [])
        text_of(view).text(0, 3)
        view.deleteLater()
        del view
        qapp.sendPostedEvents()
        qapp.processEvents()
        gc.collect()


def test_whatever_a_screen_reader_asks_for_is_answered(view: CodeView) -> None:
    view.show_document(document("one\n"), [])
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None
    assert interface.valueInterface() is None
    assert interface.tableCellInterface() is None
    assert interface.editableTextInterface() is None
    assert interface.actionInterface() is not None
