"""The page of the code pane that shows what changed of the selected package since the last decision."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.ui.code.diff.rows import Kind, Row, rows_of
from reviewer.ui.code.diff.view import DiffView
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import label, no_mnemonic
from reviewer.ui.state.session import Session
from reviewer.ui.state.upgrades import Compared


class DiffPage(QWidget):
    """`show_package` says of which package; the comparison is made in a worker, and there as soon as it is known.

    `picked` with a path and a line of the present content that should be read in its file.
    """

    picked = Signal(str, int)

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self._session = session
        self._package: str | None = None
        self._opened: set[tuple[int, int]] = set()
        self._shown: object = None
        self.view = DiffView(look)
        self.state = label("", "small")
        self.side = self._switch(self.tr("side by side"), self.tr("Old and new beside each other (Shift+D)"))
        self.blanks = self._switch(
            self.tr("ignore white space"), self.tr("Leave out lines that differ in white space only")
        )
        self.side.toggled.connect(self._arrange)
        self.blanks.toggled.connect(lambda on: self._compare_otherwise(on=on))
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 4, 10, 4)
        bar.addWidget(self.state, 1)
        bar.addWidget(self.blanks)
        bar.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.view, 1)
        self.view.confirmed.connect(self._confirm)
        self.view.opened.connect(self._open_fold)
        self.view.picked.connect(self._pick)
        session.upgrades.changed.connect(self._changed)
        session.viewed_changed.connect(self._arrange)

    def _switch(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("chip", "true")
        button.setToolTip(tip)
        return button

    def title(self, package: str) -> str:
        """What the tab says."""
        then = self._session.review.assessments[package].decision
        version = then.package.partition("#")[0].rpartition("@")[2] if then else ""
        return no_mnemonic(one_line(self.tr("Diff: since {}").format(version), 40))

    def show_package(self, package: str) -> None:
        """Show what changed of a package, from the first consequence or change on."""
        if package != self._package:
            self._package = package
            self._shown = None
            self._opened.clear()
            with QSignalBlocker(self.blanks):
                self.blanks.setChecked(not self._session.upgrades.blanks)
        self._arrange()

    def go_to_question(self) -> None:
        """Put the cursor on the first consequence that is not confirmed."""
        self.view.setFocus()
        for at, row in enumerate(self.view.rows):
            if row.kind is Kind.CONSEQUENCE and row.text not in self.view.agreed:
                self.view.move_to(at)
                return

    def file_at_cursor(self) -> str | None:
        """The path, in the present content, of the file that the cursor is in."""
        row, found = self.view.row, self._compared
        if row is None or found is None or row.file < 0:
            return None
        files = found.comparison.files or ()
        new = files[row.file].new
        return new.path if new else None

    @property
    def _compared(self) -> Compared | None:
        found = self._session.upgrades.of(self._package) if self._package else None
        return found if isinstance(found, Compared) else None

    def _changed(self, package: str) -> None:
        if package == self._package and self.isVisible():
            self._arrange()

    def _arrange(self) -> None:
        if self._package is None:
            return
        upgrades = self._session.upgrades
        found = upgrades.of(self._package)
        if not isinstance(found, Compared):
            text = self.tr("Comparing\u2026")
            failed = isinstance(found, ReviewerError)
            row = (
                Row(Kind.CONSEQUENCE, str(found), partner=self.tr("not compared"))
                if failed
                else Row(Kind.MISSING, text)
            )
            agreed = {row.text} if upgrades.is_confirmed(self._package, row.text) else ()
            self.view.show_rows([row], frozenset(agreed), keep=False)
            self._shown = None
            self.state.setText("")
            return
        questions = upgrades.all_questions(self._package)
        seen = {at for at, digest in enumerate(found.digests) if digest and self._session.review.has_viewed(digest)}
        rows = rows_of(found, questions, side=self.side.isChecked(), opened=self._opened, viewed=seen)
        confirmed = frozenset(text for text in questions if upgrades.is_confirmed(self._package, text))
        paths = [file.path for file in found.comparison.files or ()]
        self.view.show_rows(rows, confirmed, paths=paths, keep=self._shown is found)
        self._shown = found
        self._tell_state(len(questions), len(confirmed))

    def _tell_state(self, questions: int, agreed: int) -> None:
        if agreed < questions:
            text = self.tr("{} to confirm with Enter").format(counted(questions - agreed, "consequence"))
        elif questions:
            text = self.tr("all consequences confirmed")
        else:
            text = self.tr("no consequences")
        self.state.setText(text)

    def _compare_otherwise(self, *, on: bool) -> None:
        if self._package is not None:
            self._session.upgrades.leave_out_blanks(self._package, on=on)

    def _confirm(self, text: str) -> None:
        if self._package is not None:
            self._session.upgrades.confirm(self._package, text)
            if text in self.view.agreed:
                self.go_to_question()

    def _open_fold(self, row: Row) -> None:
        self._opened.add((row.file, row.key))
        self._arrange()

    def _pick(self, row: Row) -> None:
        path = self.file_at_cursor()
        if path is not None:
            self.picked.emit(path, row.new)
