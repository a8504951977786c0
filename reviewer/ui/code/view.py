"""The code view: scrolls over the page of a file, moves the cursor, and tells what is under the mouse."""

import re
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
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

from reviewer.review.document import Document
from reviewer.review.reading import Mark
from reviewer.ui.code import accessible
from reviewer.ui.code.cards import CARD_PAD
from reviewer.ui.code.caret import Caret
from reviewer.ui.code.coloring import Coloring
from reviewer.ui.code.keys import motion_of
from reviewer.ui.code.motion import Place
from reviewer.ui.code.page import Page, is_run
from reviewer.ui.code.painter import BAR, MATCH, RIGHT_EDGE, Frame, paint
from reviewer.ui.code.scrollbar import MOST_PLACES, MarkedScrollBar
from reviewer.ui.code.telling import about_line, about_place
from reviewer.ui.look.accessible import serve
from reviewer.ui.look.theme import Look, code_font
from reviewer.ui.look.widgets import plain_tip

_TOP = 7
"""Free pixels above the first row."""


class CodeView(QAbstractScrollArea):
    """Read-only code. Lines and columns count from 1 to the outside.

    `line_picked` when the reviewer moves the cursor to another line, `follow` when the definition of what is at the cursor is wanted,
    `moved` after every move of the cursor, `menu` (a point of the screen) when it is asked what can be done at the cursor.
    """

    line_picked = Signal(int)
    follow = Signal()
    moved = Signal()
    menu = Signal(QPoint)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        serve(CodeView, accessible.AccessibleCode)
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
        self._caret = Caret(self.page)
        self._widest = 0.0
        self._search: re.Pattern[str] | None = None
        self.moved.connect(self._tell_cursor)

    # What is shown

    def show_document(self, document: Document, marks: Sequence[Mark]) -> None:
        """Show a file from its first line; how it is folded and wrapped stays as it was chosen."""
        before, self.page = self.page, Page(document, marks)
        self.page.wrap, self.page.folded, self.page.blanks = before.wrap, before.folded, before.blanks
        self._caret = Caret(self.page)
        self._widest = 0.0
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._describe()

    def reveal(self, line: int, column: int = 1) -> None:
        """Put the cursor on a line and bring it on screen, away from the edges."""
        place = self.page.place(line, column)
        if place[0] != self._caret.place[0] or column > 1:
            self._caret.put(place)
            self._describe()
            self.moved.emit()
        self._bring_on_screen()

    def select(self, start: Place, end: Place) -> None:
        """Select what is between two places and bring it on screen."""
        self._caret.put(start)
        self._caret.put(end, keep=True)
        self._describe()
        self._bring_on_screen()
        self.line_picked.emit(self.current_line)
        self.moved.emit()

    @property
    def caret(self) -> Caret:
        """The cursor, and what is selected."""
        return self._caret

    @property
    def current_line(self) -> int:
        """The cursor's line."""
        return self._caret.line

    @property
    def current_column(self) -> int:
        """The cursor's column in the file's line."""
        return self._caret.column

    def shown_text(self, line: int) -> str:
        """What is drawn of a line, for tests and for who cannot see it."""
        document = self.page.document
        return "".join(
            self.page.text(piece) for piece in range(document.first_piece(line), document.last_piece(line) + 1)
        )

    def explanation_under(self, line: int) -> str | None:
        """The card's text below a line."""
        return self.page.explanations.get(line)

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
        piece, start = rows.place(rows.row_at(self.verticalScrollBar().value()))
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
        step = max(1, len(pieces) // MOST_PLACES)
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
        frame = Frame(
            page=page,
            theme=self._look.theme,
            font=self._font,
            gutter=self._gutter(),
            width=view.width(),
            height=view.height(),
            scroll=scroll,
            left=self.horizontalScrollBar().value(),
            cursor=self._caret.place,
            selected=self._caret.selected,
            has_focus=self.hasFocus(),
            highlights=self._highlights(),
        )
        widest = paint(painter, frame, _TOP)
        if widest > self._widest:
            self._widest = widest
            self._set_ranges()

    def _highlights(self) -> list[tuple[re.Pattern[str], str]]:
        found = []
        word = self._caret.word
        if 1 < len(word) == len(word.strip()) and not self._caret.is_on_keyword:
            whole = rf"\b{re.escape(word)}\b" if re.fullmatch(r"\w+", word) else re.escape(word)
            found.append((re.compile(whole), "card_hover"))
        if self._search is not None:
            found.append((self._search, MATCH))
        return found

    # Moving

    def _bring_on_screen(self) -> None:
        if self.page.unfold(self._caret.place[0]):
            self._arrange()
        rows, bar, height = self.page.rows, self.verticalScrollBar(), self.page.rows.height
        top = rows.top(rows.row_of(*self._caret.place))
        if not bar.value() + height <= top <= bar.value() + self.viewport().height() - 5 * height:
            bar.setValue(top - self.viewport().height() // 3)
        self._bring_column_on_screen()
        self.viewport().update()

    def _bring_column_on_screen(self) -> None:
        piece, start = self.page.rows.place(self.page.rows.row_of(*self._caret.place))
        x = round(self.page.layout(piece, start, self._font, self._look.theme).x(self._caret.place[1]))
        across, room = self.horizontalScrollBar(), self.viewport().width() - self._gutter()
        self._widest = max(self._widest, float(x))
        self._set_ranges()
        if not across.value() <= x <= across.value() + room - 30:
            across.setValue(max(0, x - room // 2))

    def _keep_on_screen(self) -> None:
        rows, bar = self.page.rows, self.verticalScrollBar()
        top = rows.top(rows.row_of(*self._caret.place))
        bar.setValue(min(max(bar.value(), top + 2 * rows.height - self.viewport().height()), top))
        self._bring_column_on_screen()

    def _move(self, place: Place, *, keep: bool) -> None:
        line = self.current_line
        self._caret.put(place, keep=keep)
        self._told_moved(line)

    def _told_moved(self, before: int) -> None:
        self._describe()
        self.viewport().update()
        self.moved.emit()
        if self.current_line != before:
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
            self._caret.select_all()
            self._told_moved(self.current_line)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.page.unfold(self._caret.place[0]):
            self._rearrange()
        elif (motion := motion_of(event)) is not None:
            line, page_rows = self.current_line, max(1, self.viewport().height() // self.page.rows.height - 2)
            self._caret.go(motion, page_rows, keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self._told_moved(line)
            self._keep_on_screen()
        else:
            super().keyPressEvent(event)

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
        self._caret.select_word(self.place_at(event.position().toPoint()))
        self._told_moved(self.current_line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self.place_at(event.position().toPoint()), keep=True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done where the mouse is, or at the cursor where the keyboard asked."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            if not self._caret.has_selection:
                self._move(self.place_at(event.pos()), keep=False)
            self.menu.emit(event.globalPos())
        else:
            self.menu.emit(self.place_on_screen(self._caret.place).bottomLeft())

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell under the mouse what a label stands for and what a warning is about."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            said = about_place(self.page, self.place_at(event.pos()), in_gutter=event.pos().x() < self._gutter())
            QToolTip.showText(event.globalPos(), plain_tip(said), self)
            return True
        return super().viewportEvent(event)

    # Copying and telling

    def copy(self) -> None:
        """Copy what is selected, or the cursor's line, as it is shown: nothing invisible travels along."""
        text = self._caret.text if self._caret.has_selection else self.shown_text(self.current_line)
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
        QToolTip.showText(self.place_on_screen(self._caret.place).bottomLeft(), plain_tip(text), self)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _describe(self) -> None:
        self.setAccessibleDescription(about_line(self.page, self._caret.place[0]))


_EMPTY = Document("", "text", 0, [""], np.zeros(1, np.int32))
