"""What code of the package can do, and what was wrong while loading: each line leads to its place."""

from functools import partial

from reviewer.model.graph import Problem
from reviewer.ui.look.text import counted
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.session import Session


class FindingsFold(Fold):
    """The findings of the selected package."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Findings"))

    def has_something(self) -> bool:
        """Whether there are any."""
        return self.package is not None and bool(self.session.review.graph.findings_of(self.package))

    def summary(self) -> str:
        """How many."""
        return f"{len(self.session.review.graph.findings_of(self.package or '')):,}"

    def fill(self, rows: Rows) -> None:
        """A line for each, in the order of the files."""
        findings = sorted(
            self.session.review.graph.findings_of(self.package or ""),
            key=lambda finding: (finding.capability == "unanalyzed", finding.file, finding.line),
        )
        for finding in findings[:MOST]:
            go = partial(self.session.selection.select_place, finding.package, finding.file, finding.line)
            rows.link(f"{finding.capability}  {finding.file}:{finding.line}", finding.text, go)
        if len(findings) > MOST:
            rows.say(self.tr("and {}, marked in the code").format(counted(len(findings) - MOST, "more", "more")))


class ProblemsFold(Fold):
    """The problems of the whole project."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Problems of the project"))

    def has_something(self) -> bool:
        """Whether there are any."""
        return bool(self.session.review.graph.problems)

    def summary(self) -> str:
        """How many."""
        return f"{len(self.session.review.graph.problems):,}"

    def fill(self, rows: Rows) -> None:
        """A line for each."""
        problems = self.session.review.graph.problems
        for problem in problems[:MOST]:
            if self._leads_somewhere(problem):
                rows.link(f"{problem.severity.value}: {problem.where}", problem.text, partial(self._go, problem))
            else:
                rows.fact(problem.severity.value, f"{problem.where}: {problem.text}", copied=problem.where)
        if len(problems) > MOST:
            rows.say(self.tr("and {} more").format(len(problems) - MOST))

    def _leads_somewhere(self, problem: Problem) -> bool:
        graph = self.session.review.graph
        return problem.where in graph.step or self._package_of(problem) is not None

    def _package_of(self, problem: Problem) -> str | None:
        graph = self.session.review.graph
        named = (package.id for package in graph.packages if problem.where in (package.id, package.name))
        return next(named, None)

    def _go(self, problem: Problem) -> None:
        if problem.where in self.session.review.graph.step:
            self.session.selection.select_step(problem.where)
        else:
            self.session.selection.select_package(self._package_of(problem))
