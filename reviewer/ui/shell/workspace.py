"""The page of an open review: list, map, code, panel and status bar around one session."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from reviewer.errors import ToolchainMissingError
from reviewer.lock.decision import Verdict
from reviewer.model.graph import Severity
from reviewer.ui.code.pane import CodePane
from reviewer.ui.look.text import counted
from reviewer.ui.look.theme import Look
from reviewer.ui.map.pane import MapPane
from reviewer.ui.map.picture import View
from reviewer.ui.packages.pane import DependencyList
from reviewer.ui.packages.rows import Chip
from reviewer.ui.panel.pane import PANEL_WIDTH, ReviewPanel
from reviewer.ui.shell.exporting import Exporting
from reviewer.ui.shell.fetch import FetchBar
from reviewer.ui.shell.footer import Footer
from reviewer.ui.shell.install import InstallBar
from reviewer.ui.shell.notice import Notice
from reviewer.ui.shell.remembered import Place
from reviewer.ui.shell.team.acts import Team
from reviewer.ui.state.actions import Actions
from reviewer.ui.state.session import Session

_LIST_WIDTH = 329
_MAP_HEIGHT = 300


class Parts(NamedTuple):
    """The panes around one session."""

    list: DependencyList
    map: MapPane
    code: CodePane
    panel: ReviewPanel


class Workspace(QWidget):
    """Everything that is seen of one review."""

    def __init__(
        self, session: Session, look: Look, actions: Actions, parts: Parts | None = None, toolchain: Path | None = None
    ) -> None:
        """`parts` where they were made before, one after another: of a large project each takes a while. `toolchain` builds the project."""
        super().__init__()
        self.setObjectName("workspace")
        self.session = session
        self.notice = Notice()
        self.install = InstallBar()
        self.fetch = FetchBar(session.review.graph, toolchain)
        self.exporting = Exporting(session, self)
        self.team = Team(session, self)
        self.list, self.map, self.code, self.panel = parts or Parts(
            DependencyList(session, look),
            MapPane(session, look, actions),
            CodePane(session, look),
            ReviewPanel(session),
        )
        self.footer = Footer(session, actions)
        self._middle = _splitter(Qt.Orientation.Vertical, self.map, self.code)
        self._whole = _splitter(Qt.Orientation.Horizontal, self.list, self._middle, self.panel)
        self.list.setMinimumWidth(175)
        self._middle.setMinimumWidth(300)
        self._scrolling = QScrollArea()  # where everything is shown at three times its size, not all of it fits
        self._scrolling.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolling.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolling.setWidgetResizable(True)
        self._scrolling.setWidget(self._whole)
        self.map.setMinimumHeight(120)
        self.code.setMinimumHeight(120)
        self._whole.setStretchFactor(1, 1)
        self._middle.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.install)
        column.addWidget(self.fetch)
        column.addWidget(self.notice)
        column.addWidget(self._scrolling, 1)
        column.addWidget(self.footer)
        session.failed.connect(self.notice.tell)
        session.told.connect(self.notice.tell)
        session.decided.connect(self.notice.dismiss)
        offered = session.review.lock_path is not None and self.fetch.offer_packages(lazy=False)
        self._tell_problems(fetching=offered)
        self._tell_refusal()
        self._tell_warnings()
        self.code.fetch_wanted.connect(actions["fetch"].trigger)
        self._divided_by_hand = False
        for splitter in (self._whole, self._middle):
            splitter.splitterMoved.connect(self._keep_division)
        self.panel.observed.asked.connect(actions["observe"].trigger)
        self.panel.observed.whole.connect(self.code.show_observed)
        actions.bind(self._slots())

    def _slots(self) -> dict[str, Callable[[], None]]:
        session, panel, map_ = self.session, self.panel, self.map
        return {
            "trust": lambda: panel.decide(Verdict.TRUSTED),
            "reject": lambda: panel.decide(Verdict.REJECTED),
            "trust_upgrades": session.trust_upgrades,
            "later": lambda: panel.decide(Verdict.DEFERRED),
            "note": panel.write_note,
            "allow": panel.observed.choose_grants,
            "undo": session.undo,
            "redo": session.redo,
            "next": session.go_next,
            "previous": session.go_previous,
            "back": session.selection.back,
            "forward": session.selection.forward,
            "filter": self.list.focus_filter,
            "map": lambda: self._on_map(map_.take_keyboard),
            "room": lambda: map_.setVisible(map_.isHidden()),
            "copy_id": panel.copy_id,
            "copy_digest": panel.copy_digest,
            **self.code.acts(),
            "fit": map_.map.fit,
            "why": lambda: self._on_map(lambda: map_.show_view(View.WHY)),
            "packages": lambda: self._on_map(lambda: map_.show_view(View.PACKAGES)),
            "modules": lambda: self._on_map(lambda: map_.show_view(View.MODULES)),
            "steps": lambda: self._on_map(lambda: map_.show_view(View.STEPS)),
            "everything": map_.show_everything,
            "outline": map_.toggle_outline,
            "find_map": map_.open_find,
            "save_map": map_.save,
            "export": self.exporting.ask,
            "fetch": self.ask_to_fetch,
            **self.team.acts(),
        }

    def _on_map(self, act: Callable[[], None]) -> None:
        """Do it where it is seen."""
        self.map.show()
        act()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the room as in the design, narrower at the sides where there is little, until the user divides it."""
        super().resizeEvent(event)
        if not self._divided_by_hand:
            narrow = max(0.0, min(1.0, (1300 - self.width()) / 300))
            left, right = round(_LIST_WIDTH - 89 * narrow), round(PANEL_WIDTH - 42 * narrow)
            self._whole.setSizes([left, max(100, self.width() - left - right - 2), right])
            above = min(_MAP_HEIGHT, round(self.height() * 0.36))
            self._middle.setSizes([above, self.height() - above])

    def abandon(self) -> None:
        """The review is being left: stop what works for it alone."""
        self.install.abandon()
        self.fetch.abandon()
        self.session.observing.abandon()
        self.session.upgrades.abandon()
        self.session.comparing.abandon()

    # Where the reviewer is

    def place(self) -> Place:
        """How the review is left, to come back to it."""
        now = self.session.selection.now
        return Place(
            columns=tuple(self._whole.sizes()) if self._divided_by_hand else (),
            rows=tuple(self._middle.sizes()) if self._divided_by_hand else (),
            package=now.package or "",
            step=now.step or "",
            file=now.file or "",
            line=now.line,
            list_scroll=self.list.view.verticalScrollBar().value(),
            code_scroll=self.code.code.verticalScrollBar().value(),
            view=self.map.view.value,
            chip=self.list.chip.value,
            search=self.list.search.text(),
            notes=self.panel.notes,
        )

    def restore(self, place: Place) -> None:
        """Come back to a place, as far as the project still has it."""
        with suppress(ValueError):
            self.list.show_chip(Chip(place.chip))
        with suppress(ValueError):
            self.map.show_view(View(place.view))
        self.list.search.setText(place.search)
        graph, selection = self.session.review.graph, self.session.selection
        if place.package in graph.package:
            if place.step in graph.step and graph.step[place.step].package == place.package:
                selection.select_step(place.step)
            selection.select_place(place.package, place.file, place.line)
        self.panel.restore_notes(place.notes)
        self._divided_by_hand = bool(place.columns and place.rows)
        QTimer.singleShot(0, self, lambda: self._arrange(place))  # once the window has its size

    def _arrange(self, place: Place) -> None:
        if self._divided_by_hand:
            self._whole.setSizes(place.columns)
            self._middle.setSizes(place.rows)
        self.list.view.verticalScrollBar().setValue(place.list_scroll)
        if (place.package, place.file) == (self.session.selection.now.package, self.session.selection.now.file):
            self.code.scroll_to(place.code_scroll)

    def ask_to_fetch(self) -> None:
        """Offer what is missing: what the build needs, or else what it only may ask for."""
        if self.session.review.lock_path is None:
            self.notice.tell(self.tr("This is a saved graph: open the project\u2019s folder to fetch its packages."))
        elif self.fetch.offer_packages(lazy=False) or self.fetch.offer_packages(lazy=True):
            self.fetch.go.setFocus()
        else:
            self.notice.tell(self.tr("Every package is here."))

    def _keep_division(self) -> None:
        self._divided_by_hand = True

    def _tell_refusal(self) -> None:
        """Why the graph was read only, where it was to be configured."""
        refusal, graph = self.session.review.refusal, self.session.review.graph
        if isinstance(refusal, ToolchainMissingError):
            self.install.offer_toolchain(graph.ecosystem, refusal)
        elif refusal is not None:
            self.notice.tell(f"What you see was read from the source. {refusal}")

    def _tell_warnings(self) -> None:
        """What could go unnoticed, where nothing more urgent is told."""
        warnings = self.session.review.warnings
        if warnings and self.notice.isHidden():
            self.notice.tell(warnings[0][:1].upper() + warnings[0][1:])

    def _tell_problems(self, *, fetching: bool) -> None:
        problems = self.session.review.graph.problems
        if fetching:  # what that would cure is told there
            problems = tuple(problem for problem in problems if "`reviewer fetch`" not in problem.text)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        if errors:
            more = f" (and {counted(len(problems) - 1, 'more problem')})" if len(problems) > 1 else ""
            self.notice.tell(f"Part of the graph is missing. {errors[0].where}: {errors[0].text}{more}")


def _splitter(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    made = QSplitter(orientation)
    made.setHandleWidth(1)
    made.setChildrenCollapsible(False)
    for part in parts:
        made.addWidget(part)
    return made
