"""Draws the rows of a page that are on screen: ground, marks, numbers, highlights, code, cards, folds."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from reviewer.ui.code.cards import CARD_EDGE, CARD_PAD, card_height
from reviewer.ui.code.layout import RowLayout
from reviewer.ui.code.motion import Place
from reviewer.ui.code.page import Page, is_run
from reviewer.ui.look.text import counted
from reviewer.ui.look.theme import Theme, ui_font

BAR = 3
CUT_WIDTH = 12
"""Pixels of the sign at the right edge of a row that goes on."""
MATCH = "amber_fill"
"""The ground of what a search found; it has an outline too."""

RIGHT_EDGE = 15
"""Free pixels at the right of a card."""


class Frame(NamedTuple):
    """What one picture is drawn from, in pixels of the view. `highlights`: what to set off in the text, with the role of its ground."""

    page: Page
    theme: Theme
    font: QFont
    gutter: int
    width: int
    height: int
    scroll: int
    left: int
    cursor: Place
    selected: tuple[Place, Place]
    has_focus: bool
    highlights: Sequence[tuple[re.Pattern[str], str]]


def paint(painter: QPainter, frame: Frame, top: int) -> float:
    """Draw everything that is visible; the first row stands `top` below the scroll place. Returns the widest row's pixels."""
    rows, widest = frame.page.rows, 0.0
    row = rows.row_at(max(0, frame.scroll - top))
    while row < rows.count:
        y = rows.top(row) - frame.scroll + top
        if y >= frame.height:
            break
        rect = QRect(0, y, frame.width, rows.height)
        fold = rows.fold_at(row)
        if fold is not None:
            _paint_fold(painter, frame, rect, *fold)
        else:
            widest = max(widest, _paint_row(painter, frame, rect, row))
        row += 1
    return widest


def _paint_row(painter: QPainter, frame: Frame, rect: QRect, row: int) -> float:
    page = frame.page
    piece, start = page.rows.place(row)
    line = page.document.line_of(piece)
    _paint_ground(painter, frame, rect, line, row)
    layout = page.layout(piece, start, frame.font, frame.theme)
    origin = QPointF(frame.gutter - frame.left, rect.y() + (rect.height() - layout.height) / 2)
    painter.setClipRect(QRect(frame.gutter, rect.y(), frame.width - frame.gutter, rect.height()))
    _paint_highlights(painter, frame, rect, layout, piece)
    _paint_selection(painter, frame, rect, layout, piece)
    painter.setPen(frame.theme.color("text"))
    layout.drawn.draw(painter, origin)
    painter.setPen(frame.theme.color("red_edge"))
    for label in layout.labels:
        x = round(origin.x() + layout.x(label.start))
        painter.drawRect(
            x, rect.y() + 2, round(origin.x() + layout.x(label.start + label.length)) - x - 1, rect.height() - 5
        )
    if frame.has_focus and row == page.rows.row_of(*frame.cursor):
        painter.fillRect(
            QRect(round(origin.x() + layout.x(frame.cursor[1])), rect.y() + 2, 2, rect.height() - 4),
            frame.theme.color("focus"),
        )
    painter.setClipping(False)
    if layout.width > frame.left + frame.width - frame.gutter:
        _paint_cut(painter, frame, rect)
    _paint_gutter(painter, frame, rect, line, first=start == 0 and page.document.starts_line(piece))
    if page.rows.has_card(row):
        _paint_card(painter, frame, piece, line, rect.bottom() + 1)
    return layout.width


def _paint_cut(painter: QPainter, frame: Frame, rect: QRect) -> None:
    """A sign that the row goes on to the right of what is seen."""
    sign = QRect(rect.right() - CUT_WIDTH + 1, rect.y(), CUT_WIDTH, rect.height())
    painter.fillRect(sign, frame.theme.color("amber_fill"))
    painter.setPen(frame.theme.color("amber"))
    painter.setFont(frame.font)
    painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "\u203a")


def _paint_ground(painter: QPainter, frame: Frame, rect: QRect, line: int, row: int) -> None:
    theme, mark = frame.theme, frame.page.marks.get(line)
    if mark is not None:
        painter.fillRect(rect, theme.color("purple_fill" if is_run(mark) else "amber_row"))
        painter.fillRect(QRect(0, rect.y(), BAR, rect.height()), theme.color("purple" if is_run(mark) else "amber"))
    if frame.has_focus and row == frame.page.rows.row_of(*frame.cursor):
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def _paint_gutter(painter: QPainter, frame: Frame, rect: QRect, line: int, *, first: bool) -> None:
    """The line's number, or a hook where the row goes on with a line; and a sign where a line shows something else than it is."""
    theme, mark = frame.theme, frame.page.marks.get(line)
    run = mark is not None and is_run(mark)
    font = QFont(frame.font)
    font.setBold(run)
    painter.setFont(font)
    painter.setPen(theme.color("purple" if run else "amber" if mark else "faint"))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    if not frame.page.document.is_bytes:
        painter.drawText(
            rect.adjusted(0, 0, frame.gutter - 13 - rect.width(), 0), right, str(line) if first else "\u21aa"
        )
    if first and line in frame.page.flags:
        font.setBold(True)
        painter.setFont(font)
        side = min(15, rect.height() - 4)
        sign = QRect(BAR + 2, rect.y() + (rect.height() - side) // 2, side, side)
        painter.fillRect(sign, theme.color("red_fill"))
        painter.setPen(theme.color("red"))
        painter.drawRect(sign.adjusted(0, 0, -1, -1))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "!")


def _paint_highlights(painter: QPainter, frame: Frame, rect: QRect, layout: RowLayout, piece: int) -> None:
    if not frame.highlights:
        return
    text, end = frame.page.text(piece), layout.start + len(layout.text)
    for pattern, role in frame.highlights:
        for found in pattern.finditer(text):
            if found.end() > layout.start and found.start() < end:
                _fill(painter, frame, rect, layout, found.start(), found.end(), role)
                if role == MATCH:
                    _outline(painter, frame, rect, layout, found.span())


def _paint_selection(painter: QPainter, frame: Frame, rect: QRect, layout: RowLayout, piece: int) -> None:
    (first, start), (last, end) = frame.selected
    if frame.selected[0] == frame.selected[1] or not first <= piece <= last:
        return
    _fill(painter, frame, rect, layout, start if piece == first else 0, end if piece == last else None, "selection")


def _fill(
    painter: QPainter, frame: Frame, rect: QRect, layout: RowLayout, start: int, end: int | None, role: str
) -> None:
    left = frame.gutter - frame.left
    x1 = layout.x(start)
    x2 = layout.width + 6 if end is None else layout.x(end)
    painter.fillRect(QRect(round(left + x1), rect.y(), round(x2 - x1), rect.height()), frame.theme.color(role))


def _outline(painter: QPainter, frame: Frame, rect: QRect, layout: RowLayout, span: tuple[int, int]) -> None:
    x1, x2 = (round(frame.gutter - frame.left + layout.x(column)) for column in span)
    painter.setPen(frame.theme.color("amber"))
    painter.drawRect(x1, rect.y(), x2 - x1 - 1, rect.height() - 1)


def _paint_card(painter: QPainter, frame: Frame, piece: int, line: int, y: int) -> None:
    theme, layout, mark = frame.theme, frame.page.cards[piece], frame.page.marks.get(line)
    run = mark is not None and is_run(mark)
    rect = QRect(frame.gutter, y, frame.width - frame.gutter - RIGHT_EDGE, card_height(layout) - CARD_EDGE)
    painter.fillRect(rect, theme.color("purple_fill" if run else "amber_row"))
    painter.fillRect(QRect(rect.x(), rect.y(), BAR, rect.height()), theme.color("purple" if run else "amber"))
    painter.setPen(theme.color("purple_text" if run else "text"))
    layout.draw(painter, QPointF(rect.x() + CARD_PAD, rect.y() + 3))


def _paint_fold(painter: QPainter, frame: Frame, rect: QRect, first: int, last: int) -> None:
    theme, document = frame.theme, frame.page.document
    painter.fillRect(rect.adjusted(0, 2, 0, -2), theme.color("card"))
    painter.setPen(QPen(theme.color("line"), 1, Qt.PenStyle.DashLine))
    painter.drawLine(rect.left(), rect.top() + 2, rect.right(), rect.top() + 2)
    painter.drawLine(rect.left(), rect.bottom() - 2, rect.right(), rect.bottom() - 2)
    painter.setFont(ui_font(12))
    here = frame.has_focus and first <= frame.cursor[0] <= last
    painter.setPen(theme.color("focus" if here else "muted"))
    hidden = document.line_of(last) - document.line_of(first) + 1
    said = f"\u22ef {counted(hidden, 'line')} without marks"
    painter.drawText(rect.adjusted(frame.gutter, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, said)
