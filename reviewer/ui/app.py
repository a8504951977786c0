"""The door to the window."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence
from reviewer.resources import resource
from reviewer.ui.look.settings import THEMES, Settings, load_settings
from reviewer.ui.look.theme import Look
from reviewer.ui.program.crash import Crash
from reviewer.ui.program.handover import Request, meeting_place
from reviewer.ui.program.reports import CrashReports
from reviewer.ui.program.signals import Signals
from reviewer.ui.program.windows import Windows
from reviewer.ui.shell.window import Window
from reviewer.ui.state.garbage import resume, tidy_when_nobody_looks
from reviewer.ui.state.worker import stop_workers, tasks

PICTURE = QSize(1440, 900)

_AFTER_FIRST_PAINT = 200
"""Milliseconds: what nobody waits for comes after what everybody does."""

_PATIENCE = 5_000
"""Milliseconds that work under way has to stop when the program ends."""


def run_window(
    path: Path | None,
    *,
    evidence: Evidence | None = None,
    screenshot: Path | None = None,
    toolchain: Path | None = None,
    options: tuple[str, ...] = (),
) -> int:
    """Show the window, on a project if there is one, until it is closed; the exit code.

    With `screenshot` the window is drawn offscreen once it is loaded, saved as a PNG of 1440 by 900, and left: 0, or 2 with one line on
    stderr where that failed. REVIEWER_THEME (the name of a theme) fixes the colours, else those of the settings or the system hold.
    """
    settings = load_settings()
    if screenshot is not None:
        settings = settings._replace(
            restore=False, watch=False
        )  # a picture is of the project, not of how somebody left it
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    elif settings.scale != Settings().scale:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.scale / 100))
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Reviewer")
    application.setDesktopFileName("reviewer")
    application.setWindowIcon(QIcon(str(resource("icons/reviewer.svg"))))
    theme = os.environ.get("REVIEWER_THEME")
    look = Look(application, fixed=theme if theme in THEMES else None, settings=settings)
    request = Request(path, evidence, toolchain, options)
    return _run(application, look, request) if screenshot is None else _draw(application, look, request, screenshot)


def _run(application: QApplication, look: Look, request: Request) -> int:
    """The program with all its windows, until the last one is closed."""
    crash = Crash()
    windows = Windows(look)
    reports = CrashReports(crash, windows)
    signals = Signals(application)
    windows.open_first(request)
    QTimer.singleShot(_AFTER_FIRST_PAINT, lambda: _listen(windows))
    QTimer.singleShot(_AFTER_FIRST_PAINT, reports.offer_found)
    QTimer.singleShot(_AFTER_FIRST_PAINT, lambda: _tidy(application))
    code = application.exec()
    signals.close()
    stop_workers(_PATIENCE)
    crash.close()
    return code


def _tidy(application: QApplication) -> None:
    """Let the cycle collector work again, which rested while the program was loaded."""
    tidy_when_nobody_looks(application)
    if not tasks().running:
        resume()


def _listen(windows: Windows) -> None:
    """Take what later starts hand over."""
    from reviewer.ui.program.listener import Listener

    place = meeting_place()
    if place is not None:
        Listener(place, windows).asked.connect(windows.open)


def _draw(application: QApplication, look: Look, request: Request, screenshot: Path) -> int:
    window = Window(look)
    failures: list[ReviewerError] = []

    def draw() -> None:
        if not window.grab().save(str(screenshot), "PNG"):
            cure = "name a file in a folder that can be written"
            failures.append(ReviewerError("the picture cannot be written", where=str(screenshot), cure=cure))
        application.quit()

    def fail(error: ReviewerError) -> None:
        failures.append(error)
        application.quit()

    window.loaded.connect(lambda: QTimer.singleShot(50, draw))
    window.failed.connect(fail)
    window.resize(PICTURE)
    window.show()
    path = request.path
    if path is None:
        QTimer.singleShot(50, draw)
    else:
        QTimer.singleShot(0, lambda: window.open_project(path, request.evidence, request.toolchain, request.options))
    application.exec()
    window.close()
    stop_workers(_PATIENCE)
    for error in failures:
        print(f"reviewer: {' '.join(str(error).split())}", file=sys.stderr)  # noqa: T201 - the caller asked for it
    return 2 if failures else 0
