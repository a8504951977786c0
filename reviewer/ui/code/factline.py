"""The line above the code that says what is odd about a file: no text, cut, strange line ends, or something hidden in it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from reviewer.review.document import Document
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import ElidedLabel


class FactLine(QFrame):
    """Hidden for ordinary text. `other_way` when the file shall be shown as bytes instead of as text, or the other way round."""

    other_way = Signal()

    def __init__(self, code: CodeView) -> None:
        super().__init__()
        self.setObjectName("factline")
        self.said = ElidedLabel("small")
        self._next = self._button(self.tr("next warning"), self.tr("Go to the next mark or warning (J)"))
        self._next.clicked.connect(lambda: code.go_to_mark(1))
        self._other = self._button("", self.tr("Show as text or as bytes (X)"))
        self._other.clicked.connect(self.other_way)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 10, 3)
        row.addWidget(self.said, 1)
        row.addWidget(self._next)
        row.addWidget(self._other)

    def _button(self, text: str, tip: str) -> QPushButton:
        made = QPushButton(text)
        made.setProperty("flat", "true")
        made.setToolTip(tip)
        return made

    def show_document(self, document: Document) -> None:
        """Say it."""
        parts = [document.kind, _size(document.size), *document.notes]
        warnings = len(document.flags)
        if warnings:
            parts.insert(0, f"\u26a0 {counted(warnings, 'place')} may show something else than it is")
        self.said.setText(one_line(" \u00b7 ".join(parts), 400))
        self._next.setVisible(warnings > 0)
        self._other.setText(self.tr("show as text") if document.is_bytes else self.tr("show as bytes"))
        self.setVisible(bool(document.is_bytes or document.notes or warnings))


def _size(count: int) -> str:
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1_000
        if size < 1_000 or unit == "GB":
            break
    return counted(count, "byte") if count < 1_000 else f"{size:,.1f} {unit}"
