"""Draws one row of a comparison."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from reviewer.content.shown import show, shown_column
from reviewer.ui.code.diff.rows import Kind, Row, wrapped
from reviewer.ui.code.highlight import lexer_for, spans
from reviewer.ui.code.layout import RowLayout
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.theme import Theme, ui_font
from reviewer.upgrade.lines import Span, changed_words

_MOST = 2_000
"""Characters of a line that are drawn; that it goes on is said."""
_BAR = 3
_ZIG = ".zig"
"""A language in which each line can be coloured by itself."""
_AGREED, _ASKED = "\u2611", "\u2610"
_VIEWED = "\u2713 viewed"
_PAD = 10


class Canvas(NamedTuple):
    """Where and how to draw, in pixels; `left` is how far the lines are scrolled to the side."""

    painter: QPainter
    theme: Theme
    font: QFont
    width: int
    left: int


class State(NamedTuple):
    """What the reviewer did about a row: `agreed` to a consequence, `viewed` the change that it is part of (its `first` row tells so).

    `around` is what the lines after a fold are part of. Of a file, and of all of them, `done` of `whole` changes were viewed.
    """

    agreed: bool = False
    viewed: bool = False
    first: bool = False
    around: str = ""
    done: int = 0
    whole: int = 0


class _Half(NamedTuple):
    """One side of a row: its place, its line, its number, what of it changed, and the colour of that (empty: nothing changed)."""

    rect: QRect
    text: str
    number: int
    spans: Sequence[Span]
    role: str
    sign: str = ""


def paint_row(canvas: Canvas, rect: QRect, row: Row, path: str, state: State) -> int:
    """Draw a row of the file at `path`. Returns how many pixels would show all of it."""
    if row.kind in (Kind.EQUAL, Kind.OLD, Kind.NEW, Kind.BOTH):
        width = max(_paint_line(canvas, half, path, faint=state.viewed) for half in _halves(canvas, rect, row))
    else:
        width = _paint_said(canvas, rect, row, state)
    if state.viewed and state.first:
        _paint_viewed(canvas, rect)
    return width


def _paint_viewed(canvas: Canvas, rect: QRect) -> None:
    """That a change was viewed, at the end of its first row."""
    painter, font = canvas.painter, ui_font(12)
    width = round(QFontMetricsF(font).horizontalAdvance(_VIEWED)) + 2 * _PAD
    place = QRect(rect.right() - width, rect.y(), width, rect.height())
    painter.fillRect(place, canvas.theme.color("base"))
    painter.setFont(font)
    painter.setPen(canvas.theme.color("green"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _VIEWED)


def _halves(canvas: Canvas, rect: QRect, row: Row) -> list[_Half]:
    if row.kind is Kind.EQUAL and row.partner is None:
        return [_Half(rect, row.text, row.new, (), "")]
    if row.kind in (Kind.OLD, Kind.NEW):
        removed, added = changed_words(*_pair(row))
        old = row.kind is Kind.OLD
        return [
            _Half(
                rect,
                row.text,
                row.old or row.new,
                removed if old else added,
                "red" if old else "green",
                "\u2212" if old else "+",
            )
        ]
    middle = canvas.width // 2
    sides = QRect(0, rect.y(), middle - 1, rect.height()), QRect(middle, rect.y(), canvas.width - middle, rect.height())
    changed = row.kind is Kind.BOTH
    removed, added = changed_words(row.partner or "", row.text) if changed and row.old and row.new else ((), ())
    left = _Half(sides[0], row.partner or "", row.old, removed, "red" if changed and row.old else "")
    right = _Half(sides[1], row.text, row.new, added, "green" if changed and row.new else "")
    return [left, right]


def _pair(row: Row) -> tuple[str, str]:
    if row.partner is None:
        return "", ""
    return (row.text, row.partner) if row.kind is Kind.OLD else (row.partner, row.text)


def _paint_line(canvas: Canvas, half: _Half, path: str, *, faint: bool) -> int:
    """`faint`: the line was viewed, so its ground steps back behind that of those that were not."""
    painter, theme, rect = canvas.painter, canvas.theme, half.rect
    if not half.number:  # there is no line on this side
        painter.fillRect(rect, theme.color("panel"))
    elif half.role:
        if not faint:
            painter.fillRect(rect, theme.color(f"{half.role}_fill"))
        painter.fillRect(QRect(rect.x(), rect.y(), _BAR, rect.height()), theme.color(half.role))
    gutter = _gutter(canvas.font)
    painter.setFont(canvas.font)
    painter.setPen(theme.color(half.role or "faint"))
    numbers = QRect(rect.x(), rect.y(), gutter - 26, rect.height())
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    if half.number:
        painter.drawText(numbers, right, str(half.number))
        painter.drawText(
            QRect(numbers.right() + 6, rect.y(), 12, rect.height()), Qt.AlignmentFlag.AlignCenter, half.sign
        )
    layout = _layout(half.text[:_MOST], path.endswith(_ZIG), canvas.font, theme)
    origin = QPointF(rect.x() + gutter - canvas.left, rect.y() + (rect.height() - layout.height) / 2)
    painter.setClipRect(QRect(rect.x() + gutter - 4, rect.y(), rect.width() - gutter + 4, rect.height()))
    for start, end in half.spans:
        x1, x2 = (origin.x() + layout.x(shown_column(half.text, place)) for place in (start, end))
        painter.fillRect(
            QRect(round(x1), rect.y() + 1, round(x2 - x1), rect.height() - 2), theme.color(f"{half.role}_edge")
        )
    painter.setPen(theme.color("text"))
    layout.drawn.draw(painter, origin)
    width = layout.width
    if len(half.text) > _MOST:
        said = f" \u22ef {counted(len(half.text) - _MOST, 'more character')}"
        painter.setPen(theme.color("amber"))
        painter.drawText(QPointF(origin.x() + width, rect.y() + rect.height() * 0.7), said)
        width += QFontMetricsF(canvas.font).horizontalAdvance(said)
    painter.setClipping(False)
    return round(gutter + width + _PAD) + (canvas.width - rect.width())


@lru_cache(maxsize=600)
def _layout(text: str, zig: bool, font: QFont, theme: Theme) -> RowLayout:  # noqa: FBT001 - part of the cache's key
    shown = show(text)
    colors = spans(lexer_for(_ZIG), [shown.text])[0] if zig else ()
    return RowLayout(shown.text, 0, colors, shown.labels, font, theme)


def _gutter(font: QFont) -> int:
    return round(QFontMetricsF(font).horizontalAdvance("00000")) + 30


def _paint_said(canvas: Canvas, rect: QRect, row: Row, state: State) -> int:
    """What is said about lines rather than a line."""
    agreed = state.agreed
    painter, theme = canvas.painter, canvas.theme
    indent, role, text = _PAD, "text", row.text
    font = ui_font(13)
    if row.kind is Kind.CONSEQUENCE:
        painter.fillRect(rect, theme.color("green_fill" if agreed else "amber_fill"))
        painter.fillRect(QRect(0, rect.y(), _BAR, rect.height()), theme.color("green" if agreed else "amber"))
        first = wrapped(f"{row.partner}: {row.text}")[0]  # rows of their own say the rest
        role, text = "green" if agreed else "amber", f"{_AGREED if agreed else _ASKED}  {first}"
    elif row.kind is Kind.UNVIEWED:
        seen = state.done == state.whole
        role = "green" if agreed or seen else "amber"
        painter.fillRect(rect, theme.color(f"{role}_fill"))
        painter.fillRect(QRect(0, rect.y(), _BAR, rect.height()), theme.color(role))
        text = f"\u2713  every change was viewed ({state.whole:,})"
        if not seen:
            text = f"{_AGREED if agreed else _ASKED}  not viewed: {state.whole - state.done:,} of {counted(state.whole, 'change')}"
    elif row.kind is Kind.DETAIL:
        indent, role, font = 40, "muted", canvas.font
    elif row.kind is Kind.SAID:
        role = "muted"
    elif row.kind is Kind.SAME:
        role = "green"
    elif row.kind is Kind.MISSING:
        role = "amber"
    elif row.kind is Kind.FILE:
        painter.fillRect(rect, theme.color("card_hover"))
        font.setBold(True)
        if state.done == state.whole > 0:
            text += f"  {_VIEWED}"
        elif state.done:
            text += f"  {state.done:,} of {state.whole:,} viewed"
    elif row.kind is Kind.OFFER:
        painter.fillRect(rect.adjusted(0, 2, 0, -2), theme.color("panel"))
        text = f"\u2913  {text}"
    elif row.kind in (Kind.FOLD, Kind.BLANKS):
        painter.fillRect(rect.adjusted(0, 2, 0, -2), theme.color("panel"))
        indent, role, text = (
            _gutter(canvas.font),
            "muted",
            f"\u22ef {row.text or counted(row.hidden, 'unchanged line')}"
            + (f"   in  {state.around}" if state.around else ""),
        )
    else:
        font.setBold(True)
    text = one_line(text, _MOST)
    painter.setFont(font)
    painter.setPen(theme.color(role))
    painter.drawText(rect.adjusted(indent - canvas.left, 0, 2_000_000, 0), Qt.AlignmentFlag.AlignVCenter, text)
    return round(QFontMetricsF(font).horizontalAdvance(text)) + indent + _PAD
