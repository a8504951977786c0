"""The field in which a filter expression is written: completes words and values, and says below what it could not understand."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QVBoxLayout, QWidget

from reviewer.review.filter import Completion, Filter, complete, parse
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import label, restyle, take_any_width

_EXAMPLE = "status:changed cap:net runs:yes owner:zlib"


class FilterField(QWidget):
    """`edited` with every change of the expression, `taken` when it is confirmed with Enter."""

    edited = Signal()
    taken = Signal()

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._known = known
        self._completion = Completion(0, 0, ())
        self.wanted = Filter()
        self.line = QLineEdit()
        self.line.setObjectName("search")
        self.line.setPlaceholderText(self.tr("Filter, for example status:changed"))
        self.line.setAccessibleName(self.tr("Filter the dependencies"))
        self.line.setToolTip(self.tr("Name, or words such as {}. A minus turns a word round.").format(_EXAMPLE))
        self.line.setClearButtonEnabled(True)
        self.mistake = label("", "mistake", wrap=True)
        take_any_width(self.mistake)
        self.mistake.hide()
        self._offers = QStringListModel(self)
        self._completer = QCompleter(self._offers, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self.line)
        self._completer.activated.connect(self._put_in)
        self._popup = QListView()
        self._popup.setAccessibleName(self.tr("Completions"))
        self._completer.setPopup(self._popup)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.mistake)
        self.line.textChanged.connect(self._understand)
        self.line.textEdited.connect(lambda _: self._offer())
        self.line.returnPressed.connect(self._confirm)
        self.setFocusProxy(self.line)

    def _understand(self, text: str) -> None:
        self.wanted = parse(text)
        told = self.wanted.mistakes[0].text if self.wanted.mistakes else ""
        self.mistake.setText(one_line(told, 200))
        self.mistake.setVisible(bool(told))
        self.line.setAccessibleDescription(self.mistake.text())
        restyle(self.line, "mistaken", "true" if told else "false")
        self.edited.emit()

    def _offer(self) -> None:
        """Show what may be written here, once a word was begun."""
        text, cursor = self.line.text(), self.line.cursorPosition()
        self._completion = found = complete(text, cursor, self._known)
        written = text[found.start : found.end]
        begun = found.start < cursor or text[:cursor].endswith((":", ","))
        if begun and found.offers not in ((), (written,)):
            self._offers.setStringList(list(found.offers))
            self._completer.complete()
        else:
            self._popup.hide()

    def _put_in(self, offer: str) -> None:
        text, (start, end, _) = self.line.text(), self._completion
        self.line.setText(text[:start] + offer + text[end:])
        self.line.setCursorPosition(start + len(offer))
        if offer.endswith(":"):
            self._offer()

    def _confirm(self) -> None:
        if not (self._popup.isVisible() and self._popup.currentIndex().isValid()):
            self._popup.hide()
            self.taken.emit()
