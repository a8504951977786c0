"""Rows of a card: facts with a copy button, sentences, and lines that lead somewhere."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QWidget

from reviewer.ui.look.copying import copy
from reviewer.ui.look.text import one_line, visible
from reviewer.ui.look.theme import code_font
from reviewer.ui.look.widgets import ElidedButton, ElidedLabel, label, no_mnemonic, plain_tip, take_any_width

MOST = 40
"""Rows of one kind; the rest is counted, not shown."""

_VALUE_LIMIT = 600


class Rows(QWidget):
    """A column of names, one of values and one of buttons that copy."""

    def __init__(self) -> None:
        super().__init__()
        self._next = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, 80)
        self._grid.setColumnStretch(1, 1)

    def clear(self) -> None:
        """Take all rows away."""
        self._next = 0
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _take_rows(self, count: int) -> int:
        first, self._next = self._next, self._next + count
        return first

    def fact(
        self,
        name: str,
        value: str,
        *,
        alert: bool = False,
        bad: bool = False,
        code: bool = False,
        copied: str | None = None,
    ) -> None:
        """A name and a value, in the colour of run steps (`alert`) or of what is remarkable (`bad`).

        With `copied` a button, and the value's menu, put that on the clipboard.
        What cannot be wrapped, such as a hash, gives up its middle.
        """
        row = self._take_rows(1)
        tone, text = "value-bad" if bad else "value-alert" if alert else "value", one_line(value, _VALUE_LIMIT)
        shown: QLabel
        if code and " " not in text:
            shown = ElidedLabel(tone, Qt.TextElideMode.ElideMiddle)
            shown.setText(text)
        else:
            shown = label(text, tone, wrap=True)
            take_any_width(shown)
        if code:
            shown.setFont(code_font(12))
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setMinimumWidth(40)
        shown.setAccessibleName(f"{name}: {text}")
        self._grid.addWidget(label(visible(name), "label"), row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(shown, row, 1, 1, 1 if copied else 2, Qt.AlignmentFlag.AlignTop)
        if copied:
            self._grid.addWidget(self._copy_button(name, copied), row, 2, Qt.AlignmentFlag.AlignTop)
            self._offer_copy(shown, name, copied)

    def say(self, text: str, tone: str = "small", limit: int = 2_000) -> QLabel:
        """A sentence or a longer text over the whole width."""
        told = label(visible(text[:limit]), tone, wrap=True)
        take_any_width(told)
        self._grid.addWidget(told, self._take_rows(1), 0, 1, 3)
        return told

    def link(
        self, text: str, detail: str, go: Callable[[], None], *, beside: str = "", below: bool = False
    ) -> QPushButton:
        """A line that leads somewhere, with muted words about it `beside`, and a `detail` below; with both the detail is a tooltip.

        `below`: it belongs to the value above it.
        """
        row = self._take_rows(2)
        button = ElidedButton(no_mnemonic(one_line(text, 120)))
        button.setProperty("link", "true")
        button.setAccessibleName(one_line(f"{text}, {detail}" if detail else text, 200))
        button.setToolTip(plain_tip(one_line(f"{text}: {detail}" if detail else text, 400)))
        button.setMinimumWidth(40)
        button.clicked.connect(lambda _checked=False: go())
        if below:
            self._grid.addWidget(button, row, 1, 1, 2)
        else:
            self._grid.addWidget(button, row, 0, 1, 2 if beside else 3)
        if beside:
            self._grid.addWidget(label(beside, "small"), row, 2, Qt.AlignmentFlag.AlignRight)
        elif detail:
            told = label(one_line(detail, 200), "small", wrap=True)
            told.setContentsMargins(6, 0, 0, 3)
            take_any_width(told)
            self._grid.addWidget(told, row + 1, 0, 1, 3)
        return button

    def _copy_button(self, name: str, value: str) -> QPushButton:
        button = QPushButton(self.tr("copy"))
        button.setProperty("flat", "true")
        button.setAccessibleName(self.tr("Copy {}").format(name))
        button.setToolTip(plain_tip(self.tr("Copy {}").format(one_line(value, 200))))
        button.clicked.connect(partial(self._copy, value))
        return button

    def _offer_copy(self, shown: QLabel, name: str, value: str) -> None:
        def offer(place: QPoint) -> None:
            menu = QMenu(shown)
            menu.addAction(self.tr("Copy {}").format(name)).triggered.connect(partial(self._copy, value))
            menu.popup(shown.mapToGlobal(place))

        shown.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        shown.customContextMenuRequested.connect(offer)

    @staticmethod
    def _copy(value: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's clicked(bool)
        copy(value)
