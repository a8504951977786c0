"""The code view: scrolls over the page of a file, moves the cursor, and tells what is under the mouse."""

import re
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from reviewer.content.shown import column_at
from reviewer.content.tricks import full_name
from reviewer.review.document import Document
from reviewer.review.reading import Mark, MarkKind
from reviewer.ui.code import accessible
from reviewer.ui.code.cards import CARD_PAD
from reviewer.ui.code.coloring import Coloring
from reviewer.ui.code.motion import Motion, Mover, Place, word_at
from reviewer.ui.code.page import Page, is_run
from reviewer.ui.code.painter import BAR, RIGHT_EDGE, Frame, paint
from reviewer.ui.code.scrollbar import MarkedScrollBar
from reviewer.ui.look.text import one_line
from reviewer.ui.look.theme import Look, code_font
from reviewer.ui.look.widgets import plain_tip

_TOP = 7
"""Free pixels above the first row."""

_SAID = {
    MarkKind.RUN: " (creates a run step)",
    MarkKind.HIDDEN_RUN: " (creates a hidden run step)",
    MarkKind.LINK: " (ties a run step into the build)",
    MarkKind.FINDING: " (a finding)",
}
_MOTIONS = {
    "PreviousLine": Motion.UP,
    "NextLine": Motion.DOWN,
    "PreviousPage": Motion.PAGE_UP,
    "NextPage": Motion.PAGE_DOWN,
    "PreviousChar": Motion.LEFT,
    "NextChar": Motion.RIGHT,
    "PreviousWord": Motion.WORD_LEFT,
    "NextWord": Motion.WORD_RIGHT,
    "StartOfLine": Motion.LINE_START,
    "EndOfLine": Motion.LINE_END,
    "StartOfDocument": Motion.FILE_START,
    "EndOfDocument": Motion.FILE_END,
}
_KEYS = tuple(
    (QKeySequence.StandardKey[f"{verb}{target}"], motion)
    for target, motion in _MOTIONS.items()
    for verb in ("MoveTo", "Select")
)
_BY_ROWS = {Motion.UP, Motion.DOWN, Motion.PAGE_UP, Motion.PAGE_DOWN}


class CodeView(QAbstractScrollArea):
    """Read-only code. Lines and columns count from 1 to the outside.

    `line_picked` when the reviewer moves the cursor to another line, `follow` when the definition of what is at the cursor is wanted,
    `moved` after every move of the cursor.
    """

    line_picked = Signal(int)
    follow = Signal()
    moved = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        accessible.install()
        super().__init__(parent)
        self.accessible: accessible.AccessibleCode | None = None
        self._look = look
        look.changed.connect(self._restyle)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Code"))
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self._bar = MarkedScrollBar(look)
        self.setVerticalScrollBar(self._bar)
        self._font = code_font()
        self._coloring = Coloring()
        self._coloring.arrived.connect(self._recolor)
        self.page = Page(_EMPTY, ())
        self._cursor: Place = (0, 0)
        self._anchor: Place = (0, 0)
        self._wanted: int | None = None
        self._widest = 0.0
        self._search: re.Pattern[str] | None = None
        self.moved.connect(self._tell_cursor)

    # What is shown

    def show_document(self, document: Document, marks: Sequence[Mark]) -> None:
        """Show a file from its first line; how it is folded and wrapped stays as it was chosen."""
        before, self.page = self.page, Page(document, marks)
        self.page.wrap, self.page.folded, self.page.blanks = before.wrap, before.folded, before.blanks
        self._cursor = self._anchor = (0, 0)
        self._widest = 0.0
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._describe()

    def reveal(self, line: int, column: int = 1) -> None:
        """Put the cursor on a line and bring it on screen, away from the edges."""
        place = self.page.place(line, column)
        if (line, column) != (self.current_line, 1) or self._cursor[0] != place[0]:
            self._cursor = self._anchor = place
            self._describe()
            self.moved.emit()
        self._bring_on_screen()

    def select(self, start: Place, end: Place) -> None:
        """Select what is between two places and bring it on screen."""
        self._anchor, self._cursor = start, end
        self._describe()
        self._bring_on_screen()
        self.line_picked.emit(self.current_line)
        self.moved.emit()

    @property
    def caret(self) -> Place:
        """The cursor's piece and its column in what is shown, from 0."""
        return self._cursor

    @property
    def current_line(self) -> int:
        """The cursor's line."""
        return self.page.document.line_of(self._cursor[0])

    @property
    def current_column(self) -> int:
        """The cursor's column in the file's line."""
        piece, shown = self._cursor
        document = self.page.document
        return document.column(piece, column_at(document.pieces[piece], shown))

    def shown_text(self, line: int) -> str:
        """What is drawn of a line, for tests and for who cannot see it."""
        document = self.page.document
        return "".join(
            self.page.text(piece) for piece in range(document.first_piece(line), document.last_piece(line) + 1)
        )

    def explanation_under(self, line: int) -> str | None:
        """The card's text below a line."""
        return self.page.explanations.get(line)

    def word(self) -> str:
        """The selected text of one row, else the word at the cursor; may be empty."""
        text = self.page.text(self._cursor[0])
        if self._anchor[0] == self._cursor[0] and self._anchor != self._cursor:
            start, end = sorted((self._anchor[1], self._cursor[1]))
            return text[start:end]
        found = word_at(text, self._cursor[1])
        return text[slice(*found)] if found else ""

    def search_for(self, pattern: re.Pattern[str] | None, pieces: Sequence[int] = ()) -> None:
        """Set off everything that matches, and show in the scroll bar the pieces that do."""
        self._search = pattern
        self._bar.show_places("focus", self._heights(pieces))
        self.viewport().update()

    # How it is shown

    @property
    def wraps(self) -> bool:
        """Whether long lines go on in the next row."""
        return self.page.wrap

    def set_wrap(self, *, on: bool) -> None:
        """Wrap long lines, or scroll to their end."""
        self.page.wrap = on
        self._rearrange()

    def set_folded(self, *, on: bool) -> None:
        """Fold what is not marked, or nothing."""
        self.page.fold_unmarked(folded=on)
        self._rearrange()

    def set_blanks(self, *, on: bool) -> None:
        """Make tabs and blanks at line ends visible, or not."""
        self.page.blanks = on
        self._rearrange()

    def _restyle(self) -> None:
        self._font = code_font()
        self._rearrange()

    def _rearrange(self) -> None:
        """Everything anew, with the row at the top staying there."""
        rows = self.page.rows
        piece, start = rows.place(rows.row_at(max(0, self.verticalScrollBar().value() - _TOP)))
        self._arrange()
        rows = self.page.rows
        self.verticalScrollBar().setValue(rows.top(rows.row_of(piece, start)))
        self._widest = 0.0
        self.viewport().update()

    def _row_height(self) -> int:
        return round(QFontMetricsF(self._font).height() + 6)

    def _gutter(self) -> int:
        digits = max(3, len(str(self.page.document.line_count)))
        return round(QFontMetricsF(self._font).horizontalAdvance("0") * digits) + 33

    def _arrange(self) -> None:
        room = self.viewport().width() - self._gutter()
        characters = int((room - RIGHT_EDGE) / QFontMetricsF(self._font).horizontalAdvance("0"))
        self.page.arrange(self._row_height(), characters, max(160, room - RIGHT_EDGE - 2 * CARD_PAD))
        self._set_ranges()
        document = self.page.document
        for role, lines in (
            ("purple", [line for line, mark in self.page.marks.items() if is_run(mark)]),
            ("amber", [line for line, mark in self.page.marks.items() if not is_run(mark)]),
            ("red", list(self.page.flags)),
        ):
            self._bar.show_places(role, self._heights([document.first_piece(line) for line in sorted(lines)]))

    def _heights(self, pieces: Sequence[int]) -> list[int]:
        step = max(1, len(pieces) // 2_000)
        return [self.page.rows.top(self.page.rows.row_of(piece)) for piece in pieces[::step]]

    def _set_ranges(self) -> None:
        bar, view, height = self.verticalScrollBar(), self.viewport(), self.page.rows.height
        bar.setRange(0, max(0, self.page.rows.total + 2 * height - view.height()))
        bar.setPageStep(view.height())
        bar.setSingleStep(height)
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, round(self._widest) + self._gutter() + RIGHT_EDGE - view.width()))
        across.setPageStep(view.width())
        across.setSingleStep(24)

    def resizeEvent(self, _: QResizeEvent) -> None:
        """Rows and cards wrap anew."""
        self._rearrange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Everything visible is painted anew: it is little."""
        self.viewport().update()

    def _recolor(self) -> None:
        self.page.forget_layouts()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible rows."""
        page, view, scroll = self.page, self.viewport(), self.verticalScrollBar().value()
        painter = QPainter(view)
        painter.fillRect(event.rect(), self._look.theme.color("base"))
        first = page.rows.place(page.rows.row_at(scroll))[0]
        last = page.rows.place(page.rows.row_at(scroll + view.height()))[0]
        self._coloring.ensure(page.highlighter, first, last)
        start, end = sorted((self._anchor, self._cursor))
        frame = Frame(
            page=page,
            theme=self._look.theme,
            font=self._font,
            gutter=self._gutter(),
            width=view.width(),
            height=view.height(),
            scroll=scroll,
            left=self.horizontalScrollBar().value(),
            cursor=self._cursor,
            selected=(start, end),
            has_focus=self.hasFocus(),
            highlights=self._highlights(),
        )
        widest = paint(painter, frame, _TOP)
        if widest > self._widest:
            self._widest = widest
            self._set_ranges()

    def _highlights(self) -> list[tuple[re.Pattern[str], str]]:
        found = []
        word = self.word()
        if len(word) > 1 and word.strip() == word and not self._on_keyword():
            whole = rf"\b{re.escape(word)}\b" if re.fullmatch(r"\w+", word) else re.escape(word)
            found.append((re.compile(whole), "card_hover"))
        if self._search is not None:
            found.append((self._search, "amber_edge"))
        return found

    def _on_keyword(self) -> bool:
        piece, column = self._cursor
        spans = self.page.highlighter.spans(piece) or ()
        return any(span.role == "code_keyword" and span.start <= column <= span.start + span.length for span in spans)

    # Moving

    def _bring_on_screen(self) -> None:
        if self.page.unfold(self._cursor[0]):
            self._arrange()
        rows, bar, height = self.page.rows, self.verticalScrollBar(), self.page.rows.height
        top = rows.top(rows.row_of(*self._cursor))
        if not bar.value() + height <= top <= bar.value() + self.viewport().height() - 5 * height:
            bar.setValue(top - self.viewport().height() // 3)
        self._bring_column_on_screen()
        self.viewport().update()

    def _bring_column_on_screen(self) -> None:
        piece, start = self.page.rows.place(self.page.rows.row_of(*self._cursor))
        x = round(self.page.layout(piece, start, self._font, self._look.theme).x(self._cursor[1]))
        across, room = self.horizontalScrollBar(), self.viewport().width() - self._gutter()
        self._widest = max(self._widest, float(x))
        self._set_ranges()
        if not across.value() <= x <= across.value() + room - 30:
            across.setValue(max(0, x - room // 2))

    def _keep_on_screen(self) -> None:
        rows, bar = self.page.rows, self.verticalScrollBar()
        top = rows.top(rows.row_of(*self._cursor))
        bar.setValue(min(max(bar.value(), top + 2 * rows.height - self.viewport().height()), top))
        self._bring_column_on_screen()

    def _move(self, place: Place, *, keep: bool) -> None:
        line = self.current_line
        self._cursor = place
        if not keep:
            self._anchor = place
        self._describe()
        self.viewport().update()
        self.moved.emit()
        if self.current_line != line:
            self.line_picked.emit(self.current_line)

    def go_to_mark(self, by: int) -> None:
        """Go to the next (1) or previous (-1) line that is marked or warned of, around the end."""
        lines = self.page.worth_a_look()
        if lines:
            here = self.current_line
            ahead = [line for line in lines if (line - here) * by > 0]
            line = (ahead or lines)[0 if by > 0 else -1]
            self.reveal(line)
            self.line_picked.emit(line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, select and copy as editors do; Enter opens what is folded."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            last = len(self.page.document.pieces) - 1
            self._anchor, self._cursor = (0, 0), (last, len(self.page.text(last)))
            self.viewport().update()
            self.moved.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.page.unfold(self._cursor[0]):
            self._rearrange()
        else:
            motion = next((motion for key, motion in _KEYS if event.matches(key)), None)
            if motion is None:
                super().keyPressEvent(event)
                return
            mover = Mover(self.page.rows, self.page.text, max(1, self.viewport().height() // self.page.rows.height - 2))
            if motion not in _BY_ROWS:
                self._wanted = None
            elif self._wanted is None:
                self._wanted = self._cursor[1] - self.page.rows.place(self.page.rows.row_of(*self._cursor))[1]
            place = mover.moved(self._cursor, motion, wanted=self._wanted)
            self._move(place, keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self._keep_on_screen()

    # The mouse

    def place_at(self, point: QPoint) -> Place:
        """The place in the code at a point of the viewport."""
        rows = self.page.rows
        row = rows.row_at(max(0, point.y() + self.verticalScrollBar().value() - _TOP))
        piece, start = rows.place(row)
        x = point.x() - self._gutter() + self.horizontalScrollBar().value()
        return piece, self.page.layout(piece, start, self._font, self._look.theme).column(x)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor where the mouse is; open what is folded; follow a warning, or with Ctrl a definition."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        place = self.place_at(point)
        flags = self.page.flags.get(self.page.document.line_of(place[0]))
        self._wanted = None
        if self.page.unfold(place[0]):
            self._rearrange()
        elif flags and point.x() < BAR + 18:
            self._move(self.page.place(*flags[0].target), keep=False)
            self._bring_on_screen()
        else:
            self._move(place, keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.follow.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word."""
        piece, column = self.place_at(event.position().toPoint())
        found = word_at(self.page.text(piece), column)
        if found is not None:
            self._anchor = (piece, found[0])
            self._move((piece, found[1]), keep=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self.place_at(event.position().toPoint()), keep=True)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell under the mouse what a label stands for and what a warning is about."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            piece, column = self.place_at(event.pos())
            flags = self.page.flags.get(self.page.document.line_of(piece), [])
            labels = self.page.highlighter.shown(piece).labels
            said = [
                full_name(label.character) for label in labels if label.start <= column <= label.start + label.length
            ]
            if event.pos().x() < self._gutter() or not said:
                said += [flag.text for flag in flags]
            QToolTip.showText(event.globalPos(), plain_tip(one_line("; ".join(said), 400)), self)
            return True
        return super().viewportEvent(event)

    # Copying and telling

    def selected_text(self) -> str:
        """What is selected, as it is shown; empty where nothing is."""
        (first, start), (last, end) = sorted((self._anchor, self._cursor))
        document = self.page.document
        parts = []
        for piece in range(first, last + 1):
            text = self.page.text(piece)
            text = text[start if piece == first else 0 : end if piece == last else None]
            parts.append(text if piece == first or not document.starts_line(piece) else f"\n{text}")
        return "".join(parts)

    def selected_lines(self) -> tuple[int, int]:
        """The first and last line that something is selected of; the cursor's where nothing is."""
        (first, _), (last, end) = sorted((self._anchor, self._cursor))
        line_of = self.page.document.line_of
        return line_of(first), line_of(last - 1 if last > first and end == 0 else last)

    def copy(self) -> None:
        """Copy what is selected, or the cursor's line, as it is shown: nothing invisible travels along."""
        text = self.selected_text() if self._anchor != self._cursor else self.shown_text(self.current_line)
        QGuiApplication.clipboard().setText(text)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the cursor."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the cursor."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _tell_cursor(self) -> None:
        accessible.tell_cursor(self)

    def place_on_screen(self, place: Place) -> QRect:
        """Where the character at a place is, in pixels of the screen."""
        rows = self.page.rows
        row = rows.row_of(*place)
        layout = self.page.layout(*rows.place(row), self._font, self._look.theme)
        left, right = layout.x(place[1]), layout.x(place[1] + 1)
        x = self._gutter() + round(left) - self.horizontalScrollBar().value()
        y = rows.top(row) + _TOP - self.verticalScrollBar().value()
        return QRect(self.viewport().mapToGlobal(QPoint(x, y)), QSize(max(1, round(right - left)), rows.height))

    def say(self, text: str) -> None:
        """Tell something about what is at the cursor, beside it and to a screen reader."""
        QToolTip.showText(self.place_on_screen(self._cursor).bottomLeft(), plain_tip(text), self)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _describe(self) -> None:
        line = self.current_line
        mark = self.page.marks.get(line)
        said = f"Line {line}{_SAID[mark.kind] if mark is not None else ''}: {self.page.text(self._cursor[0]).strip()}"
        more = [flag.text for flag in self.page.flags.get(line, [])]
        if card := self.page.explanations.get(line):
            more.append(card)
        self.setAccessibleDescription(one_line(". ".join([said, *more]), 400))


_EMPTY = Document("", "text", 0, [""], np.zeros(1, np.int32))
