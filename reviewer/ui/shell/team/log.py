"""`reviewer log PACKAGE` in the window: who decided what about a package in all its versions, and when, from git's history."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from reviewer.lock.history import History, lock_history
from reviewer.model.graph import Package
from reviewer.review.log import lines, where
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.shell.team.page import TeamPage


class LogPage(TeamPage):
    """Reads the history when it opens."""

    def __init__(self, window: QWidget, root: Path, package: Package) -> None:
        name = one_line(package.name, 60)
        super().__init__(window, window.tr("Log of {}").format(name), f"reviewer log {name}")
        self._prefix = f"{package.ecosystem}:{package.name}@"
        self.work_on(self.tr("Reading git's history"), lambda _: lock_history(root), self._show)

    def _show(self, history: History) -> None:
        found = [event for event in history.events if event.package.startswith(self._prefix)]
        told = (
            counted(len(found), self.tr("change"), self.tr("changes"))
            if found
            else self.tr("Nothing was ever decided about it.")
        )

        def shown() -> Iterator[str]:
            for gap in history.gaps:
                yield f"warning: {gap}"
            for event in found:
                yield f"{event.package}  ({where(event)})"
                yield from (f"    {line}" for line in lines(event))
                yield ""

        self.show_lines(shown(), told)
