"""How a row of the dependency list is painted."""

import re
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from reviewer.lock.status import Status
from reviewer.ui.look.theme import Look, scaled, ui_font
from reviewer.ui.packages.rows import Badge, Row, Tone

ROW = 28
_HEADING = 40
_INDENT = 20
_BADGE_LOOK = {
    Tone.RUN: ("purple", "purple_fill"),
    Tone.CHANGED: ("amber", "amber_fill"),
    Tone.BAD: ("red", "red_fill"),
    Tone.ALARM: ("red", "red_fill"),
    Tone.PLAIN: ("muted", "chip"),
}
Index = QModelIndex | QPersistentModelIndex

_NAME = 70
"""Pixels that a name gets at least, even from the words of a badge."""
_SHORT = re.compile("[\u25b6\u2717]|[0-9,]+")


class RowPainter(QStyledItemDelegate):
    """Paints a row: sign of the status, name, badges, version."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._take_fonts()
        look.changed.connect(self._take_fonts)

    def _take_fonts(self) -> None:
        """Of the size of text that was chosen."""
        self._name, self._version, self._badge = ui_font(13), ui_font(12), ui_font(11)
        self._heading = ui_font(11)
        self._heading.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:
        """Headings are higher than packages."""
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        return QSize(120, scaled(_HEADING if row.package is None else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row: Row = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.package is None:
            self._paint_heading(painter, row, rect)
        else:
            self._paint_package(painter, row, rect, selected=bool(state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _paint_heading(self, painter: QPainter, row: Row, rect: QRect) -> None:
        theme = self._look.theme
        if rect.y() > 0:
            painter.fillRect(QRect(rect.x(), rect.y() + 6, rect.width(), 1), theme.color("line"))
        painter.setFont(self._heading)
        painter.setPen(theme.color("muted"))
        painter.drawText(rect.adjusted(12, 12, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.name.upper())

    def _paint_package(self, painter: QPainter, row: Row, rect: QRect, *, selected: bool) -> None:
        theme, middle = self._look.theme, Qt.AlignmentFlag.AlignVCenter
        if selected:
            painter.fillRect(rect, theme.color("selection"))
        paint_sign(
            painter, self._look, row.status, QPointF(rect.x() + 16.5, rect.center().y() + 1), fetched=row.fetched
        )
        painter.setFont(self._version)
        painter.setPen(theme.color("selection_text" if selected else "muted"))
        width = QFontMetrics(self._version).horizontalAdvance(row.version)
        right = rect.right() - 12
        painter.drawText(QRect(right - width, rect.y(), width + 1, rect.height()), middle, row.version)
        right -= width + 9
        left = rect.x() + 29 + row.depth * _INDENT // (1 if row.depth < 5 else 2)
        for badge in reversed(self._badges_with_room(row, right - left)):
            right = self._paint_badge(painter, badge, rect, right)
        if row.depth:
            painter.setPen(QPen(theme.color("edge"), 1))
            x, y = left - 11, rect.center().y()
            painter.drawPolyline([QPointF(x + 0.5, y - 6), QPointF(x + 0.5, y + 0.5), QPointF(x + 6, y + 0.5)])
        painter.setFont(self._name)
        painter.setPen(theme.color("text" if row.fetched else "muted"))
        room = right - left
        text = QFontMetrics(self._name).elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(left, rect.y(), room, rect.height()), middle, text)

    def _badges_with_room(self, row: Row, room: int) -> list[Badge]:
        """The badges that leave room for the name; what the row's sign or heading tells already goes first."""
        badges = list(row.badges)
        whole, name = room, QFontMetrics(self._name).horizontalAdvance(row.name) + 4
        room -= name
        for tone in (Tone.PLAIN, Tone.BAD, Tone.CHANGED):
            if sum(self._badge_width(badge) + 7 for badge in badges) > room:
                badges = [badge for badge in badges if badge.tone is not tone]
        if sum(self._badge_width(badge) + 7 for badge in badges) > whole - min(name, scaled(_NAME)):
            badges = [replace(badge, text=" ".join(_SHORT.findall(badge.text))) for badge in badges]
        return badges

    def _badge_width(self, badge: Badge) -> int:
        return QFontMetrics(self._badge).horizontalAdvance(badge.text) + 11

    def _paint_badge(self, painter: QPainter, badge: Badge, rect: QRect, right: int) -> int:
        """Paint a badge that ends at `right`; where the next one may end."""
        ink, ground = _BADGE_LOOK[badge.tone]
        width = self._badge_width(badge)
        box = QRectF(right - width, rect.center().y() - scaled(7.5), width, scaled(17))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.theme.color(ground))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._look.theme.color(ink))
        painter.setFont(self._badge)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge.text)
        return right - width - 7


def paint_sign(painter: QPainter, look: Look, status: Status, center: QPointF, *, fetched: bool = True) -> None:
    """The sign of a status: colour and shape, so that colour is never the only sign."""
    theme = look.theme
    painter.setPen(Qt.PenStyle.NoPen)
    if not fetched:
        painter.setPen(QPen(theme.color("faint"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 4, 4)
        return
    match status:
        case Status.UNREVIEWED:
            painter.setBrush(theme.color("red"))
            painter.drawEllipse(center, 4.5, 4.5)
        case Status.CHANGED:
            painter.setBrush(theme.color("amber"))
            corners = [QPointF(0, -5.5), QPointF(5.5, 0), QPointF(0, 5.5), QPointF(-5.5, 0)]
            painter.drawPolygon(QPolygonF([center + corner for corner in corners]))
        case Status.REJECTED:
            painter.setPen(QPen(theme.color("red"), 2))
            painter.drawLine(center + QPointF(-3.5, -3.5), center + QPointF(3.5, 3.5))
            painter.drawLine(center + QPointF(-3.5, 3.5), center + QPointF(3.5, -3.5))
        case Status.DEFERRED:
            painter.setPen(QPen(theme.color("amber"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(center, 4, 4)
            painter.drawLine(center, center + QPointF(0, -2.6))
            painter.drawLine(center, center + QPointF(2, 0))
        case Status.POLICY:
            painter.setPen(QPen(theme.color("green"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(center, 4.5, 4.5)
        case Status.TRUSTED:
            painter.setBrush(theme.color("green"))
            painter.drawEllipse(center, 5, 5)
            painter.setPen(QPen(theme.color("panel"), 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(
                [center + QPointF(-2.2, 0.2), center + QPointF(-0.6, 1.9), center + QPointF(2.4, -1.7)]
            )
        case Status.OWN:
            painter.setBrush(theme.color("selection_edge"))
            painter.drawRoundedRect(QRectF(center.x() - 4, center.y() - 4, 8, 8), 2, 2)
