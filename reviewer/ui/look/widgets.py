"""Small controls that the window is made of. Every label shows plain text, whatever it is given."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)


def label(text: str = "", tone: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A plain text label; `tone` picks its look in the style sheet."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if tone:
        made.setProperty("tone", tone)
    return made


def take_any_width(target: QLabel) -> None:
    """Let a wrapping label be as narrow as its place and as high as it then needs."""
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    target.setSizePolicy(policy)


def set_pill(target: "Pill", text: str, look: str) -> None:
    """Text and look (`bad`, `good`, `run`, `changed`, `plain`) of a pill; hidden where there is no text."""
    restyle(target, "pill", look)
    target.setText(text)
    target.setVisible(bool(text))
    target.updateGeometry()


def restyle(target: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, and draw accordingly."""
    if target.property(name) != value:
        target.setProperty(name, value)
        target.style().unpolish(target)
        target.style().polish(target)


def keycap(key: str) -> QLabel:
    """A key as it looks on a keyboard."""
    made = label(key)
    made.setProperty("keycap", "true")
    made.setIndent(0)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


class KeyButton(QPushButton):
    """A button that shows its key after its text, where there is room for both."""

    def __init__(self, text: str, key: str, kind: str = "", *, centered: bool = True) -> None:
        super().__init__()
        self._centered = centered
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({key})")
        if kind:
            self.setProperty("kind", kind)
        self._caption = label(text) if centered else ElidedLabel()
        self._caption.setText(text)
        self._caption.setObjectName("caption")
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 0)
        row.setSpacing(8)
        self._key = keycap(key)
        for part in (self._caption, self._key):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        if centered:
            row.addStretch()
        row.addWidget(self._caption, 0 if centered else 1)
        row.addWidget(self._key)
        if centered:
            row.addStretch()
        self.setMinimumHeight(34)

    def sizeHint(self) -> QSize:
        """Room for text and key."""
        caption, key, margins = self._caption.sizeHint(), self._key.sizeHint(), self._row.contentsMargins()
        width = caption.width() + self._row.spacing() + key.width() + margins.left() + margins.right()
        return QSize(width, max(34, caption.height(), key.height()))

    def minimumSizeHint(self) -> QSize:
        """Never smaller than the text."""
        caption, margins = self._caption.minimumSizeHint(), self._row.contentsMargins()
        return QSize(caption.width() + margins.left() + margins.right(), self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Show the key if it fits, whether the width changed or the text; the tooltip tells it anyway."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._key.setVisible(not self._centered or self.width() >= self.sizeHint().width())
        return done


class Card(QFrame):
    """A framed group with a title; add to `body`."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(13, 10, 13, 12)
        self.body.setSpacing(6)
        heading = label(title, "card", wrap=True)
        take_any_width(heading)
        self.body.addWidget(heading)


class ElidedLabel(QLabel):
    """One line of plain text that gives up its end (or its middle) when there is no room, and tells the rest as a tooltip."""

    def __init__(self, tone: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Can shrink to a few letters."""
        return QSize(40, super().minimumSizeHint().height())

    def _shown(self) -> str:
        return QFontMetrics(self.font()).elidedText(self.text(), self._mode, self.contentsRect().width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the full text where it does not fit."""
        super().resizeEvent(event)
        self.setToolTip(plain_tip(self.text()) if self._shown() != self.text() else "")

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        flags = self.alignment() | Qt.TextFlag.TextSingleLine
        painter.drawText(self.contentsRect(), flags, self._shown())


class Pill(ElidedLabel):
    """A rounded label that is never wider than its text; give it its look with `set_pill`."""

    def __init__(self) -> None:
        super().__init__()
        self.setIndent(0)
        self.setProperty("pill", "plain")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


class ElidedButton(QPushButton):
    """A button on one line that gives up the middle of its text when there is no room."""

    def minimumSizeHint(self) -> QSize:
        """Can shrink to a few letters."""
        return QSize(40, super().minimumSizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        option.text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


def plain_tip(text: str) -> str:
    """A tooltip that Qt cannot take for rich text: Qt looks for a tag or `&lt;`, so nothing follows `<` and `&` directly."""
    return text.replace("<", "<\u200b").replace("&", "&\u200b")


def no_mnemonic(text: str) -> str:
    """A text for buttons, tabs and menus, where a single `&` would mark a key."""
    return text.replace("&", "&&")


class FlowLayout(QLayout):
    """Controls in a row that wraps."""

    def __init__(self, gap: int) -> None:
        super().__init__()
        self._gap = gap
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        """Put a control at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many controls there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The control at an index."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove the control at an index."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """The height depends on how often the row wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at a width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put every control in its place."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """As wide as the widest control at least."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """As wide as the widest control at least."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, row = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, row = rect.x(), y + row + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self._gap
            row = max(row, hint.height())
        return y + row - rect.y()
