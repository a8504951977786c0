"""What is under way, with a way to stop it: in one line, and as a list where there is more."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QWidget

from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import ElidedLabel, label, no_mnemonic
from reviewer.ui.state.worker import Worker, tasks


class TaskBar(QWidget):
    """The oldest task with its progress; hidden where nothing runs. A click on the text lists all."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = QPushButton()
        self.text.setProperty("flat", "true")
        self.text.setToolTip(self.tr("List what is under way"))
        self.text.clicked.connect(self.show_all)
        self.bar = _bar()
        self.stop = QPushButton(self.tr("Cancel"))
        self.stop.setProperty("flat", "true")
        self.stop.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.text, self.bar, self.stop):
            row.addWidget(part)
        tasks().changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Tell what runs now."""
        listed = tasks().listed
        self.setVisible(bool(listed))
        if not listed:
            return
        told = _told(listed[0])
        more = self.tr("and %n more", "", len(listed) - 1).replace("%n", str(len(listed) - 1))
        self.text.setText(no_mnemonic(one_line(f"{told} {more}" if len(listed) > 1 else told, 70)))
        _show(self.bar, listed[0])
        self.stop.setAccessibleName(self.tr("Cancel: {task}").format(task=listed[0].title))
        self.stop.setEnabled(not listed[0].progress.cancelled)

    def _cancel(self) -> None:
        for worker in tasks().listed[:1]:
            worker.cancel()
        self.refresh()

    def show_all(self) -> None:
        """List everything that runs, each with its progress and its way to stop it."""
        listed = TaskList(self)
        listed.adjustSize()
        corner = self.mapToGlobal(self.rect().topLeft())
        listed.move(corner.x(), corner.y() - listed.height() - 6)
        listed.show()


class TaskList(QFrame):
    """A popup with a row for each task; closes by itself when nothing runs any more."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("overlay")
        self.setAccessibleName(self.tr("Under way"))
        self._grid = QGridLayout(self)
        self._rows: dict[Worker, tuple[ElidedLabel, QProgressBar]] = {}
        for number, worker in enumerate(tasks().listed):
            text, bar, stop = ElidedLabel(), _bar(), QPushButton(self.tr("Cancel"))
            text.setFixedWidth(340)
            stop.setAccessibleName(self.tr("Cancel: {task}").format(task=worker.title))
            stop.clicked.connect(worker.cancel)
            self._grid.addWidget(label(worker.title), number * 2, 0)
            self._grid.addWidget(bar, number * 2, 1)
            self._grid.addWidget(stop, number * 2, 2, 2, 1)
            self._grid.addWidget(text, number * 2 + 1, 0, 1, 2)
            self._rows[worker] = (text, bar)
        tasks().changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        running = tasks().listed
        if not any(worker in running for worker in self._rows):
            self.close()
            return
        for worker, (text, bar) in self._rows.items():
            if worker in running:
                text.setText(one_line(worker.said[0], 200))
                _show(bar, worker)
            else:
                text.setText(self.tr("finished"))
                bar.setRange(0, 1)
                bar.setValue(1)


def _told(worker: Worker) -> str:
    return f"{worker.title}: {worker.said[0]}" if worker.said[0] else worker.title


def _bar() -> QProgressBar:
    made = QProgressBar()
    made.setTextVisible(False)
    made.setFixedSize(90, 6)
    return made


def _show(bar: QProgressBar, worker: Worker) -> None:
    _, done, total = worker.said
    bar.setAccessibleName(worker.title)
    bar.setRange(0, total)
    bar.setValue(min(done, total))
