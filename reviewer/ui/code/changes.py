"""What changed, in the code pane: the pages about it, and what is done there by key."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from reviewer.ui.code.diff.page import DiffPage
from reviewer.ui.code.upgrades import UpgradesPage
from reviewer.ui.look.theme import Look
from reviewer.ui.state.comparing import Pair
from reviewer.ui.state.session import Session


class Changes(QObject):
    """The pages `diff` (since the last decision), `compared` (two versions that were chosen) and `upgrades` (all that wait), in a stack.

    `wanted` when one of them should be shown, about the selected package; `read` with a path and a line to be read in its file.
    """

    wanted = Signal(object)
    read = Signal(str, int)

    def __init__(self, session: Session, look: Look, stack: QStackedWidget) -> None:
        super().__init__(stack)
        self._session, self._stack = session, stack
        self.diff = DiffPage(session, look, session.upgrades)
        self.compared = DiffPage(session, look, session.comparing)
        self.upgrades = UpgradesPage(session, look)
        for page in (self.diff, self.compared):
            page.picked.connect(self.read)
        self.upgrades.picked.connect(self._show_upgrade)
        self.upgrades.trusting.connect(session.trust_upgrades)
        for widget in (self.diff, self.compared, self.upgrades):
            stack.addWidget(widget)
        session.unconfirmed.connect(self._ask)

    def acts(self) -> Mapping[str, Callable[[], None]]:
        """By the ids of the table of acts."""
        return {
            "changes": self.show_changes,
            "upgrades": self.show_upgrades,
            "compare": self.choose_versions,
            "side": lambda: self._there(lambda page: page.side.toggle()),
            "mark_change": lambda: self._there(DiffPage.mark_change),
            "unmark_change": lambda: self._there(DiffPage.unmark_change),
            "next_unviewed": lambda: self._there(DiffPage.go_to_unviewed),
        }

    @property
    def shown(self) -> DiffPage | None:
        """The page with changes that is shown."""
        page = self._stack.currentWidget()
        return page if isinstance(page, DiffPage) else None

    def pages(self, package: str | None) -> dict[QWidget, tuple[str, str]]:
        """What there is to show with this package selected, each with the title and the tip of its tab."""
        found: dict[QWidget, tuple[str, str]] = {}
        if package is not None and self._session.upgrades.has(package):
            found[self.diff] = self.diff.title(package), self.tr("What changed since the last decision (D)")
        if package is not None and self._session.comparing.has(package):
            told = self.tr("The versions that were chosen to be compared")
            found[self.compared] = self.compared.title(package), told
        if self.upgrades.title:
            told = self.tr("What follows from each upgrade, and what was viewed (Q)")
            found[self.upgrades] = self.upgrades.title, told
        return found

    def page_to_keep(self, package: str | None) -> QWidget | None:
        """The page that stays on screen while the reviewer goes on to another package: from upgrade to upgrade that of changes."""
        page, upgrade = self._stack.currentWidget(), package is not None and self._session.review.is_upgrade(package)
        return page if page is self.upgrades or (page is self.diff and upgrade) else None

    def show_changes(self) -> None:
        """Show what changed since the last decision about the package."""
        package = self._session.selection.now.package
        if package is None or not self._session.upgrades.has(package):
            told = self.tr("Nothing was decided about this package before, so all of it is new.")
            self._session.told.emit(told)
            return
        self.wanted.emit(self.diff)
        self.diff.view.setFocus()

    def show_upgrades(self) -> None:
        """Show the summary of all upgrades; a single one is shown itself."""
        upgrades = self._session.review.upgrades
        if len(upgrades) > 1:
            self.wanted.emit(self.upgrades)
        elif upgrades:
            self._show_upgrade(upgrades[0])
        else:
            self._session.told.emit(self.tr("No upgrade waits: whatever was trusted before is as it was."))

    def choose_versions(self) -> None:
        """Ask which two versions of the package to compare."""
        from reviewer.ui.code.diff.chooser import Chooser

        package = self._session.selection.now.package
        if package is not None:
            chooser = Chooser(self._stack, self._session.review, package)
            chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            chooser.wanted.connect(self._compare)
            chooser.open()

    def _compare(self, pair: Pair) -> None:
        self._session.comparing.begin(pair)
        self.wanted.emit(self.compared)
        self._stack.window().activateWindow()  # not every desktop gives the keyboard back after a dialog
        self.compared.view.setFocus()

    def _show_upgrade(self, package: str) -> None:
        self._session.selection.select_package(package)
        self.show_changes()

    def _ask(self, package: str) -> None:
        """Show what must be confirmed before an upgrade is trusted."""
        if package == self._session.selection.now.package:
            self.show_changes()
            self.diff.go_to_question()

    def _there(self, act: Callable[[DiffPage], None]) -> None:
        """Do it where changes are shown; elsewhere show them first."""
        if self.shown is not None:
            act(self.shown)
        else:
            self.show_changes()
