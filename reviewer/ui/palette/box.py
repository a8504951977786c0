"""The go-to palette: type a few letters, press Enter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from reviewer.ui.look.theme import Look, ui_font
from reviewer.ui.look.widgets import label
from reviewer.ui.palette.targets import Target, rank
from reviewer.ui.state.actions import ACTS, Actions, key_text

_RECENT = 20
"""Targets that are offered first when the palette opens again."""

_KEYS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class _ResultPainter(QStyledItemDelegate):
    """Paints the name of a target at the left and what it is at the right, muted."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def sizeHint(self, _: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line."""
        return QSize(100, 27)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one target."""
        theme, middle = self._look.theme, Qt.AlignmentFlag.AlignVCenter
        name, _, detail = str(index.data()).partition("\t")
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = option.rect.adjusted(2, 0, -2, 0)
        painter.setFont(ui_font())
        if chosen:
            painter.fillRect(rect, theme.color("selection"))
        metrics = QFontMetrics(painter.font())
        inner = rect.adjusted(10, 0, -10, 0)
        painter.setPen(theme.color("selection_text" if chosen else "muted"))
        detail = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, inner.width() // 2)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, detail)
        painter.setPen(theme.color("text"))
        room = inner.width() - metrics.horizontalAdvance(detail) - 16
        painter.drawText(inner, middle, metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))


class Palette(QFrame):
    """An overlay on its window. `chosen` with the target; hides itself on Esc and when it loses the focus."""

    chosen = Signal(object)

    def __init__(self, window: QWidget, look: Look) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self.setAccessibleName(self.tr("Go to"))
        self._window = window
        self._targets: Sequence[Target] = ()
        self._shown: Sequence[Target] = ()
        self._recent: list[Target] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Package, step, file, finding or action"))
        self.field.setAccessibleName(self.tr("Go to package, step, file or action"))
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._filter)
        self._model = QStringListModel()
        self.results = QListView()
        self.results.setObjectName("results")
        self.results.setAccessibleName(self.tr("Results"))
        self.results.setModel(self._model)
        self.results.setUniformItemSizes(True)
        self._painter = _ResultPainter(look)
        self.results.setItemDelegate(self._painter)
        self.results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.results.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.results.clicked.connect(lambda index: self._choose(index.row()))
        self._nothing = label(self.tr("Nothing fits."), "muted")
        self._nothing.setMargin(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self._nothing)
        column.addWidget(self.results)
        self.hide()

    def open_with(self, targets: Sequence[Target]) -> None:
        """Show the palette over these targets."""
        self._targets = targets
        self.field.clear()
        self._filter("")
        window = self._window
        size = QSize(min(620, window.width() - 40), min(420, window.height() - 90))
        self.setGeometry((window.width() - size.width()) // 2, 48, size.width(), size.height())
        self.show()
        self.raise_()
        self.field.setFocus()

    def _filter(self, query: str) -> None:
        self._shown = rank(query, self._targets, self._recent)
        self._model.setStringList([f"{target.text}\t{target.kind}  {target.detail}" for target in self._shown])
        self.results.setVisible(bool(self._shown))
        self._nothing.setVisible(not self._shown)
        if self._shown:
            self.results.setCurrentIndex(self._model.index(0))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Arrows move through the results while the field has the focus."""
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(self.window().focusWidget() or self):
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _KEYS and self._shown:
            row = min(max(self.results.currentIndex().row() + _KEYS[key], 0), len(self._shown) - 1)
            self.results.setCurrentIndex(self._model.index(row))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.results.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.close_()
        else:
            return False
        return True

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._shown):
            target = self._shown[row]
            self._recent = [target, *(other for other in self._recent if other != target)][:_RECENT]
            self.close_()
            self.chosen.emit(target)

    def close_(self) -> None:
        """Hide, and give the focus back to the window."""
        self.hide()
        self._window.setFocus()


def act_targets(actions: Actions) -> list[Target]:
    """The acts that can be done now."""
    return [
        Target("action", actions[act.id].text().replace("&&", "&"), key_text(act), act=act.id)
        for act in ACTS
        if actions[act.id].isEnabled() and act.id != "goto"
    ]
