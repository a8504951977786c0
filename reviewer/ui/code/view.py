"""The code view: paints the lines that are visible, their marks, and explanation cards between them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from reviewer.review.reading import Mark, MarkKind
from reviewer.ui.code.cards import CARD_EDGE, CARD_PAD, card_height, card_layout
from reviewer.ui.code.highlight import Highlighter, Span
from reviewer.ui.code.lines import Lines
from reviewer.ui.look.text import one_line, reorders, visible
from reviewer.ui.look.theme import Look, code_font

_LINE = 21
_BAR = 3
_LEFT_TO_RIGHT = "\u202d"
"""Put before a line with right-to-left letters, so that it is drawn in the order in which it is stored."""

_SAID = {
    MarkKind.RUN: " (creates a run step)",
    MarkKind.HIDDEN_RUN: " (creates a hidden run step)",
    MarkKind.LINK: " (ties a run step into the build)",
    MarkKind.FINDING: " (a finding)",
}


class CodeView(QAbstractScrollArea):
    """Read-only code. Lines count from 1 to the outside. `line_picked` when the reviewer moves the cursor to another line."""

    line_picked = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self._theme_changed)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Code")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._font = code_font()
        self._metrics = QFontMetricsF(self._font)
        self._highlighter = Highlighter("", [""])
        self._marks: Mapping[int, Mark] = {}
        self._explanations: Mapping[int, str] = {}
        self._cards: dict[int, QTextLayout] = {}
        self._lines = Lines(1, _LINE, {})
        self._cursor = (0, 0)
        self._anchor = (0, 0)
        self._widest = 0.0

    def show_file(self, path: str, lines: Sequence[str], marks: Sequence[Mark]) -> None:
        """Show a file; `path` decides its colours."""
        self._highlighter = Highlighter(path, lines)
        self._marks = {mark.line - 1: mark for mark in sorted(marks, key=_is_run)}
        self._explanations = _explanations(marks)
        self._lines = Lines(len(lines), _LINE, {})
        self._cursor = self._anchor = (0, 0)
        self._widest = 0.0
        self._lay_out_cards()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._describe()

    def reveal(self, line: int) -> None:
        """Put the cursor on a line (from 1) and bring it on screen, away from the edges."""
        row = min(max(line - 1, 0), self._lines.count - 1)
        if row != self._cursor[0]:
            self._cursor = self._anchor = (row, 0)
            self._describe()
        top, bar = self._lines.top(row), self.verticalScrollBar()
        if not bar.value() + _LINE <= top <= bar.value() + self.viewport().height() - 5 * _LINE:
            bar.setValue(top - self.viewport().height() // 3)
        self.viewport().update()

    @property
    def current_line(self) -> int:
        """The cursor's line, from 1."""
        return self._cursor[0] + 1

    def shown_text(self, line: int) -> str:
        """What is drawn of a line (from 1), for tests and for who cannot see it."""
        return self._highlighter.line(line - 1)[0]

    def explanation_under(self, line: int) -> str | None:
        """The card's text below a line (from 1)."""
        return self._explanations.get(line - 1)

    def _theme_changed(self) -> None:
        self._lay_out_cards()
        self.viewport().update()

    def _gutter(self) -> int:
        digits = max(3, len(str(self._lines.count)))
        return round(self._metrics.horizontalAdvance("0") * digits) + 33

    def _lay_out_cards(self) -> None:
        width = self.viewport().width() - self._gutter() - 15 - 2 * CARD_PAD
        self._cards = {row: card_layout(text, max(160, width)) for row, text in self._explanations.items()}
        heights = {row: card_height(layout) for row, layout in self._cards.items()}
        self._lines = Lines(self._lines.count, _LINE, heights)
        self._set_ranges()

    def _set_ranges(self) -> None:
        bar, view = self.verticalScrollBar(), self.viewport()
        bar.setRange(0, max(0, self._lines.total + 2 * _LINE - view.height()))
        bar.setPageStep(view.height())
        bar.setSingleStep(_LINE)
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, round(self._widest + self._gutter() + 30) - view.width()))
        across.setPageStep(view.width())
        across.setSingleStep(24)

    def resizeEvent(self, _: QResizeEvent) -> None:
        """Cards wrap anew."""
        self._lay_out_cards()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Everything visible is painted anew: it is little."""
        self.viewport().update()

    def _layout(self, row: int) -> tuple[QTextLayout, int]:
        """A line ready to draw, and how many characters were put before its own."""
        text, spans = self._highlighter.line(row)
        shift = 1 if reorders(text) else 0
        layout = QTextLayout((_LEFT_TO_RIGHT if shift else "") + text, self._font)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.setFormats([_format(span, shift, self._look) for span in spans])
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return layout, shift

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible lines."""
        theme, view = self._look.theme, self.viewport()
        painter = QPainter(view)
        painter.fillRect(event.rect(), theme.color("base"))
        scroll, left = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        gutter, width = self._gutter(), view.width()
        widest = self._widest
        row = self._lines.line_at(scroll)
        selected = sorted((self._anchor, self._cursor))
        while row < self._lines.count and self._lines.top(row) - scroll < view.height():
            y = self._lines.top(row) - scroll + 7
            self._paint_ground(painter, row, QRect(0, y, width, _LINE))
            layout, shift = self._layout(row)
            widest = max(widest, layout.lineAt(0).naturalTextWidth())
            painter.setClipRect(QRect(gutter, y, width - gutter, _LINE))
            baseline = y + (_LINE - layout.lineAt(0).height()) / 2
            self._paint_selection(painter, row, layout, shift, selected, QPointF(gutter - left, y))
            painter.setPen(theme.color("text"))
            layout.draw(painter, QPointF(gutter - left, baseline))
            painter.setClipping(False)
            self._paint_number(painter, row, QRect(0, y, gutter - 13, _LINE))
            if row in self._cards:
                self._paint_card(painter, row, y + _LINE)
            row += 1
        if widest > self._widest:
            self._widest = widest
            self._set_ranges()

    def _paint_ground(self, painter: QPainter, row: int, rect: QRect) -> None:
        theme, mark = self._look.theme, self._marks.get(row)
        if mark is not None:
            run = _is_run(mark)
            painter.fillRect(rect, theme.color("purple_fill" if run else "amber_row"))
            painter.fillRect(QRect(0, rect.y(), _BAR, rect.height()), theme.color("purple" if run else "amber"))
        if row == self._cursor[0] and self.hasFocus():
            painter.setPen(theme.color("line"))
            painter.drawLine(rect.topLeft(), rect.topRight())
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_number(self, painter: QPainter, row: int, rect: QRect) -> None:
        theme, mark = self._look.theme, self._marks.get(row)
        run = mark is not None and _is_run(mark)
        font = QFont(self._font)
        font.setBold(run)
        painter.setFont(font)
        painter.setPen(theme.color("purple" if run else "amber" if mark else "faint"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(row + 1))

    def _paint_selection(
        self,
        painter: QPainter,
        row: int,
        layout: QTextLayout,
        shift: int,
        selected: Sequence[tuple[int, int]],
        origin: QPointF,
    ) -> None:
        (first, start), (last, end) = selected
        if selected[0] == selected[1] or not first <= row <= last:
            return
        line, length = layout.lineAt(0), len(layout.text()) - shift
        x1 = _x(line, (start if row == first else 0) + shift)
        x2 = _x(line, min(end, length) + shift) if row == last else line.naturalTextWidth() + 6
        rect = QRect(round(origin.x() + x1), round(origin.y()), round(x2 - x1), _LINE)
        painter.fillRect(rect, self._look.theme.color("selection"))

    def _paint_card(self, painter: QPainter, row: int, y: int) -> None:
        theme, layout = self._look.theme, self._cards[row]
        run = row in self._marks and _is_run(self._marks[row])
        gutter = self._gutter()
        rect = QRect(gutter, y, self.viewport().width() - gutter - 15, card_height(layout) - CARD_EDGE)
        painter.fillRect(rect, theme.color("purple_fill" if run else "amber_row"))
        painter.fillRect(QRect(rect.x(), rect.y(), _BAR, rect.height()), theme.color("purple" if run else "amber"))
        painter.setPen(theme.color("purple_text" if run else "text"))
        layout.draw(painter, QPointF(rect.x() + CARD_PAD, rect.y() + 3))

    def _at(self, point: QPoint) -> tuple[int, int]:
        row = self._lines.line_at(point.y() + self.verticalScrollBar().value() - 7)
        layout, shift = self._layout(row)
        x = point.x() - self._gutter() + self.horizontalScrollBar().value()
        return row, max(0, layout.lineAt(0).xToCursor(x) - shift)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor where the mouse is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._move(
                self._at(event.position().toPoint()), keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._cursor = self._at(event.position().toPoint())
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select and copy as editors do."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if event.matches(QKeySequence.StandardKey.SelectAll):
            last = self._lines.count - 1
            self._anchor, self._cursor = (0, 0), (last, len(self._highlighter.line(last)[0]))
            self.viewport().update()
            return
        (row, column), page = self._cursor, max(1, self.viewport().height() // _LINE - 2)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        places = {
            Qt.Key.Key_Up: (row - 1, column),
            Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_PageUp: (row - page, column),
            Qt.Key.Key_PageDown: (row + page, column),
            Qt.Key.Key_Left: (row, column - 1),
            Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Home: (0 if control else row, 0),
            Qt.Key.Key_End: (self._lines.count - 1 if control else row, 1 << 30),
        }
        place = places.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
            return
        row = min(max(place[0], 0), self._lines.count - 1)
        column = min(max(place[1], 0), len(self._highlighter.line(row)[0]))
        self._move((row, column), keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        self._keep_on_screen()

    def _keep_on_screen(self) -> None:
        top, bar = self._lines.top(self._cursor[0]), self.verticalScrollBar()
        bar.setValue(min(max(bar.value(), top + 2 * _LINE - self.viewport().height()), top))

    def _move(self, place: tuple[int, int], *, keep: bool) -> None:
        changed = place[0] != self._cursor[0]
        self._cursor = place
        if not keep:
            self._anchor = place
        self._describe()
        self.viewport().update()
        if changed:
            self.line_picked.emit(place[0] + 1)

    def copy(self) -> None:
        """Copy what is selected, or the cursor's line, as it is shown: nothing invisible travels along."""
        (first, start), (last, end) = sorted((self._anchor, self._cursor))
        if (first, start) == (last, end):
            start, end = 0, 1 << 30
        lines = [self._highlighter.line(row)[0] for row in range(first, last + 1)]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor's line."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor's line."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _describe(self) -> None:
        row = self._cursor[0]
        mark = self._marks.get(row)
        note = _SAID[mark.kind] if mark is not None else ""
        said = f"Line {row + 1}{note}: {self._highlighter.line(row)[0].strip()}"
        card = self._explanations.get(row)
        self.setAccessibleDescription(one_line(f"{said}. {card}" if card else said, 400))


def _is_run(mark: Mark) -> bool:
    return mark.kind in (MarkKind.RUN, MarkKind.HIDDEN_RUN)


def _explanations(marks: Sequence[Mark]) -> dict[int, str]:
    """One card for each line, with everything that is to be said there."""
    found: dict[int, list[str]] = {}
    for mark in marks:
        if mark.explanation and mark.explanation not in found.setdefault(mark.line - 1, []):
            found[mark.line - 1].append(mark.explanation)
    return {
        row: "\n".join(visible(line) for text in texts for line in text.split("\n")) for row, texts in found.items()
    }


def _format(span: Span, shift: int, look: Look) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = span.start + shift, span.length
    form = QTextCharFormat()
    form.setForeground(look.theme.color(span.role))
    if span.role == "red":
        form.setBackground(look.theme.color("red_fill"))
        form.setFontWeight(QFont.Weight.Bold)
    made.format = form
    return made


def _x(line: object, column: int) -> float:
    """Where a column begins in a laid out line."""
    place = line.cursorToX(column)  # type: ignore[attr-defined]
    return float(place[0] if isinstance(place, tuple) else place)
