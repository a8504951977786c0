"""The program's windows: as many as there are projects open."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication

from reviewer.ui.look.theme import Look
from reviewer.ui.program.handover import Request
from reviewer.ui.shell.recent import open_projects, remember_open
from reviewer.ui.shell.window import Window

_STEP = QPoint(28, 28)


class Windows(QObject):
    """Opens, finds and forgets windows."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.all: list[Window] = []

    def open(self, request: Request) -> Window:
        """A project in the window that has it already, else in an empty one, else in a new one; that window comes to the front."""
        window = self._showing(request.path) or self._empty() or self._make()
        asks_for_more = request.evidence is not None or request.toolchain is not None or bool(request.options)
        if request.path is not None and (window.path is None or asks_for_more):
            window.open_project(request.path, request.evidence, request.toolchain, request.options)
        if request.token:
            os.environ["XDG_ACTIVATION_TOKEN"] = (
                request.token
            )  # how Qt lets a Wayland desktop know that it may come forward
        window.show()
        window.raise_()
        window.activateWindow()
        return window

    def open_first(self, request: Request) -> None:
        """What the program starts with: the wish, or without one the projects that had a window when it ended."""
        before = open_projects() if request.path is None and self._look.settings.restore else []
        for wish in [Request(path) for path in before] or [request]:
            self.open(wish)

    def keep_places(self) -> None:
        """Remember how every project is left, while the windows stay open."""
        for window in self.all:
            window.keep_place()

    def _showing(self, path: Path | None) -> Window | None:
        if path is None:
            return None
        wanted = path.resolve()
        return next((window for window in self.all if window.path and window.path.resolve() == wanted), None)

    def _empty(self) -> Window | None:
        return next((window for window in self.all if window.path is None), None)

    def _make(self) -> Window:
        window = Window(self._look)
        before = QApplication.activeWindow() or (self.all[-1] if self.all else None)
        if before is not None:
            window.move(before.pos() + _STEP)
        window.elsewhere.connect(self._open_elsewhere)
        window.loaded.connect(self._remember)
        window.closed.connect(lambda: self._forget(window))
        self.all.append(window)
        return window

    def _open_elsewhere(self, path: Path | None) -> None:
        if path is None:
            self._make().show()
        else:
            self.open(Request(path))

    def _forget(self, window: Window) -> None:
        if window in self.all:
            self.all.remove(window)
            window.deleteLater()
            QTimer.singleShot(0, self, self._remember)  # when all close at once they are found again, not only the last

    def _remember(self) -> None:
        if self.all:
            remember_open([window.path for window in self.all if window.path is not None])
