"""The review as a report that is handed over: asks where to, writes it off the window's thread, and says where it is."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from reviewer.progress import CancelledError
from reviewer.report.contents import Report, report
from reviewer.report.formats import Format, render
from reviewer.ui.look.text import one_line
from reviewer.ui.state.session import Session
from reviewer.ui.state.worker import Worker


class _Writer(Worker):
    """Writes one report, whole or not at all; `problem` is why not, `done` whether it is there."""

    def __init__(self, title: str, content: Report, wanted: Format, path: Path) -> None:
        super().__init__(title)
        self._content, self._format, self.path = content, wanted, path
        self.problem = ""
        self.done = False

    def run(self) -> None:
        """Render and write, in a thread of its own."""
        unfinished = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            text = render(self._content, self._format)
            self.progress.check()
            unfinished.write_text(text, "utf-8", newline="\n")
            unfinished.replace(self.path)
            self.done = True
        except CancelledError:
            pass
        except OSError as error:
            self.problem = error.strerror or str(error)
            unfinished.unlink(missing_ok=True)


class Exporting(QObject):
    """Exports one session's review. `saved` with the path when a report is written."""

    saved = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent
        self._writing: list[_Writer] = []
        self._names = {
            Format.HTML: self.tr("Page for people (*.html)"),
            Format.MARKDOWN: self.tr("Markdown for a pull request (*.md)"),
            Format.CYCLONEDX: self.tr("CycloneDX bill of materials (*.cdx.json)"),
        }

    def ask(self) -> None:
        """Ask for a file and write the report to it."""
        name = f"{self._session.name}-review.html".replace("/", "_")
        path, kind = QFileDialog.getSaveFileName(
            self._window, self.tr("Export a report"), name, ";;".join(self._names.values())
        )
        if not path:
            return
        chosen = Path(path)
        wanted = next((known for known in Format if chosen.name.lower().endswith(known.ending)), None)
        if wanted is None:
            wanted = next((known for known, text in self._names.items() if text == kind), Format.HTML)
            chosen = chosen.with_name(chosen.name + wanted.ending)
        self.write(wanted, chosen)

    def write(self, wanted: Format, path: Path) -> None:
        """Write the report of the review as it is now."""
        writer = _Writer(self.tr("Exporting a report"), report(self._session.review), wanted, path)
        self._writing.append(writer)
        writer.finished.connect(self._written)
        writer.begin()

    @Slot()
    def _written(self) -> None:
        for writer in [writer for writer in self._writing if writer.isFinished()]:
            self._writing.remove(writer)
            self._tell(writer)

    def _tell(self, writer: _Writer) -> None:
        shown = one_line(str(writer.path))
        if writer.problem:
            cure = self.tr("choose a folder that can be written")
            self._session.failed.emit(f"{shown}: {self.tr('the report cannot be written')} ({writer.problem}); {cure}")
        elif writer.done:
            self._session.told.emit(self.tr("Saved {}").format(shown))
            self.saved.emit(writer.path)
