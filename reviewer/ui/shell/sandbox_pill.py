"""Which sandbox is active, always in sight: quiet for the best kind, marked for the second best and for none."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy

from reviewer.sandbox.probe import SandboxProbe, find_sandbox
from reviewer.ui.look.text import one_line
from reviewer.ui.look.widgets import ElidedButton, no_mnemonic, plain_tip, restyle
from reviewer.ui.state.worker import Worker


class _Finder(Worker):
    """Tries the sandbox, off the window's thread: that starts programs."""

    found = Signal(object)

    def run(self) -> None:
        """The thread's work."""
        self.found.emit(find_sandbox())


class SandboxPill(ElidedButton):
    """Names the kind; its tip tells the known holes and the cure. Hidden until known. `is_best`: may give way where room is scarce."""

    known = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.is_best = True
        self.is_known = False
        self.setProperty("pill", "quiet")
        self.hide()

    def look(self) -> None:
        """Try it, again where a cure may have been taken."""
        if not (self.is_known and self.is_best):
            finder = _Finder()
            finder.found.connect(self._tell)
            finder.begin()

    def _tell(self, found: SandboxProbe) -> None:
        self.is_known = True
        self.is_best = found.kind is not None and not found.reason
        name = self.tr("no sandbox") if found.kind is None else self.tr("sandbox: {}").format(found.kind)
        lines = (
            [self.tr("Build scripts run in {}").format(found.kind)]
            if found.kind
            else [self.tr("No build script is run")]
        )
        if found.reason:
            lines.append(self.tr("Why not bubblewrap: {}").format(found.reason))
        if found.lacks:
            lines.append(self.tr("Not possible in it: {}").format(", ".join(found.lacks)))
        lines += [self.tr("Known hole: {}").format(hole) for hole in found.holes]
        if found.cure:
            lines.append(self.tr("What to do: {}").format(found.cure))
        lines.append(self.tr("Click for all that works on this machine"))
        self.setText(no_mnemonic(name))
        self.setAccessibleName(name)
        self.setAccessibleDescription(one_line("; ".join(lines), 2000))
        self.setToolTip(plain_tip("\n".join(one_line(line, 300) for line in lines)))
        restyle(self, "pill", "quiet" if self.is_best else "action")
        self.known.emit()
