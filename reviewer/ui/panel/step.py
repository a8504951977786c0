"""Everything that is known of the selected step."""

from functools import partial

from reviewer.model.graph import Reach, Run, Step
from reviewer.ui.look.names import ARROW, label
from reviewer.ui.look.text import counted
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.grants import grants_in_words
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.session import Session

_CHAINS = 8


class StepFold(Fold):
    """The step that the map and the code show."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("Step"))

    @property
    def _step(self) -> Step | None:
        return self.session.review.graph.step.get(self.session.selection.now.step or "")

    def has_something(self) -> bool:
        """Whether a step is selected."""
        return self._step is not None

    def summary(self) -> str:
        """Its name."""
        return label(self.session.review.graph, self._step.id) if self._step else ""

    def fill(self, rows: Rows) -> None:
        """Name, owner and what it runs."""
        step, graph = self._step, self.session.review.graph
        if step is None:
            return
        rows.fact(self.tr("name"), step.name, copied=step.name)
        rows.fact(self.tr("kind"), f"{step.kind} ({step.evidence.value})")
        rows.fact(self.tr("owner"), graph.package[step.package].name, copied=step.package)
        rows.fact(self.tr("step id"), step.id, code=True, copied=step.id)
        if step.run is not None:
            self._fill_run(rows, step, step.run)
        if step.created_at:
            rows.say(self.tr("Created at"), "label")
        for place in step.created_at[:MOST]:
            package = graph.package.get(place.package)
            where = f"{package.name}/{place}" if package else str(place)
            go = partial(self.session.selection.select_place, place.package, place.file, place.line)
            rows.link(where, f"in {place.function}" if place.function else "", go)

    def _fill_run(self, rows: Rows, step: Step, run: Run) -> None:
        graph = self.session.review.graph
        command = " ".join(run.command)
        rows.fact(self.tr("command"), command, alert=run.hidden, code=True, copied=command)
        if run.executes is not None and run.executes in graph.package:
            rows.fact(self.tr("executes"), graph.package[run.executes].name, copied=run.executes)
        for name, values in ((self.tr("inputs"), run.inputs), (self.tr("outputs"), run.outputs)):
            rows.fact(
                name,
                "\n".join(values[:MOST]) or self.tr("none declared"),
                code=bool(values),
                copied=" ".join(values) or None,
            )
        environment = [f"{name}={value}" for name, value in run.env.items()]
        rows.fact(
            self.tr("environment"),
            ", ".join(environment) or self.tr("nothing set"),
            copied=" ".join(environment) or None,
        )
        if run.cwd:
            rows.fact(self.tr("runs in"), run.cwd, code=True, copied=run.cwd)
        granted = grants_in_words(self.session.grants_of(step))
        rows.fact(
            self.tr("granted"), "\n".join(granted) or self.tr("nothing beyond what it declares"), alert=bool(granted)
        )
        rows.fact(self.tr("fingerprint"), run.fingerprint, code=True, copied=run.fingerprint)
        for chain in run.why[:_CHAINS]:
            told = ARROW.join(label(graph, thing) for thing in chain)
            rows.fact(self.tr("why"), told, copied=told)
        if not run.why:
            rows.fact(self.tr("why"), self.tr("nothing reaches it"))
        if run.reach is not None:
            self._fill_reach(rows, run.reach)

    def _fill_reach(self, rows: Rows, reach: Reach) -> None:
        graph = self.session.review.graph
        rows.say(
            self.tr("Reach: {} decide what it does").format(counted(len(reach.code) + len(reach.data), "file")), "label"
        )
        for package, file in (*reach.code, *reach.data)[:MOST]:
            known = graph.package.get(package)
            go = partial(self.session.selection.select_place, package, file)
            rows.link(f"{known.name if known else package}/{file}", "", go)
        if len(reach.code) + len(reach.data) > MOST:
            rows.say(self.tr("and {} more").format(len(reach.code) + len(reach.data) - MOST))
        for gap in reach.gaps[:MOST]:
            rows.say(self.tr("not followed: {}").format(gap))
        rows.fact(self.tr("digest"), reach.digest, code=True, copied=reach.digest)
