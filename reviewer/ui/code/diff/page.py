"""The page of the code pane that shows what changed of the selected package: since the last decision, or between any two versions."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer.errors import ReviewerError
from reviewer.review.upgrading import UNVIEWED
from reviewer.ui.code.diff.rows import Arranged, Kind, Row, hides_changes, rows_of
from reviewer.ui.code.diff.view import DiffView
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import ElidedLabel, no_mnemonic
from reviewer.ui.state.actions import first_key
from reviewer.ui.state.compared import Compared, Comparisons
from reviewer.ui.state.session import Session
from reviewer.upgrade.lines import enclosing


class DiffPage(QWidget):
    """`show_package` says of which package; the comparison is made in a worker, and there as soon as it is known.

    `picked` with a path and a line of the present content that should be read in its file.
    """

    picked = Signal(str, int)

    def __init__(self, session: Session, look: Look, source: Comparisons) -> None:
        super().__init__()
        self._session, self._source = session, source
        self._package: str | None = None
        self._opened: set[tuple[int, int]] = set()
        self._arounds: dict[tuple[int, int], str] = {}
        self._shown: object = None
        self._arranged: object = None
        self.view = DiffView(look)
        self.state = ElidedLabel("small")
        self.side = self._switch(self.tr("side by side"), self.tr("Old and new beside each other (Shift+D)"))
        self.blanks = self._switch(
            self.tr("ignore white space"), self.tr("Leave out lines that differ in white space only")
        )
        self.side.toggled.connect(self._arrange)
        self.blanks.toggled.connect(self._arrange)
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
        self.view.around = self._around
        self.view.fetching.connect(self._fetch)
        self.view.opened.connect(self._open_fold)
        self.view.picked.connect(self._pick)
        source.changed.connect(self._changed)
        source.failed.connect(session.failed)
        session.viewed_changed.connect(self._tell_marks)

    def _switch(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("chip", "true")
        button.setToolTip(tip)
        return button

    def title(self, package: str) -> str:
        """What the tab says."""
        return no_mnemonic(one_line(self._source.title(package), 40))

    def show_package(self, package: str) -> None:
        """Show what changed of a package, from the first consequence or change on."""
        if package != self._package:
            self._package = package
            self._shown = None
            self._opened.clear()
        self._arrange()

    def go_to_question(self) -> None:
        """Put the cursor on the first consequence that is not confirmed, or that not every change was viewed; else on a change."""
        self.view.setFocus()
        questions = self._source.questions(self._package) if self._package else ()
        for at, row in enumerate(self.view.rows):
            if row.kind in (Kind.CONSEQUENCE, Kind.UNVIEWED) and row.text in questions:
                self.view.move_to(at)
                return
        self.view.go_to_unviewed()

    def go_to_unviewed(self) -> None:
        """Go to the next change that was not viewed; where there is none, say what is left to do."""
        self.view.setFocus()
        if self._compared is None or self._package is None or self.view.go_to_unviewed():
            return
        if not self._source.asks:
            self._tell(self.tr("Every change was viewed."))
            return
        left = len(self._source.questions(self._package))
        more = (
            self.tr("{} to confirm with Enter.").format(counted(left, "consequence")) if left else self.tr("T trusts.")
        )
        self._tell(f"{self.tr('Every change was viewed.')} {more}")

    def mark_change(self) -> None:
        """Mark the change with the cursor viewed, on a file's row all of them, and go to the next that was not viewed."""
        row = self.view.row
        if row is not None and row.file >= 0 and self._is_hidden(row):
            self._tell(self.tr("What is folded was not seen yet: Enter shows it, V marks the whole file."))
            return
        markable = row is not None and (row.change >= 0 or row.kind is Kind.FILE) and not self.view.is_viewed(row)
        if row is None or not markable or self._toggle(row):
            self.go_to_unviewed()

    def unmark_change(self) -> None:
        """Take the mark of the change with the cursor back, on a file's row those of all its changes."""
        row = self.view.row
        if row is not None and (row.change >= 0 or row.kind is Kind.FILE) and self.view.is_viewed(row):
            self._toggle(row)

    def mark_file(self) -> None:
        """Mark every change of the file with the cursor viewed, or take the marks back; above the files, go to the first."""
        row = self.view.row
        if row is None or self._compared is None:
            return
        if row.file < 0:
            self.go_to_unviewed()
            return
        unmarked = all(self.view.viewed[row.file])
        if self._toggle(row._replace(change=-1)) and not unmarked:
            self.go_to_unviewed()

    def _toggle(self, row: Row) -> bool:
        assert self._compared is not None
        marks = self._compared.upgrade.marks[row.file]
        return self._session.toggle_change(marks, row.change if row.change >= 0 else None)

    def _is_hidden(self, row: Row) -> bool:
        """Whether changes that a row stands for, or lines of the change that it is part of, are not shown yet and not viewed."""
        parts = (other for other in self.view.rows if (other.file, other.change) == (row.file, row.change))
        hidden = any(hides_changes(part) for part in parts) if row.change >= 0 else hides_changes(row)
        return hidden and not self.view.is_viewed(row)

    def _tell(self, text: str) -> None:
        self._session.told.emit(text)

    def _path(self, row: Row) -> str | None:
        """The path, in the present content, of the file that a row is part of."""
        found = self._compared
        files = found.comparison.files or () if found is not None and row.file >= 0 else ()
        new = files[row.file].new if files else None
        return new.path if new else None

    @property
    def _compared(self) -> Compared | None:
        found = self._source.of(self._package) if self._package else None
        return found if isinstance(found, Compared) else None

    def _changed(self, package: str) -> None:
        if package == self._package and self.isVisible():
            self._arrange()

    def _arrange(self) -> None:
        if self._package is None:
            return
        source = self._source
        found = source.of(self._package)
        if not isinstance(found, Compared):
            text = self.tr("Comparing\u2026")
            failed = isinstance(found, ReviewerError)
            row = Row(Kind.MISSING, str(found) if failed else text)
            if failed and source.asks:
                row = Row(Kind.CONSEQUENCE, str(found), partner=self.tr("not compared"))
            agreed = {row.text} if source.is_confirmed(self._package, row.text) else ()
            self.view.show_rows([row], keep=False)
            self.view.show_marks(frozenset(agreed), ())
            self._shown = None
            self.state.setText("")
            return
        asks = self._source.asks
        arranged = Arranged(self.side.isChecked(), self.blanks.isChecked(), asks, frozenset(self._opened))
        again = self._shown is found
        if not again or arranged != self._arranged:
            paths = [file.path for file in found.comparison.files or ()]
            self.view.show_rows(rows_of(found, arranged), paths=paths, keep=again)
            self._shown, self._arranged = found, arranged
            self._arounds.clear()
        self._tell_marks()
        if not again:
            self._go_to_start()

    def _go_to_start(self) -> None:
        """The first consequence, confirmed or not; where there is none, the first change that was not viewed."""
        first = next((at for at, row in enumerate(self.view.rows) if row.kind is Kind.CONSEQUENCE), None)
        if first is not None:
            self.view.move_to(first)
        else:
            self.view.go_to_unviewed(first=True)

    def _tell_marks(self) -> None:
        """What was confirmed and viewed until now."""
        found, package = self._compared, self._package
        if found is None or package is None or self._shown is not found:
            return
        source, review = self._source, self._session.review
        standing = source.standing(found)
        asked = [consequence.question for consequence in found.comparison.questions]
        agreed = frozenset(text for text in (*asked, UNVIEWED) if source.is_confirmed(package, text))
        self.view.show_marks(agreed, [review.viewed_changes(marks) for marks in found.upgrade.marks])
        left = sum(text not in agreed for text in asked)
        if not source.asks:
            text = self.tr("{}; nothing is decided here").format(counted(len(asked), "consequence"))
        elif left:
            text = self.tr("{} to confirm (Enter)").format(counted(left, "consequence"))
        else:
            text = self.tr("all consequences confirmed") if asked else self.tr("no consequences")
        key = f" ({first_key('mark_change')})" if standing.viewed < standing.changes else ""
        viewed = f"{standing.progress}{key} \u00b7 " if standing.changes else ""
        self.state.setText(viewed + text)

    def _confirm(self, text: str) -> None:
        if self._package is not None:
            self._source.confirm(self._package, text)
            if text in self.view.agreed:
                self.go_to_question()

    def _fetch(self) -> None:
        if self._package is not None:
            self._tell(self.tr("Fetching what was decided about; below you see how far it is, and can cancel it."))
            self._source.fetch(self._package)

    def _around(self, row: Row) -> str:
        """The function or block that the lines after a fold are part of."""
        found, place = self._compared, (row.file, row.new + row.hidden)
        if place not in self._arounds:
            self._arounds[place] = enclosing(found.lines[row.file][1], place[1] - 1) if found is not None else ""
        return self._arounds[place]

    def _open_fold(self, row: Row) -> None:
        self._opened.add((row.file, row.key))
        self._arrange()

    def _pick(self, row: Row) -> None:
        path = self._path(row)
        if path is not None and self._package and not self._source.reads_now(self._package):
            self._tell(self.tr("The project does not have this version, so its files cannot be opened here."))
        elif path is not None:
            self.picked.emit(path, row.new)
