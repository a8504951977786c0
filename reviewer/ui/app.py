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
from reviewer.ui.look.settings import THEMES, load_settings
from reviewer.ui.look.theme import Look
from reviewer.ui.shell.window import Window

PICTURE = QSize(1440, 900)


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
    stderr where that failed. REVIEWER_THEME (`dark`, `light`) fixes the colours, else the
    system's are followed.
    """
    if screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("Reviewer")
    application.setDesktopFileName("reviewer")
    application.setWindowIcon(QIcon(str(resource("icons/reviewer.svg"))))
    theme = os.environ.get("REVIEWER_THEME")
    window = Window(Look(application, fixed=theme if theme in THEMES else None, settings=load_settings()))
    if screenshot is not None:
        return _draw(application, window, path, evidence, toolchain, options, screenshot)
    window.show()
    if path is not None:
        window.open_project(path, evidence, toolchain, options)
    return application.exec()


def _draw(
    application: QApplication,
    window: Window,
    path: Path | None,
    evidence: Evidence | None,
    toolchain: Path | None,
    options: tuple[str, ...],
    screenshot: Path,
) -> int:
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
    if path is None:
        QTimer.singleShot(50, draw)
    else:
        QTimer.singleShot(0, lambda: window.open_project(path, evidence, toolchain, options))
    application.exec()
    window.close()
    for error in failures:
        print(f"reviewer: {' '.join(str(error).split())}", file=sys.stderr)  # noqa: T201 - the caller asked for it
    return 2 if failures else 0
