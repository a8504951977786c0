"""The page of a review, made a pane in each turn of the event loop, so that none takes long."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from reviewer.ui.look.theme import Look
from reviewer.ui.state.actions import Actions

# What the first page does not need is imported where it is used.
if TYPE_CHECKING:
    from reviewer.review.review import Review
    from reviewer.ui.shell.workspace import Workspace


class Making(QObject):
    """`show` is called with the workspace when it is whole, `fail` with an exception in making or showing it, which is raised too, to be
    reported. Calls, not signals: what a slot raises is lost."""

    def __init__(
        self,
        parent: QObject,
        look: Look,
        actions: Actions,
        show: "Callable[[Workspace], None]",
        fail: Callable[[Exception], None],
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._actions = actions
        self._show = show
        self._fail = fail
        self._wanted: Review | None = None

    def begin(self, review: "Review", toolchain: Path | None) -> None:
        """Make the page of this review; one that was begun before is not wanted any more."""
        self._wanted = review
        self._go_on(self._panes(review, toolchain))

    def drop(self) -> None:
        """What is being made is not wanted any more."""
        self._wanted = None

    def _go_on(self, work: Iterator[None]) -> None:
        try:
            more = next(work, work) is None
        except Exception as error:
            self._fail(error)
            raise
        if more:
            QTimer.singleShot(0, self, lambda: self._go_on(work))

    def _panes(self, review: "Review", toolchain: Path | None) -> Iterator[None]:
        from reviewer.ui.code.pane import CodePane
        from reviewer.ui.map.pane import MapPane
        from reviewer.ui.packages.pane import DependencyList
        from reviewer.ui.panel.pane import ReviewPanel
        from reviewer.ui.shell.workspace import Parts, Workspace
        from reviewer.ui.state.session import Session

        session = Session(review)
        session.open_first()
        yield
        listed = DependencyList(session, self._look)
        yield
        map_ = MapPane(session, self._look, self._actions)
        yield
        code = CodePane(session, self._look)
        yield
        panel = ReviewPanel(session)
        yield
        made = Workspace(session, self._look, self._actions, Parts(listed, map_, code, panel), toolchain)
        yield
        if review is self._wanted:
            self._show(made)
        else:  # only once it is whole: its parts have threads
            made.deleteLater()
