"""A scroll area that takes no more room than its contents need."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class Fitting(QScrollArea):
    """As high as what it holds, and scrolling where there is less room, so that what follows is always on screen.

    Sizes its contents itself: Qt's own way asks wrapping labels for their height at their least width.
    """

    def __init__(self, body: QWidget, width: int) -> None:
        super().__init__()
        self._body = body
        self._size = QSize(width, 80)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(body)
        body.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The contents changed: fit them anew."""
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """What was measured before had neither its fonts nor its width."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit_anew)

    def _fit_anew(self) -> None:
        if (layout := self._body.layout()) is not None:
            layout.invalidate()
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self._body.layout()
        width = self.viewport().width()
        if layout is None or width < 1:
            return
        height = layout.totalHeightForWidth(width)
        self._body.resize(width, height)
        if height != self._size.height():
            self._size.setHeight(height)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The height of the contents at the present width."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """Little."""
        return QSize(80, 80)
