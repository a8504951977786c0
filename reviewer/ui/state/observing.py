"""Run steps that are observed from the window: off its thread, live, one at a time."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph, Step
from reviewer.model.observation import Act, Observation
from reviewer.progress import CancelledError
from reviewer.review.identity import reviewer_name
from reviewer.review.observations import Known, keep_observation
from reviewer.review.review import Review
from reviewer.review.shared_observations import save_observation
from reviewer.ui.look.names import step_label
from reviewer.ui.state.worker import Worker

_LIVE = 500
"""Remarkable acts that are shown while it runs; all are kept."""
_TICK = 150
"""Milliseconds."""


class Observer(Worker):
    """Observes one step. Ends with exactly one of `observed` (an Observation), `failed` (a ReviewerError) and `cancelled`.

    `acts` are the remarkable ones so far, `count` all of them; both grow while it runs and may be read from the window's thread.
    """

    observed = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, graph: Graph, step: Step, toolchain: Path | None) -> None:
        super().__init__(self.tr("Observing {}").format(step_label(step)))
        self.step = step
        self.acts: list[Act] = []
        self.count = 0
        self._graph, self._toolchain = graph, toolchain

    def run(self) -> None:
        """The thread's work."""
        graph = self._graph
        try:
            found = ecosystem_named(graph.ecosystem).observe(
                Path(graph.root),
                self.step.id,
                self.progress,
                toolchain=self._toolchain,
                options=graph.options,
                listener=self._hear,
            )
            found = keep_observation(graph, found)
        except CancelledError:
            self.cancelled.emit()
        except ReviewerError as error:
            self.failed.emit(error)
        except Exception as error:
            cure = "this is a fault in Reviewer; please report it"
            self.failed.emit(ReviewerError(f"{type(error).__name__}: {error}", where=self.step.id, cure=cure))
        else:
            self.observed.emit(found)

    def _hear(self, act: Act) -> None:
        self.count += 1
        if act.capability and len(self.acts) < _LIVE:
            self.acts.append(act)


class Observing(QObject):
    """What is known of the run steps of a review by running them, and the one that is being run. `changed` also while it runs; `observed`
    (a package id) once it is over."""

    changed = Signal()
    observed = Signal(str)

    def __init__(self, review: Review) -> None:
        super().__init__()
        self._review = review
        self._observer: Observer | None = None
        self._problems: dict[str, str] = {}
        self._told = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._look)

    def of(self, step: Step) -> Known:
        """What was observed of a run step."""
        return self._review.observations.of(step.id)

    def running(self, step: Step) -> Observer | None:
        """Who observes this step now."""
        return self._observer if self._observer is not None and self._observer.step.id == step.id else None

    def problem(self, step: Step) -> str:
        """Why the step could not be observed the last time; empty where it could, or was not tried."""
        return self._problems.get(step.id, "")

    def why_not(self, step: Step | None) -> str | None:
        """Why a step cannot be observed; None where it can, if need be after configuring."""
        if step is None:
            return self.tr("No run step is selected: select one on the map or in the list.")
        if self._review.lock_path is None:
            return self.tr("A saved graph cannot be run; open the project's folder.")
        if step.kind == "custom":
            return self.tr(
                "A custom step runs inside zig's own build process and cannot be observed on its own: read its function."
            )
        if self._observer is not None:
            return self.tr("{} is being observed: stop it first.").format(step_label(self._observer.step))
        return None

    @property
    def needs_configuring(self) -> bool:
        """Whether the exact graph is missing, which says what a step runs."""
        return self._review.graph.evidence is Evidence.READ

    def begin(self, step: Step, toolchain: Path | None) -> None:
        """Observe a step of a configured graph, for which `why_not` gives no reason."""
        assert self._observer is None
        observer = Observer(self._review.graph, step, toolchain)
        observer.observed.connect(self._observed)
        observer.failed.connect(lambda error: self._ended(str(error)))
        observer.cancelled.connect(lambda: self._ended(self.tr("Stopped before the step ran: nothing was seen.")))
        self._observer = observer
        self._problems.pop(step.id, None)
        self._told = 0
        self._timer.start()
        observer.begin()
        self.changed.emit()

    def stop(self) -> None:
        """End it; what was seen until then is kept."""
        if self._observer is not None:
            self._observer.cancel()
            self.changed.emit()

    def abandon(self) -> None:
        """End it, and hear no more of it: the review is being left."""
        observer, self._observer = self._observer, None
        self._timer.stop()
        if observer is not None:
            observer.cancel()
            for signal in (observer.observed, observer.failed, observer.cancelled):
                signal.disconnect()

    def _look(self) -> None:
        if self._observer is not None and self._observer.count != self._told:
            self._told = self._observer.count
            self.changed.emit()

    def _observed(self, observation: Observation) -> None:
        self._review.observations.take(observation)
        self._ended("")
        self.observed.emit(observation.package)

    def save(self, step: Step) -> str:
        """Save what was seen of a step where a commit takes it to others; says where, or why not."""
        known, root = self.of(step).now, Path(self._review.graph.root)
        if known is None or self._review.lock_path is None:
            return self.tr("There is nothing to save before it was observed here.")
        try:
            path = save_observation(root, known, reviewer_name(root))
        except ReviewerError as error:
            return str(error)
        return self.tr("Saved as {}: commit it for all who review this project").format(path.relative_to(root))

    def _ended(self, problem: str) -> None:
        observer, self._observer = self._observer, None
        self._timer.stop()
        if observer is not None and problem:
            self._problems[observer.step.id] = problem
        self.changed.emit()
