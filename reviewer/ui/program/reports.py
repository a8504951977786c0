"""Crash reports as the user meets them: told in a window, shown on demand."""

from pathlib import Path

from PySide6.QtCore import QObject

from reviewer.ui.program.crash import Crash, found_reports, seen
from reviewer.ui.program.windows import Windows
from reviewer.ui.shell.window import Window


class CrashReports(QObject):
    """After an error everything is saved and the report is offered at once; what an earlier start left behind, at this one."""

    def __init__(self, crash: Crash, windows: Windows) -> None:
        super().__init__()
        self._windows = windows
        crash.happened.connect(self._save_and_offer)

    def offer_found(self) -> None:
        """Offer the newest report of earlier starts."""
        found = found_reports()
        if found:
            self._offer(found, self.tr("Reviewer failed the last time it ran. Decisions and notes were saved."))

    def _save_and_offer(self, _report: str) -> None:
        self._windows.keep_places()
        self._offer(
            found_reports(),
            self.tr("Something in Reviewer failed just now. Decisions and notes are saved; you can go on."),
        )

    def _offer(self, reports: list[Path], text: str) -> None:
        if not reports or not self._windows.all:
            return
        newest = [seen(report) for report in reports][-1]
        window = self._windows.all[0]
        window.notice.offer(text, self.tr("Show the report"), lambda: self._show(window, newest))

    def _show(self, window: Window, report: Path) -> None:
        try:
            text = report.read_text("utf-8", "replace")
        except OSError as error:
            window.notice.tell(self.tr("The report cannot be read: {why}").format(why=error.strerror))
            return
        from reviewer.ui.program.report_page import ReportPage

        ReportPage(window, text, str(report)).open()
