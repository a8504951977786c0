"""The bar under the code: find a text, or go to a line."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton

from reviewer.ui.code.finder import MOST, Finder
from reviewer.ui.code.motion import Place
from reviewer.ui.code.scrollbar import MOST_PLACES
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import label


class FindBar(QFrame):
    """Hidden until it is wanted. Enter and Shift+Enter go through the matches, Esc closes; `chosen` with a line and column to go to."""

    chosen = Signal(int, int)

    def __init__(self, view: CodeView) -> None:
        super().__init__()
        self.setObjectName("findbar")
        self._view = view
        self._for_line = False
        self._from = (0, 0)
        self._wish: tuple[Place, int, bool] | None = None
        self.finder = Finder()
        self.finder.progressed.connect(self._progressed)
        self.field = QLineEdit()
        self.field.setObjectName("search")
        self.field.setMaxLength(1_000)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._changed)
        self.count = label("", "small")
        self.previous = _button("\u2191", self.tr("Previous match"), "Shift+F3")
        self.next = _button("\u2193", self.tr("Next match"), "F3")
        close = _button("\u2715", self.tr("Close"), "Esc")
        self.previous.clicked.connect(lambda: self.go(-1))
        self.next.clicked.connect(lambda: self.go(1))
        close.clicked.connect(self.close_)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 10, 4)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for button in (self.previous, self.next, close):
            row.addWidget(button)
        self.hide()

    def ask_text(self) -> None:
        """Ask what to find; what is selected is offered."""
        word = self._view.caret.word if self._view.caret.has_selection else ""
        self._open(for_line=False, name=self.tr("Find in this file"), text=word or self.field.text())
        self._changed(self.field.text())

    def ask_line(self) -> None:
        """Ask for a line."""
        last = self._view.page.document.line_count
        self._open(for_line=True, name=self.tr("Go to line (1 to {last})").format(last=f"{last:,}"), text="")
        self.count.setText("")

    def _open(self, *, for_line: bool, name: str, text: str) -> None:
        self._for_line = False
        self._from = self._view.caret.place
        self.field.setText(text)
        self._for_line = for_line
        self.field.setPlaceholderText(name)
        self.field.setAccessibleName(name)
        for button in (self.previous, self.next):
            button.setVisible(not for_line)
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def document_changed(self) -> None:
        """Search the file that is shown now."""
        if self.isVisible() and not self._for_line:
            self.finder.search(self._view.page.document, self.field.text())
            self._tell()
        else:
            self.close_(keep_focus=True)

    def go(self, by: int) -> None:
        """Select the next (1) or previous (-1) match, around the end."""
        if self.isHidden() and self.field.text():
            self._open(for_line=False, name=self.tr("Find in this file"), text=self.field.text())
            self.finder.search(self._view.page.document, self.field.text())
            self._view.setFocus()
        self._go_from(self._view.caret.place, by, here=False)

    def _changed(self, query: str) -> None:
        if self._for_line:
            return
        self._wish = None
        self.finder.search(self._view.page.document, query)
        self._go_from(self._from, 1, here=True)

    def _go_from(self, place: Place, by: int, *, here: bool) -> None:
        """Select the match that follows a place, as soon as it is known which one that is."""
        self._wish = (place, by, here)
        self._progressed()

    def _progressed(self) -> None:
        finder = self.finder
        if self._wish is not None:
            place, by, here = self._wish
            if finder.is_done or (by > 0 and finder.knows_beyond(place)):
                self._wish = None
                number = finder.following(place, by, here=here)
                if number is not None:
                    self._view.select(*finder.match(number))
        self._tell()

    def _tell(self) -> None:
        if self._for_line:
            return
        finder = self.finder
        found = finder.count
        total = f"{found:,}" + ("+" if found >= MOST else "" if finder.is_done else "\u2026")
        number = finder.number_at(self._view.caret.place)
        if finder.pattern is None:
            said = ""
        elif not found:
            said = self.tr("nothing found") if finder.is_done else self.tr("searching\u2026")
        else:
            said = (
                total
                if number is None
                else self.tr("{number} of {total}").format(number=f"{number + 1:,}", total=total)
            )
        self.count.setText(said)
        self._view.search_for(finder.pattern, finder.pieces(MOST_PLACES))

    def _go_to_line(self) -> None:
        line, _, column = self.field.text().strip().partition(":")
        last = self._view.page.document.line_count
        if not line.isdecimal() or not 1 <= int(line[:12]) <= last:
            said = one_line(self.field.text(), 20)
            self.count.setText(
                self.tr("there is no line \u201c{said}\u201d; 1 to {last}").format(said=said, last=f"{last:,}")
            )
            return
        self.chosen.emit(int(line), int(column[:9]) if column.isdecimal() else 1)
        self.close_()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys of the field."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.close_()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._for_line:
                self._go_to_line()
            else:
                self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            return False
        return True

    def close_(self, *, keep_focus: bool = False) -> None:
        """Hide, and give the keyboard back to the code."""
        had = self.isVisible() and not keep_focus
        self.hide()
        self._wish = None
        self._view.search_for(None)
        if had:
            self._view.setFocus()


def _button(sign: str, name: str, key: str) -> QPushButton:
    made = QPushButton(sign)
    made.setProperty("flat", "true")
    made.setAccessibleName(name)
    made.setToolTip(f"{name} ({key})")
    return made
