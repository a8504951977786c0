"""What is known to have changed since the last decision about the selected package."""

from reviewer.lock.decision import ListedStep
from reviewer.review.since import Since, since_decision
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.package import decision_text
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.session import Session


class SinceFold(Fold):
    """There only where something was decided before."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Since the last decision"))

    @property
    def _since(self) -> Since | None:
        package = self.package
        return since_decision(self.session.review.graph, self.session.review.assessments[package]) if package else None

    def has_something(self) -> bool:
        """Whether anything was ever decided about the package or an earlier version of it."""
        return self._since is not None

    def summary(self) -> str:
        """Whether its content differs."""
        since = self._since
        return self.tr("same content") if since and since.same_content else self.tr("differs")

    def fill(self, rows: Rows) -> None:
        """The decision, the digests, and the run steps that came, changed and went."""
        since, package = self._since, self.package
        if since is None or package is None:
            return
        assessment = self.session.review.assessments[package]
        rows.say(one_line(decision_text(since.decision), 400))
        if assessment.reason:
            rows.say(one_line(assessment.reason, 300))
        if not since.same_content:
            now = self.session.review.graph.package[package].digest or self.tr("not fetched")
            rows.fact(self.tr("was"), since.decision.digest, code=True, copied=since.decision.digest)
            rows.fact(self.tr("is"), now, code=True, copied=now)
        kinds = ((self.tr("new"), since.added), (self.tr("changed"), since.changed), (self.tr("gone"), since.removed))
        for kind, steps in kinds:
            for step in steps[:MOST]:
                rows.fact(kind, _named(step), alert=steps is not since.removed)
        told = self.tr("{} as the decision lists them").format(counted(since.same, "run step"))
        if since.same:
            rows.say(told)
        elif not (since.added or since.changed or since.removed):
            rows.say(self.tr("It has no run steps of its own, and had none."))


def _named(step: ListedStep) -> str:
    return f"\u25b6 {step.name}" + (f" ({step.created})" if step.created else "")
