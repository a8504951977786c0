"""The tab `Observed run`: everything that the selected run step did, beside what it declares and what nobody could see."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from reviewer.model.graph import Step
from reviewer.model.observation import Act, Observation
from reviewer.review.observations import Known
from reviewer.review.observed import about, act_in_words, beside, seen_by
from reviewer.ui.code.acts import ActsModel
from reviewer.ui.look.copying import copy
from reviewer.ui.look.text import counted, one_line, visible
from reviewer.ui.look.theme import Look, code_font
from reviewer.ui.look.widgets import ElidedLabel, label
from reviewer.ui.state.session import Session

_WIDTHS = (70, 260, 120, 150, 130, 130)


class ObservedRun(QWidget):
    """Follows the selected run step. `go` when the code of a line is wanted."""

    go = Signal()

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self._session = session
        self._shown: Observation | None = None
        self._all = False
        self.told = ElidedLabel("muted")
        self.remarkable, self.everything = QPushButton(), QPushButton()
        for button, everything in ((self.remarkable, False), (self.everything, True)):
            button.setCheckable(True)
            button.setProperty("chip", "true")
            button.clicked.connect(lambda _checked=False, everything=everything: self.show_all(all_=everything))
        self.copy = QPushButton(self.tr("Copy all"))
        self.copy.setProperty("flat", "true")
        self.copy.clicked.connect(self.copy_all)
        self.save = QPushButton(self.tr("Save for others"))
        self.save.setToolTip(
            self.tr(
                "Put it into the project\u2019s review.observations, to be committed: others see it as what you saw"
            )
        )
        self.save.setProperty("flat", "true")
        self.save.clicked.connect(self.save_for_others)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 10, 4)
        top.addWidget(self.told, 1)
        for button in (self.remarkable, self.everything, self.copy, self.save):
            top.addWidget(button)
        self.model = ActsModel(session.review.graph, look, self)
        self.table = QTreeView()
        self.table.setObjectName("acts")
        self.table.setAccessibleName(self.tr("What the step did"))
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setSelectionMode(QTreeView.SelectionMode.ExtendedSelection)
        self.table.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(column, width)
        self.table.activated.connect(self._go_to_line)
        self.table.clicked.connect(self._go_to_line)
        shortcut = QShortcut(QKeySequence.StandardKey.Copy, self.table, context=Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.copy_selected)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Beside what it declares"))
        self.text.setFont(code_font(12))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.text)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        page = QWidget()
        column_ = QVBoxLayout(page)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addLayout(top)
        column_.addWidget(split, 1)
        self.empty = label("", "muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(40)
        self._stack = QStackedWidget()
        self._stack.addWidget(page)
        self._stack.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @property
    def title(self) -> str:
        """Of the tab; empty where no run step is selected."""
        return self.tr("Observed run") if self._session.run_step is not None else ""

    def refresh(self) -> None:
        """Another step is selected, or more is known of it."""
        step = self._session.run_step
        if step is None:
            return
        observing = self._session.observing
        if (observer := observing.running(step)) is not None:
            self._shown = None
            told = self.tr("Running in the sandbox: {} so far, the remarkable ones below")
            self._all = False
            self._show(tuple(observer.acts), observer.count, told.format(counted(observer.count, "act")))
            self.everything.hide()  # all are told once it is over
            self.save.hide()
            self.text.setPlainText(self.tr("It is not over yet. What it did is told as it happens."))
        elif (shown := (known := observing.of(step)).now or next(iter(known.told), None)) is not None:
            if shown is not self._shown:
                self._fill(step, known, shown)
        else:
            self._shown = None
            text = self.tr("Not observed yet: what \u201c{}\u201d does is not known. Press S to run it in the sandbox.")
            self.empty.setText(observing.problem(step) or text.format(one_line(step.name)))
            self._stack.setCurrentWidget(self.empty)

    def _fill(self, step: Step, known: Known, shown: Observation) -> None:
        self._shown = shown
        self.everything.show()
        self.save.setVisible(known.now is not None and self._session.review.lock_path is not None)
        told = self.tr("{} in the sandbox: {}, after {} s, {}")
        if known.now is None:
            told = self.tr("Not observed here; {3}: {0}, {1}, after {2} s")
        when = f"{shown.at[:10]} {shown.at[11:16]} UTC" if known.now else seen_by(shown)
        self._show(shown.acts, len(shown.acts), told.format(step.name, shown.ended, f"{shown.seconds:.1f}", when))
        graph = self._session.review.graph
        self.text.setPlainText("\n".join(visible(line) for line in (*beside(known, graph), *about(shown, graph))))

    def _show(self, acts: Sequence[Act], count: int, told: str) -> None:
        self._acts = acts
        self.told.setText(one_line(told, 300))
        remarkable = sum(1 for act in acts if act.capability)
        self.remarkable.setText(f"{self.tr('Remarkable')} {remarkable}")
        self.everything.setText(f"{self.tr('All')} {count}")
        self._stack.setCurrentIndex(0)
        self.show_all(all_=self._all)

    def show_all(self, *, all_: bool) -> None:
        """Show everything, or only what is remarkable."""
        self._all = all_
        self.remarkable.setChecked(not all_)
        self.everything.setChecked(all_)
        self.model.show_acts(tuple(act for act in self._acts if all_ or act.capability))

    def copy_selected(self) -> None:
        """Put the selected rows on the clipboard, a line each."""
        acts = [self.model.acts[index.row()] for index in self.table.selectionModel().selectedRows()]
        self._copy([act_in_words(act, self._session.review.graph) for act in acts])

    def copy_all(self) -> None:
        """Put everything on the clipboard: how it ended, every act, and what is said below."""
        acts = [act_in_words(act, self._session.review.graph) for act in self._acts]
        self._copy([self.told.text(), *acts, *self.text.toPlainText().split("\n")])

    def save_for_others(self) -> None:
        """Put what was seen into the project's folder, where a commit takes it along."""
        if (step := self._session.run_step) is not None:
            self._session.told.emit(self._session.observing.save(step))

    def _copy(self, lines: Sequence[str]) -> None:
        copy("\n".join(lines))
        self._session.told.emit(self.tr("Copied: {}").format(counted(len(lines), "line")))

    def _go_to_line(self, index: QModelIndex) -> None:
        place = self.model.acts[index.row()].place
        if place is not None and place.package in self._session.review.graph.package:
            self._session.selection.select_place(place.package, place.file, place.line)
            self.go.emit()
