"""Where a package comes from, who needs it, what it ships as licence, and what was ever decided about it."""

from functools import partial

from reviewer.lock.decision import Decision
from reviewer.lock.voices import voices
from reviewer.review.behind import decision_words
from reviewer.review.licence import licence_of
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.session import Session


class PackageFold(Fold):
    """Facts about the selected package."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Package"))

    def summary(self) -> str:
        """How many packages need it."""
        return counted(len(self.session.review.dependents(self.package or "")), self.tr("dependent"))

    def fill(self, rows: Rows) -> None:
        """Facts, dependents, licence, decisions."""
        review = self.session.review
        package = review.graph.package[self.package or ""]
        kinds = {
            self.tr("direct"): package.direct,
            self.tr("lazy"): package.lazy,
            self.tr("not fetched"): not package.fetched,
        }
        facts = (
            (self.tr("id"), package.id),
            (self.tr("source"), package.source),
            (self.tr("digest"), package.digest or ""),
            (self.tr("folder"), package.root),
        )
        for name, value in facts:
            if value:
                rows.fact(name, value, code=True, copied=value)
        if kind := ", ".join(name for name, holds in kinds.items() if holds):
            rows.fact(self.tr("kind"), kind)
        dependents = review.dependents(package.id)
        if dependents:
            rows.say(self.tr("Needed by"), "label")
        for dependent in dependents[:MOST]:
            rows.link(dependent.name, dependent.version, partial(self.session.selection.select_package, dependent.id))
        self._fill_decisions(rows)
        if licence := licence_of(package):
            name, text = licence
            rows.link(name, self.tr("licence"), partial(self.session.selection.select_place, package.id, name))
            rows.say(text, limit=4_000)

    def _fill_decisions(self, rows: Rows) -> None:
        decisions = self.session.review.decisions_about(self.package or "")
        if decisions:
            rows.say(self.tr("Decisions"), "label")
        for decision in decisions[:MOST]:
            rows.say(one_line(decision_text(decision), 300))
        acts = [change.text for change in self.session.history.changes() if self.package in change.after]
        if acts:
            rows.say(self.tr("In this session: {}").format(one_line(", ".join(acts), 300)))


def decision_text(decision: Decision) -> str:
    """What each of its reviewers decided, and for what version, with their notes."""
    told = (decision_words(voice) + (f": {voice.note}" if voice.note else "") for voice in voices(decision))
    return "; ".join(told)
