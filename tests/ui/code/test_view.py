"""The code view: cards under lines, large files without waiting, copies without surprises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.review.reading import Mark, MarkKind
from reviewer.ui.code.lines import Lines, emphasis
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.theme import Look
from tests.ui.hands import CONTROL


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> CodeView:
    made = CodeView(look)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


@given(st.integers(1, 200), st.dictionaries(st.integers(0, 199), st.integers(1, 90), max_size=8))
def test_every_height_belongs_to_the_line_that_is_there(count: int, cards: dict[int, int]) -> None:
    lines = Lines(count, 20, {line: height for line, height in cards.items() if line < count})
    for line in range(count):
        assert lines.line_at(lines.top(line)) == line
        assert lines.line_at(lines.top(line) + 19) == line
    assert lines.total == lines.top(count - 1) + 20 + cards.get(count - 1, 0)


def test_an_explanation_keeps_its_words_and_marks_the_names() -> None:
    parts = emphasis("Run step \u201crun x\u201d is created here. See `b.path` and <b>this</b>.")
    assert parts[0] == ("Run step \u201crun x\u201d", "bold")
    assert ("b.path", "code") in parts
    assert "<b>this</b>" in "".join(text for text, _ in parts)


def test_a_card_stands_under_its_line_and_moves_what_follows(view: CodeView) -> None:
    view.show_file("a.zig", ["one", "two", "three"], [Mark(2, MarkKind.HIDDEN_RUN, "It runs.", None)])
    assert view.explanation_under(2) == "It runs."
    assert view.explanation_under(1) is None
    assert view._lines.top(2) > 2 * 21


def test_project_text_in_a_card_is_shown_and_not_interpreted(view: CodeView) -> None:
    view.show_file("a.zig", ["x"], [Mark(1, MarkKind.RUN, "step <img src=x>\u202e", None)])
    assert view.explanation_under(1) == "step <img src=x>\u27e6U+202E\u27e7"


def test_a_file_of_half_a_million_lines_colours_only_what_is_seen(view: CodeView) -> None:
    view.show_file("a.zig", ["const a = 1;"] * 500_000, [])
    view.reveal(400_000)
    view.grab()
    assert view.current_line == 400_000
    assert len(view._highlighter._chunks) <= 3


def test_lines_of_any_hostile_kind_can_be_painted(view: CodeView) -> None:
    view.show_file(
        "a.zig", ["\u05d0\u05d1 (x)", "a" * 100_000, "\x00\x1b[2J", "e" + "\u0301" * 500, "", "\t\t\u202e"], []
    )
    assert not view.grab().isNull()


def test_the_keyboard_moves_the_cursor_and_tells_the_line(view: CodeView, qtbot: QtBot) -> None:
    view.show_file("a.zig", ["one", "two", "three"], [])
    with qtbot.waitSignal(view.line_picked) as told:
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert told.args == [2]
    assert "Line 2: two" in view.accessibleDescription()


def test_a_copy_holds_what_is_shown(view: CodeView) -> None:
    view.show_file("a.zig", ["one\u200b", "two"], [])
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "one\u27e6U+200B\u27e7\ntwo"
