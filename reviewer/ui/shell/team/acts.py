"""The acts of a team, each of which opens its page."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from reviewer.ui.shell.team.page import TeamPage
from reviewer.ui.state.session import Session


class Team(QObject):
    """`imported` (what to tell) when other decisions count than those that the open review was made with; `opened` with each page."""

    imported = Signal(str)
    opened = Signal(object)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """By the ids of the table of acts."""
        return {
            "log": lambda: self._open(self._log),
            "import": lambda: self._open(self._import),
            "sign": lambda: self._open(self._sign),
            "prune": lambda: self._open(self._prune),
            "driver": lambda: self._open(self._driver),
        }

    def _open(self, make: Callable[[Path], TeamPage | None]) -> None:
        lock = self._session.review.lock_path
        if lock is None:
            self._session.told.emit(
                self.tr("This is a saved graph, which has no review.lock: open the project's folder.")
            )
            return
        page = make(lock.parent)
        if page is not None:
            page.open()
            self.opened.emit(page)

    def _log(self, root: Path) -> TeamPage | None:
        from reviewer.ui.shell.team.log import LogPage

        package = self._session.review.graph.package.get(self._session.selection.now.package or "")
        if package is None:
            self._session.told.emit(self.tr("Select the package whose log you want to see."))
            return None
        return LogPage(self._window, root, package)

    def _import(self, root: Path) -> TeamPage:
        from reviewer.ui.shell.team.imports import ImportPage

        page = ImportPage(self._window, root)
        page.written.connect(self.imported)
        return page

    def _sign(self, _: Path) -> TeamPage:
        from reviewer.ui.shell.team.sign import SignPage

        return SignPage(self._window, self._session)

    def _prune(self, _: Path) -> TeamPage:
        from reviewer.ui.shell.team.prune import PrunePage

        return PrunePage(self._window, self._session)

    def _driver(self, root: Path) -> TeamPage:
        from reviewer.ui.shell.team.driver import DriverPage

        return DriverPage(self._window, root)
