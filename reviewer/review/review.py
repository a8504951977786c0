"""A review in progress: what the window and the command line both stand on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.lock.decision import Criteria, Grants, Lock, Verdict
from reviewer.lock.status import Assessment, Status
from reviewer.model.graph import Graph


class MarkKind(StrEnum):
    """Why a line is marked: it creates a `run` step, or it links one into something else (`link`)."""

    RUN = "run"
    HIDDEN_RUN = "hidden_run"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mark:
    """A line worth the reviewer's eyes; `explanation` (plain text, may be empty) belongs under it; `step` is a step id."""

    line: int
    kind: MarkKind
    explanation: str
    step: str | None


@dataclass(frozen=True, slots=True)
class ReadingFile:
    """A file of a package that the reviewer should read; `path` is relative to the package, `role` says why it is here."""

    path: str
    role: str
    lines: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the panel. `alert` rows are shown in the colour of run steps."""

    label: str
    value: str
    alert: bool = False


class Review:
    """Graph + lock + queue + undo. Every change is on disk before the call returns; listeners are called after it.

    Not thread-safe: belongs to the thread that made it.
    """

    graph: Graph
    lock: Lock
    lock_path: Path
    assessments: Mapping[str, Assessment]

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of lock, assessments, queue or undo."""
        raise NotImplementedError

    @property
    def queue(self) -> tuple[str, ...]:
        """Package ids that need a decision, worst first."""
        raise NotImplementedError

    @property
    def exit_code(self) -> int:
        """What `reviewer check` would exit with: 0, 1, 2 or 3."""
        raise NotImplementedError

    @property
    def verdict_text(self) -> str:
        """For the header: `build passes` or `build blocked: 3 need review`."""
        raise NotImplementedError

    def decide(
        self,
        packages: Sequence[str],
        verdict: Verdict,
        *,
        criteria: tuple[Criteria, ...] = (Criteria.RUN,),
        note: str = "",
        grants: Mapping[str, Grants] | None = None,
    ) -> None:
        """Record a decision (grants by step fingerprint). Raises ReviewerError, then nothing changed."""
        raise NotImplementedError

    def forget(self, packages: Sequence[str]) -> None:
        """Remove the entries of these packages."""
        raise NotImplementedError

    @property
    def undo_text(self) -> str | None:
        """What undo would take back, for example `Trust toml-parser`; None if there is nothing."""
        raise NotImplementedError

    @property
    def redo_text(self) -> str | None:
        """What redo would do again; None if there is nothing."""
        raise NotImplementedError

    def undo(self) -> None:
        """Take back the newest decision of this session."""
        raise NotImplementedError

    def redo(self) -> None:
        """Do again what was undone last."""
        raise NotImplementedError

    def next_in_queue(self, package: str | None) -> str | None:
        """The package to look at after this one; None when nothing needs review."""
        raise NotImplementedError

    def previous_in_queue(self, package: str | None) -> str | None:
        """The package to look at before this one."""
        raise NotImplementedError

    def status(self, package: str) -> Status:
        """The package's status."""
        raise NotImplementedError

    def reading(self, package: str) -> tuple[ReadingFile, ...]:
        """What to read of a package, in order: its build code, then the programs that its run steps execute."""
        raise NotImplementedError

    def text(self, package: str, path: str) -> str:
        """A file's text as the window may show it (bounded, invalid UTF-8 replaced). Raises ReviewerError."""
        raise NotImplementedError

    def marks(self, package: str, path: str) -> tuple[Mark, ...]:
        """The marked lines of a file."""
        raise NotImplementedError

    def facts(self, package: str) -> tuple[Fact, ...]:
        """`What it runs`: configure, make, command, declares."""
        raise NotImplementedError

    def lines_left(self) -> int:
        """Lines of build code in packages that still need review."""
        raise NotImplementedError

    def reviewed_count(self) -> tuple[int, int]:
        """(packages that need nothing more, all packages that need a decision at all)."""
        raise NotImplementedError
