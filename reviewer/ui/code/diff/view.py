"""Shows a comparison: scrolls over its rows, moves from change to change, and has consequences confirmed."""

from collections.abc import Sequence

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
from reviewer.ui.code.diff.paint import Canvas, paint_row
from reviewer.ui.code.diff.rows import Kind, Row, stops
from reviewer.ui.code.keys import motion_of
from reviewer.ui.code.motion import Motion
from reviewer.ui.code.scrollbar import MarkedScrollBar
from reviewer.ui.look.theme import Look, code_font

_PAGE_OVERLAP = 2


class DiffView(QAbstractScrollArea):
    """`confirmed` with the text of a consequence, `opened` with the row of a fold, `picked` with a row to read in its file."""

    confirmed = Signal(str)
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
        self.current = 0
        self._paths: Sequence[str] = ()
        self._stops: list[int] = []
        self._widest = 0

    def show_rows(self, rows: Sequence[Row], agreed: frozenset[str], *, paths: Sequence[str] = (), keep: bool) -> None:
        """Show these rows; `paths` are those of the files, `agreed` the consequences that were confirmed.

        With `keep` the place stays, as far as it is there.
        """
        self.rows, self.agreed, self._paths = rows, agreed, paths
        self._stops = []
        if not keep:
            self.current = next(stops(rows), 0)
            self.verticalScrollBar().setValue(0)
        self.current = min(self.current, max(0, len(rows) - 1))
        self._widest = 0
        self._set_ranges()
        for role, kinds in (("amber", (Kind.CONSEQUENCE,)), ("red", (Kind.OLD,)), ("green", (Kind.NEW, Kind.BOTH))):
            self._bar.show_places(role, [at * self._height for at, row in enumerate(rows) if row.kind in kinds])
        self._describe()
        self.viewport().update()

    @property
    def _height(self) -> int:
        return round(QFontMetricsF(self._font).height() + 6)

    @property
    def row(self) -> Row | None:
        """The row with the cursor."""
        return self.rows[self.current] if self.rows else None

    def go_to_change(self, by: int) -> None:
        """Go to the next (1) or previous (-1) consequence or change, around the end."""
        self._stops = self._stops or list(stops(self.rows))
        if self._stops:
            ahead = [at for at in self._stops if (at - self.current) * by > 0]
            self.move_to((ahead or self._stops)[0 if by > 0 else -1])

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
        if row.kind is Kind.CONSEQUENCE:
            self.confirmed.emit(row.text)
        elif row.kind is Kind.FOLD:
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
            if self.rows[at].kind in (Kind.FOLD, Kind.CONSEQUENCE):
                self.act()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the line in its file."""
        at = self.row_at(event.position().toPoint())
        if at is not None and self.rows[at].kind not in (Kind.FOLD, Kind.CONSEQUENCE):
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
            widest = max(widest, paint_row(canvas, rect, row, path, agreed=row.text in self.agreed))
            if at == self.current:
                painter.setPen(self._look.theme.color("focus" if self.hasFocus() else "line"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if widest > self._widest:
            self._widest = widest
            self._set_ranges()

    def _describe(self) -> None:
        row = self.row
        if row is None:
            return
        words = {Kind.OLD: self.tr("removed"), Kind.NEW: self.tr("added"), Kind.FOLD: self.tr("folded")}
        number = row.new or row.old
        told = f"{words.get(row.kind, '')} {number or ''} {visible(row.text[:400])}".strip()
        if row.kind is Kind.CONSEQUENCE:
            state = self.tr("confirmed") if row.text in self.agreed else self.tr("to confirm")
            told = f"{row.partner}: {told} ({state})"
        self.setAccessibleDescription(told)
        if self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))
