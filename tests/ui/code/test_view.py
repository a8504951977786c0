"""The code view: cards under lines, large files without waiting, hostile text made visible, copies without surprises."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.review.reading import Mark, MarkKind
from reviewer.ui.code.emphasis import emphasis
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.theme import Look
from tests.ui.code.documents import document
from tests.ui.hands import CONTROL, SHIFT

HIDDEN = Mark(2, MarkKind.HIDDEN_RUN, "It runs.", None)


@pytest.fixture
def view(qtbot: QtBot, look: Look) -> CodeView:
    made = CodeView(look)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


def picture(view: CodeView) -> QImage:
    return view.grab().toImage()


def has_color(image: QImage, look: Look, role: str, rows: range | None = None) -> bool:
    wanted = look.theme.color(role).rgb()
    return any(image.pixel(x, y) == wanted for y in rows or range(image.height()) for x in range(image.width()))


def test_an_explanation_keeps_its_words_and_marks_the_names() -> None:
    parts = emphasis("Run step \u201crun x\u201d is created here. See `b.path` and <b>this</b>.")
    assert parts[0] == ("Run step \u201crun x\u201d", "bold")
    assert ("b.path", "code") in parts
    assert "<b>this</b>" in "".join(text for text, _ in parts)


def test_a_card_stands_under_its_line_and_moves_what_follows(view: CodeView) -> None:
    view.show_document(document("one\ntwo\nthree\n"), [HIDDEN])
    assert view.explanation_under(2) == "It runs."
    assert view.explanation_under(1) is None
    rows = view.page.rows
    assert rows.top(2) > 2 * rows.height


def test_project_text_in_a_card_is_shown_and_not_interpreted(view: CodeView) -> None:
    view.show_document(document("x"), [Mark(1, MarkKind.RUN, "step <img src=x>\u202e", None)])
    assert view.explanation_under(1) == "step <img src=x>\u27e6RLO\u27e7"


def test_a_mark_beyond_the_end_of_the_file_harms_nothing(view: CodeView) -> None:
    view.show_document(document("one\n"), [Mark(99, MarkKind.FINDING, "gone", None)])
    view.go_to_mark(1)
    assert not picture(view).isNull()


def test_a_file_of_half_a_million_lines_colours_only_what_is_seen(view: CodeView, qtbot: QtBot) -> None:
    view.show_document(document("const a = 1;\n" * 500_000), [])
    view.reveal(400_000)
    picture(view)
    assert view.current_line == 400_000
    qtbot.waitUntil(lambda: not view._coloring.is_busy)
    assert len(view.page.highlighter._colors) <= 3


def test_the_line_that_is_gone_to_is_coloured_too(view: CodeView, look: Look) -> None:
    view.show_document(document("\n" * 300 + "const\n"), [])
    view.reveal(301, 2)
    assert has_color(picture(view), look, "code_keyword")


def test_code_is_coloured_at_once_and_a_language_that_spans_lines_in_its_order(
    view: CodeView, look: Look, qtbot: QtBot
) -> None:
    view.show_document(document('const a = "text";\n'), [])
    assert has_color(picture(view), look, "code_string")

    view.show_document(document("/* a comment\n" + "int inside;\n" * 900 + "*/ int after;\n", "a.c"), [])
    view.reveal(902)
    qtbot.waitUntil(lambda: bool(view.page.highlighter.spans(890)) or bool(picture(view).isNull()))
    assert view.page.highlighter.spans(890) == ((0, 11, "code_comment"),)


@pytest.mark.parametrize(
    "hostile",
    [
        "\u05d0\u05d1 (x)",
        "a" * 1_000_000,
        "\x00\x1b[2J",
        "e" + "\u0301" * 500,
        "\t\t\u202e",
        "x\ry",
        b"\xff\xfe\xfa plain text around it to stay text",
        "\ud7ff\ue000\U0010ffff",
        "\u202e" * 5_000,
    ],
)
def test_lines_of_any_hostile_kind_can_be_painted_and_walked_over(view: CodeView, hostile: str | bytes) -> None:
    content = hostile if isinstance(hostile, bytes) else hostile.encode()
    view.show_document(document(b"first\n" + content + b"\nlast\n"), [])
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
        assert not picture(view).isNull()
    QTest.keyClick(view, Qt.Key.Key_End, CONTROL)
    assert view.current_line == view.page.document.line_count


def test_hidden_characters_are_boxes_with_their_names_and_lookalikes_are_underlined(view: CodeView, look: Look) -> None:
    view.show_document(document('const a = "\u202e\u2066";\nb.\u0430dd(x);\n'), [])
    assert "\u27e6RLO\u27e7\u27e6LRI\u27e7" in view.shown_text(1)
    image, rows = picture(view), view.page.rows
    first, second = (range(rows.top(row) + 7, rows.top(row) + 7 + rows.height) for row in (0, 1))
    assert has_color(image, look, "red_edge", first)
    assert has_color(image, look, "amber_fill", second)


def test_a_warning_in_the_gutter_leads_to_what_is_out_of_sight(view: CodeView) -> None:
    view.show_document(document("ok\n" + "x = 1;" + " " * 400 + "evil();\n" + "\n" * 80 + "late();\n"), [])
    view.set_wrap(on=False)
    rows = view.page.rows
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(8, rows.top(1) + 15))
    assert (view.current_line, view.current_column) == (2, 407)
    assert view.horizontalScrollBar().value() > 1_000, "it is on screen"


def test_long_lines_are_wrapped_so_that_nothing_hides_at_the_right(view: CodeView) -> None:
    view.show_document(document("x = 1;" + " " * 400 + "evil();\nshort\n"), [])
    picture(view)
    assert view.horizontalScrollBar().maximum() == 0
    assert view.page.rows.count > 4
    view.set_wrap(on=False)
    picture(view)
    assert view.page.rows.count == 2
    assert view.horizontalScrollBar().maximum() > 1_000


def test_a_row_that_goes_on_to_the_right_says_so_until_its_end_is_seen(view: CodeView, look: Look) -> None:
    view.show_document(document("x" * 500 + "\nshort\n"), [])
    view.set_wrap(on=False)

    def cut_rows() -> list[bool]:
        image, rows = picture(view), view.page.rows
        edge = image.copy(view.viewport().width() - 12, 0, 12, image.height())
        return [has_color(edge, look, "amber_fill", range(rows.top(row) + 7, rows.top(row + 1) + 7)) for row in (0, 1)]

    assert cut_rows() == [True, False]
    view.horizontalScrollBar().setValue(view.horizontalScrollBar().maximum())
    assert cut_rows() == [False, False]


def test_what_is_not_marked_can_be_folded_and_opened_again(view: CodeView) -> None:
    view.show_document(document("line\n" * 100), [Mark(50, MarkKind.FINDING, "look", None)])
    view.set_folded(on=True)
    assert view.page.rows.count == 9
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.page.rows.count == 54, "Enter opens the stretch that the cursor is on"
    view.reveal(90)
    assert view.page.rows.count == 100, "what is gone to is opened"
    view.set_folded(on=True)
    view.set_folded(on=False)
    assert view.page.rows.count == 100


def test_tabs_and_blanks_at_ends_can_be_seen(view: CodeView) -> None:
    view.show_document(document("\tx  \n"), [])
    assert view.shown_text(1) == "    x  "
    view.set_blanks(on=True)
    assert view.shown_text(1) == "\u2192   x\u00b7\u00b7"


def test_the_keyboard_moves_the_cursor_and_tells_the_line(view: CodeView, qtbot: QtBot) -> None:
    view.show_document(document("one\ntwo\nthree\n"), [])
    with qtbot.waitSignal(view.line_picked) as told:
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert told.args == [2]
    assert "Line 2: two" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Right, CONTROL | SHIFT)
    assert view.caret.text == "two"


def test_the_next_mark_or_warning_is_one_key_away(view: CodeView) -> None:
    view.show_document(document("one\ntwo\n\u200bthree\n"), [HIDDEN])
    view.go_to_mark(1)
    assert view.current_line == 2
    view.go_to_mark(1)
    assert "ZERO WIDTH SPACE" in view.accessibleDescription()
    view.go_to_mark(1)
    assert view.current_line == 2, "around the end"
    view.go_to_mark(-1)
    assert view.current_line == 3


def test_a_copy_holds_what_is_shown(view: CodeView) -> None:
    view.show_document(document("one\u200b\ntwo\n"), [])
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "one\u27e6ZWSP\u27e7\ntwo"


def test_the_word_at_the_cursor_is_set_off_wherever_it_is(view: CodeView, look: Look) -> None:
    view.show_document(document("run\nother\n\n\nrun(x)\nrunner\n"), [])
    view.setFocus()
    image, rows = picture(view), view.page.rows
    bands = [range(rows.top(row) + 7, rows.top(row + 1) + 7) for row in range(5)]
    assert [has_color(image, look, "card_hover", band) for band in bands] == [True, False, False, False, True]


def test_larger_text_and_another_theme_take_effect_at_once_and_the_place_stays(view: CodeView, look: Look) -> None:
    view.show_document(document("const a = 1;\n" * 500), [])
    view.reveal(300)
    before = view.page.rows.height
    top = view.page.rows.row_at(view.verticalScrollBar().value())
    try:
        look.use(look.settings._replace(code_size=26))
        look.fix("light")
        assert view.page.rows.height > 1.5 * before
        assert abs(view.page.rows.row_at(view.verticalScrollBar().value()) - top) <= 1
        assert has_color(picture(view), look, "code_keyword")
    finally:
        look.use(look.settings._replace(code_size=13))
        look.fix("dark")
    assert view.page.rows.height == before
