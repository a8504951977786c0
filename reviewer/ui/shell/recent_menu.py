"""The menu of projects that were opened before."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import no_mnemonic
from reviewer.ui.shell.recent import forget_projects, recent_projects


class RecentMenu(QMenu):
    """Filled each time it opens; `picked` with a project's path."""

    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Open recent"))
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = recent_projects()
        for path in paths:
            self.addAction(no_mnemonic(one_line(str(path), 80))).triggered.connect(partial(self._pick, path))
        self.addSeparator()
        self.addAction(self.tr("Forget these"), forget_projects).setEnabled(bool(paths))

    def _pick(self, path: object, _checked: object = None) -> None:
        self.picked.emit(path)
