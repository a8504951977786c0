"""`reviewer lock prune` in the window: what the lock holds about packages that the project no longer has."""

from PySide6.QtWidgets import QWidget

from reviewer.review.log import told
from reviewer.review.prune import Prune, what_to_prune
from reviewer.ui.look.text import counted
from reviewer.ui.shell.team.page import TeamPage
from reviewer.ui.state.session import Session


class PrunePage(TeamPage):
    """Finds out when it opens; what is dropped can be undone."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window, window.tr("Prune the lock"), "reviewer lock prune")
        self._session = session
        self.work_on(self.tr("Comparing with the project"), lambda _: what_to_prune(session.review), self._show)

    def _show(self, found: Prune) -> None:
        decisions = self._session.review.lock.decisions
        lines = [f"keep: {package} ({why})" for package, why in found.kept.items()]
        lines += [f"drop: {package} ({told(decisions.get(package))})" for package in found.dropped]
        if not found.dropped:
            self.show_lines(lines, self.tr("There is nothing to drop."))
            return
        count = counted(len(found.dropped), self.tr("entry"), self.tr("entries"))
        self.show_lines(lines, self.tr("{} of packages that the project no longer has").format(count))
        self.offer(self.tr("Drop {}").format(count), lambda: self._drop(found))

    def _drop(self, found: Prune) -> None:
        if self._session.apply(lambda: self._session.review.forget(found.dropped)):
            self._session.told.emit(self.tr("Dropped. Undo brings it back."))
            self.accept()
