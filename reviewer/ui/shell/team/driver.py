"""`reviewer lock merge --install` in the window: git merges review.lock by package from then on."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from reviewer.progress import Progress
from reviewer.review.merge_driver import DriverPlan, install_driver, plan_driver
from reviewer.ui.shell.team.page import TeamPage


class DriverPage(TeamPage):
    """Shows what it would change when it opens."""

    def __init__(self, window: QWidget, root: Path) -> None:
        super().__init__(window, window.tr("Merge review.lock by package"), "reviewer lock merge --install")
        self.work_on(self.tr("Asking git"), lambda _: (plan_driver(root),), self._show)

    def _show(self, found: tuple[DriverPlan]) -> None:
        (plan,) = found
        if not plan:
            self.show_lines((), self.tr("git merges review.lock by package already."))
            return
        self.show_lines(plan.lines(), self.tr("Never turns a reject into a trust. This would be changed:"))
        self.offer(self.tr("Install"), lambda: self._install(plan))

    def _install(self, plan: DriverPlan) -> None:
        def work(_: Progress) -> bool:
            install_driver(plan)
            return True

        def then(_: bool) -> None:  # noqa: FBT001 - what `work` gives
            told = self.tr("Installed. Commit .gitattributes, and do this once in every clone.")
            self.show_lines(self.text.toPlainText().splitlines(), told)

        self.work_on(self.tr("Installing"), work, then)
