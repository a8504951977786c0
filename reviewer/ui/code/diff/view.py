"""Shows a comparison: scrolls over its rows, moves from change to change, and has consequences confirmed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from reviewer.content.shown import visible
from reviewer.ui.code.diff.paint import Canvas, State, paint_row
from reviewer.ui.code.diff.rows import Kind, Row, first_rows
from reviewer.ui.code.keys import motion_of
from reviewer.ui.code.motion import Motion
from reviewer.ui.code.scrollbar import MarkedScrollBar
from reviewer.ui.look.theme import Look, code_font

_PAGE_OVERLAP = 2
_CURRENT = 6
"""Pixels of the stripe beside the change with the cursor."""
_QUESTIONS = (Kind.CONSEQUENCE, Kind.UNVIEWED)
_CLICKED = (*_QUESTIONS, Kind.OFFER, Kind.FOLD, Kind.BLANKS)


class DiffView(QAbstractScrollArea):
    """`confirmed` with the text of a consequence, `fetching` where the old side is wanted, `opened` with the row of a fold, `picked` with a
    row to read in its file.

    `agreed` are the consequences that were confirmed, `viewed` tells for each file which of its changes were viewed, and `around` what the
    lines after a fold are part of.
    """

    confirmed = Signal(str)
    fetching = Signal()
    opened = Signal(object)
    picked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self._restyle)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("What changed since the last decision"))
        self._bar = MarkedScrollBar(look)
        self.setVerticalScrollBar(self._bar)
        self._font = code_font()
        self.rows: Sequence[Row] = ()
        self.agreed: frozenset[str] = frozenset()
        self.viewed: Sequence[Sequence[bool]] = ()
        self.around: Callable[[Row], str] = lambda _: ""
        self.current = 0
        self._paths: Sequence[str] = ()
        self._stops: list[int] = []
        self._widest = 0

    def show_rows(self, rows: Sequence[Row], *, paths: Sequence[str] = (), keep: bool) -> None:
        """Show these rows; `paths` are those of the files. With `keep` the place stays, as far as it is there."""
        before = self.row
        self.rows, self._paths = rows, paths
        self._stops = list(first_rows(rows))
        if keep and before is not None:
            self.current = self._same_place(before)
        elif not keep:
            self.current = self._stops[0] if self._stops else 0
            self.verticalScrollBar().setValue(0)
        self.current = min(self.current, max(0, len(rows) - 1))
        self._widest = 0
        self._set_ranges()
        height = self._height
        places: dict[str, list[int]] = {"amber": [], "red": [], "green": []}
        for at, row in enumerate(rows):
            if row.kind is Kind.CONSEQUENCE:
                places["amber"].append(at * height)
            elif row.kind is Kind.OLD or (row.kind is Kind.BOTH and not row.new):
                places["red"].append(at * height)
            elif row.kind in (Kind.NEW, Kind.BOTH):
                places["green"].append(at * height)
        for role, heights in places.items():
            self._bar.show_places(role, heights)
        self._describe()
        self.viewport().update()

    def show_marks(self, agreed: frozenset[str], viewed: Sequence[Sequence[bool]]) -> None:
        """What was confirmed and viewed until now."""
        self.agreed, self.viewed = agreed, viewed
        self._describe()
        self.viewport().update()

    def _same_place(self, before: Row) -> int:
        """Where what the cursor was on is now: the same line, else the same change or file."""
        best, place = -1, 0
        for at, row in enumerate(self.rows):
            if row.file != before.file:
                continue
            near = 4 * (row.change == before.change) + 2 * ((row.new or -row.old) == (before.new or -before.old))
            near += row.kind is before.kind and row.text == before.text
            if near > best:
                best, place = near, at
        return place

    @property
    def _height(self) -> int:
        return round(QFontMetricsF(self._font).height() + 6)

    @property
    def row(self) -> Row | None:
        """The row with the cursor."""
        return self.rows[self.current] if self.rows else None

    def go_to_change(self, by: int) -> None:
        """Go to the next (1) or previous (-1) consequence or change, around the end."""
        if self._stops:
            ahead = [at for at in self._stops if (at - self.current) * by > 0]
            self.move_to((ahead or self._stops)[0 if by > 0 else -1])

    def go_to_unviewed(self, *, first: bool = False) -> bool:
        """Go to the next change that was not viewed, around the end, or to the first; false where there is none."""
        left = [at for at in self._stops if (row := self.rows[at]).file >= 0 and not self.is_viewed(row)]
        if left:
            ahead = [at for at in left if at > self.current and not first]
            self.move_to((ahead or left)[0])
        return bool(left)

    def is_viewed(self, row: Row) -> bool:
        """Whether the change that a row is part of was viewed; of a row that stands for a file, all of its changes."""
        if not 0 <= row.file < len(self.viewed):
            return False
        viewed = self.viewed[row.file]
        return viewed[row.change] if row.change >= 0 else all(viewed)

    def move_to(self, row: int) -> None:
        """Put the cursor on a row and bring it on screen, away from the edges."""
        self.current = min(max(row, 0), max(0, len(self.rows) - 1))
        top, bar, height = self.current * self._height, self.verticalScrollBar(), self._height
        if not bar.value() + height <= top <= bar.value() + self.viewport().height() - 3 * height:
            bar.setValue(top - self.viewport().height() // 3)
        self._describe()
        self.viewport().update()

    def act(self) -> None:
        """Do what the row with the cursor offers: confirm, open what is folded, or go to the file."""
        row = self.row
        if row is None:
            return
        if row.kind in _QUESTIONS:
            self.confirmed.emit(row.text)
        elif row.kind is Kind.OFFER:
            self.fetching.emit()
        elif row.kind in (Kind.FOLD, Kind.BLANKS):
            self.opened.emit(row)
        elif row.file >= 0:
            self.picked.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by rows; Enter acts on the row."""
        page = max(1, self.viewport().height() // self._height - _PAGE_OVERLAP)
        by = {Motion.UP: -1, Motion.DOWN: 1, Motion.PAGE_UP: -page, Motion.PAGE_DOWN: page}
        ends = {
            Motion.LINE_START: 0,
            Motion.FILE_START: 0,
            Motion.LINE_END: len(self.rows),
            Motion.FILE_END: len(self.rows),
        }
        motion = motion_of(event)
        across = self.horizontalScrollBar()
        if event.matches(QKeySequence.StandardKey.Copy) and self.row is not None:
            QGuiApplication.clipboard().setText(visible(self.row.text))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.act()
        elif motion in by:
            self.move_to(self.current + by[motion])
        elif motion in ends:
            self.move_to(ends[motion])
        elif motion in (Motion.LEFT, Motion.RIGHT):
            across.setValue(across.value() + (40 if motion is Motion.RIGHT else -40))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the cursor on a row; open it where it is folded; confirm where its box is."""
        if event.button() == Qt.MouseButton.LeftButton and (at := self.row_at(event.position().toPoint())) is not None:
            self.current = at
            self._describe()
            self.viewport().update()
            if self.rows[at].kind in _CLICKED:
                self.act()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the line in its file."""
        at = self.row_at(event.position().toPoint())
        if at is not None and self.rows[at].kind not in _CLICKED:
            self.act()

    def row_at(self, point: QPoint) -> int | None:
        """The row at a point of the viewport."""
        at = (point.y() + self.verticalScrollBar().value()) // self._height
        return at if 0 <= at < len(self.rows) else None

    def resizeEvent(self, _: QResizeEvent) -> None:
        """There is more or less room to scroll."""
        self._set_ranges()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Everything visible is painted anew: it is little."""
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """The keyboard came or went: the cursor's row is drawn otherwise."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        return super().event(event)

    def _restyle(self) -> None:
        self._font = code_font()
        self._set_ranges()
        self.viewport().update()

    def _set_ranges(self) -> None:
        bar, height = self.verticalScrollBar(), self._height
        bar.setRange(0, max(0, (len(self.rows) + 1) * height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(height)
        across = self.horizontalScrollBar()
        across.setRange(0, max(0, self._widest - self.viewport().width()))
        across.setPageStep(self.viewport().width())
        across.setSingleStep(24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the visible rows."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.theme.color("base"))
        height, scroll = self._height, self.verticalScrollBar().value()
        first = scroll // height
        last = min(len(self.rows), (scroll + self.viewport().height()) // height + 1)
        left = self.horizontalScrollBar().value()
        canvas = Canvas(painter, self._look.theme, self._font, self.viewport().width(), left)
        widest = self._widest
        for at in range(first, last):
            rect = QRect(0, at * height - scroll, self.viewport().width(), height)
            row = self.rows[at]
            path = self._paths[row.file] if row.file >= 0 else ""
            widest = max(widest, paint_row(canvas, rect, row, path, self._state_of(at)))
            if self._is_current(row):
                painter.fillRect(QRect(0, rect.y(), _CURRENT, height), self._look.theme.color("focus"))
            if at == self.current:
                painter.setPen(self._look.theme.color("focus" if self.hasFocus() else "line"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if widest > self._widest:
            self._widest = widest
            self._set_ranges()

    def _is_current(self, row: Row) -> bool:
        """Whether a row is part of the change with the cursor."""
        now = self.row
        return now is not None and row.change >= 0 and (row.file, row.change) == (now.file, now.change)

    def _state_of(self, at: int) -> State:
        row = self.rows[at]
        if row.kind is Kind.UNVIEWED:
            done = sum(sum(viewed) for viewed in self.viewed)
            return State(row.text in self.agreed, done=done, whole=sum(len(viewed) for viewed in self.viewed))
        if not 0 <= row.file < len(self.viewed):
            return State(row.text in self.agreed)
        viewed = self.viewed[row.file]
        if row.kind is Kind.FOLD and not row.text:
            return State(around=self.around(row))
        if row.kind is Kind.FILE:
            return State(done=sum(viewed), whole=len(viewed))
        before = self.rows[at - 1]
        first = row.change >= 0 and (before.file, before.change) != (row.file, row.change)
        return State(viewed=row.change >= 0 and viewed[row.change], first=first)

    def _describe(self) -> None:
        row = self.row
        if row is None:
            return
        words = {Kind.OLD: self.tr("removed"), Kind.NEW: self.tr("added"), Kind.FOLD: self.tr("folded")}
        number = row.new or row.old
        told = f"{words.get(row.kind, '')} {number or ''} {visible(row.text[:400])}".strip()
        if row.kind in _QUESTIONS:
            state = self.tr("confirmed") if row.text in self.agreed else self.tr("to confirm")
            told = f"{row.partner}: {told} ({state})" if row.partner else f"{told} ({state})"
        elif row.change >= 0 or row.kind is Kind.FILE:
            told = f"{told} ({self.tr('viewed') if self.is_viewed(row) else self.tr('not viewed')})"
        self.setAccessibleDescription(told)
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))
