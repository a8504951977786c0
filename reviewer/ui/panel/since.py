"""What follows from what changed since the last decision about the selected package; the changes themselves are read in the code pane."""

from reviewer.errors import ReviewerError
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.package import decision_text
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.compared import Compared
from reviewer.ui.state.session import Session


class SinceFold(Fold):
    """There only where something was decided before."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Since the last decision"))
        session.upgrades.changed.connect(self._changed)

    def _changed(self, package: str) -> None:
        if package == self.package:
            self.refresh()

    def has_something(self) -> bool:
        """Whether anything was ever decided about the package or an earlier version of it."""
        return self.package is not None and self.session.upgrades.has(self.package)

    def summary(self) -> str:
        """Whether its content differs."""
        assert self.package is not None
        decision = self.session.review.assessments[self.package].decision
        now = self.session.review.graph.package[self.package].digest
        return self.tr("same content") if decision and decision.digest == now else self.tr("differs")

    def fill(self, rows: Rows) -> None:
        """The decision, the digests, and what follows."""
        package = self.package
        assessment = self.session.review.assessments[package] if package else None
        if package is None or assessment is None or assessment.decision is None:
            return
        rows.say(one_line(decision_text(assessment.decision), 400))
        if assessment.reason:
            rows.say(one_line(assessment.reason, 300))
        now, then = self.session.review.graph.package[package].digest, assessment.decision.digest
        if now != then:
            rows.fact(self.tr("was"), then, code=True, copied=then)
            rows.fact(self.tr("is"), now or self.tr("not fetched"), code=True, copied=now)
        found = self.session.upgrades.of(package)
        if isinstance(found, ReviewerError):
            rows.say(one_line(str(found), 400))
        elif found is None:
            rows.say(self.tr("Comparing\u2026"))
        else:
            self._fill_consequences(rows, found)

    def _fill_consequences(self, rows: Rows, found: Compared) -> None:
        comparison = found.comparison
        for consequence in comparison.consequences[:MOST]:
            place = f" ({consequence.place})" if consequence.place else ""
            rows.say(one_line(f"\u2022 {consequence.text}{place}", 300))
        for same in comparison.same[:MOST]:
            files = counted(len(same.files), "file")
            names = ", ".join(same.files)
            told = self.tr("\u201c{name}\u201d runs what it ran: reach unchanged, {files} compared: {names}")
            rows.say(one_line(told.format(name=one_line(same.step), files=files, names=names), 300))
        if not comparison.consequences:
            rows.say(
                self.tr("No consequences: what the build runs of it, what it can do and what it needs are as before.")
            )
        rows.say(one_line(comparison.code_in_words, 200))
        rows.say(one_line(comparison.in_words, 200))
