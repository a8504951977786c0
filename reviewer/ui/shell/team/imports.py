"""`reviewer import` in the window: what the projects that review.toml names decided, and what that changes here."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from reviewer.errors import ReviewerError
from reviewer.lock.imports import Source
from reviewer.progress import Progress
from reviewer.review.importing import Brought, bring, changes, sources_of, write
from reviewer.ui.look.text import counted
from reviewer.ui.shell.team.page import TeamPage


class Answer(NamedTuple):
    """What became of one source."""

    source: Source
    brought: Brought | None
    error: ReviewerError | None


class ImportPage(TeamPage):
    """Fetches when it opens. `written` with what to tell once copies are written: what counts is another then."""

    written = Signal(str)

    def __init__(self, window: QWidget, root: Path) -> None:
        super().__init__(window, window.tr("Import decisions of other projects"), "reviewer import")
        self._root = root
        self.work_on(self.tr("Fetching"), self._fetch, self._show)

    def _fetch(self, progress: Progress) -> list[Answer]:
        """One that fails keeps none of the others from coming."""
        answers = []
        for source in sources_of(self._root):
            try:
                answers.append(Answer(source, bring(self._root, source, progress), None))
            except ReviewerError as error:
                answers.append(Answer(source, None, error))
        return answers

    def _show(self, answers: Sequence[Answer]) -> None:
        new = [answer.brought for answer in answers if answer.brought is not None and answer.brought.is_new]
        failed = sum(answer.error is not None for answer in answers)
        told = self.tr("{} of {} changed").format(len(new), counted(len(answers), self.tr("import")))
        self.show_lines(_lines(answers), f"{told}, {failed} {self.tr('failed')}" if failed else told)
        if new:
            self.offer(
                self.tr("Write {}").format(counted(len(new), self.tr("copy"), self.tr("copies"))),
                lambda: self._write(new),
            )

    def _write(self, new: Sequence[Brought]) -> None:
        def work(_: Progress) -> list[str]:
            return [write(self._root, brought) for brought in new]

        def then(names: list[str]) -> None:
            self.written.emit(self.tr("Written, to be committed: {}.").format(", ".join(names)))
            self.accept()

        self.work_on(self.tr("Writing"), work, then)


def _lines(answers: Sequence[Answer]) -> Iterator[str]:
    for source, brought, error in answers:
        yield f"{source.name}: {source.text}, accepted for {', '.join(source.criteria)}"
        if brought is None:
            yield f"    not imported: {error}"
            continue
        lines = [f"    {line}" for line in changes(brought)]
        yield from lines or ["    nothing changed"]
        yield f"    {counted(len(brought.found.decisions), 'decision')}, {brought.digest}"
