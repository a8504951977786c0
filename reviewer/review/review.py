"""A review in progress: what the window and the command line both stand on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewer.content.read import file_digest, read_part, read_text
from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.gate.check import APPROVED, NOT_DONE, Check, check, needs_review
from reviewer.lock.decision import Criteria, Decision, Grants, Lock, Verdict
from reviewer.lock.demands import names_of
from reviewer.lock.grants import grants_in_force
from reviewer.lock.imports import NOTHING, Imported
from reviewer.lock.policy import POLICY_FILE, Policy
from reviewer.lock.replay import put_back
from reviewer.lock.signing import Signatures, verify_all
from reviewer.lock.status import Assessment, Status, assess
from reviewer.lock.storage import load, save
from reviewer.lock.voices import by_person, joined, person, together
from reviewer.model.graph import Graph, Location, Package
from reviewer.progress import Progress
from reviewer.review.granting import about_the_project_itself, steps_with
from reviewer.review.identity import reviewer_name
from reviewer.review.observations import Observations
from reviewer.review.own import remember_decided
from reviewer.review.queue import Queue, Waiting
from reviewer.review.reading import BUILD_CODE, Fact, Mark, ReadingFile, facts, marks, reading_list
from reviewer.review.viewed import Viewed

if TYPE_CHECKING:  # comparing, and what git knows, are loaded where they are needed
    from reviewer.lock.history import History
    from reviewer.upgrade.marks import Marks

_VERBS = {Verdict.TRUSTED: "Trust", Verdict.REJECTED: "Reject", Verdict.DEFERRED: "Defer"}


class Change(NamedTuple):
    """One change that can be taken back: the entries of some packages before and after it (None: no entry), and what to call it."""

    text: str
    before: Mapping[str, Decision | None]
    after: Mapping[str, Decision | None]


class Left(NamedTuple):
    """Packages that need a decision, lines of their build code and reach that nobody has viewed, their files, and how many are viewed.

    `declarative`: how many of the lines are of build code that is proven to only describe a build.
    """

    packages: int
    lines: int
    files: int
    viewed: int
    declarative: int = 0


class Review:
    """Graph + lock + queue. Every change is on disk before the call returns; listeners are called after it.

    A change is also given back, as a value that can be undone; whoever calls keeps them in order. Not thread-safe: belongs to the thread
    that made it. `lock_path` None: a saved graph, about which nothing can be decided.
    `refusal`: why the graph could not be a configured one, where that was allowed. `history`: what git knows of earlier
    decisions, looked up where signatures are demanded.
    """

    def __init__(
        self,
        graph: Graph,
        lock_path: Path | None,
        *,
        refusal: ReviewerError | None = None,
        policy: Policy = Policy(),  # noqa: B008 - a named tuple cannot be changed
        imported: Imported = NOTHING,
        history: "History | None" = None,
        progress: Progress | None = None,
        full: bool = False,
    ) -> None:
        self.graph = graph
        self.refusal = refusal
        self.policy = policy
        self.imported = imported
        self.history = history
        self.signatures: Signatures = {}
        self.observations = Observations(graph, None if lock_path is None else Path(graph.root))
        self.lock_path = lock_path
        self.lock = Lock() if lock_path is None else load(lock_path)
        self.assessments: Mapping[str, Assessment] = {}
        self._take(self.lock, progress, full=full)
        self._listeners: list[Callable[[], None]] = []
        self._queue = Queue(graph, self._lines, lambda: self.reviewer)
        self._viewed = Viewed()
        # A package's files do not change during a review: another digest makes another review.
        self._reading = cache(lambda package: reading_list(graph, graph.package[package]))
        self._digest = cache(self._file_digest)
        self._left_of = cache(self._count_left)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of lock, assessments and queue."""
        self._listeners.append(listener)

    # What is the state?

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could go unnoticed because of the project's policy, or of what git does not know."""
        packages = [p for p in self.graph.packages if not self.graph.is_own(p.id)]
        idle = [
            rule.pattern
            for rule in self.policy.rules
            if rule.pattern and not any(rule.fits(p.id, p.name) for p in packages)
        ]
        told = [f"{POLICY_FILE}: policy.packages.{visible(pattern[:80])} fits no package" for pattern in idle]
        gaps = self.history.gaps if self.history else ()
        return (*told, *(f"an older decision that was put back could go unnoticed: {gap}" for gap in gaps))

    @property
    def check(self) -> Check:
        """The verdict that `reviewer check` would give."""
        return check(self.graph, self.assessments)

    @property
    def exit_code(self) -> int:
        """What `reviewer check` would exit with: 0, 1, 2 or 3."""
        return self.check.exit_code

    @property
    def verdict_text(self) -> str:
        """For the header: `build passes`, `build blocked: 3 need review`, `build blocked: 1 rejected`."""
        code = self.exit_code
        if code == APPROVED:
            return "build passes"
        rejected = sum(a.status is Status.REJECTED for a in self.assessments.values())
        parts = [f"{rejected} rejected"] if rejected else []
        if waiting := sum(needs_review(self.graph, assessment) for assessment in self.assessments.values()):
            parts.append(f"{waiting} need{'s' if waiting == 1 else ''} review")
        if code == NOT_DONE and not parts:
            parts.append("problems while loading")
        return f"build blocked: {', '.join(parts)}"

    def status(self, package: str) -> Status:
        """The package's status."""
        return self.assessments[package].status

    @property
    def queue(self) -> tuple[str, ...]:
        """Package ids that need a decision, worst first."""
        return tuple(self._waiting)

    def compared_with(self, package: str) -> Decision | None:
        """The decision whose content the present one is compared with: the last, or before an upgrade was put off."""
        decision = self.assessments[package].decision
        if decision is not None and decision.verdict is Verdict.DEFERRED and decision.basis:
            return self.lock.decisions.get(decision.basis, decision)
        return decision

    def is_upgrade(self, package: str) -> bool:
        """Whether trusting the package now would approve of another content than what was trusted before."""
        status, before = self.status(package), self.compared_with(package)
        return status is Status.CHANGED or (
            status is Status.DEFERRED and before is not None and before.verdict is Verdict.TRUSTED
        )

    @property
    def upgrades(self) -> tuple[str, ...]:
        """The packages of the queue that are upgrades and are here, in its order."""
        found = self.graph.package
        return tuple(package for package in self.queue if self.is_upgrade(package) and found[package].digest)

    def why_waiting(self, package: str) -> str | None:
        """In words, why the package is in the queue; None where it is not."""
        found = self._waiting.get(package)
        return found.why if found else None

    @cached_property
    def _waiting(self) -> Mapping[str, Waiting]:
        return self._queue.of(self.assessments)

    @property
    def left(self) -> Left:
        """How much of the review is still to do."""
        each = [self._left_of(package) for package in self.queue]
        return Left(len(each), *(sum(parts) for parts in zip(*each, strict=True))) if each else Left(0, 0, 0, 0)

    def lines_left(self, package: str) -> int:
        """Lines of a package's build code and reach that nobody has viewed."""
        return self._left_of(package)[0]

    def _count_left(self, package: str) -> tuple[int, int, int, int]:
        """Lines that nobody has viewed, files, and viewed files of a package; of the lines those that are declarative."""
        files = self._reading(package)
        unread = [file for file in files if not self.is_viewed(package, file.path)]
        declarative = sum(file.lines for file in unread if self._only_describes(package, file))
        return sum(file.lines for file in unread), len(files), len(files) - len(unread), declarative

    def _only_describes(self, package: str, file: ReadingFile) -> bool:
        """Whether the file is part of declarative build code, and no run step executes it as well."""
        executed = file.role != BUILD_CODE or file.path in self.graph.reached_code(package)
        return self.graph.is_declarative(package) and not executed

    def _lines(self, package: str) -> int:
        return sum(file.lines for file in self._reading(package))

    def reviewed_count(self) -> tuple[int, int]:
        """(packages that need nothing more, all packages that need a decision at all)."""
        decidable = [p for p in self.graph.packages if not self.graph.is_own(p.id) and (p.fetched or not p.lazy)]
        return len(decidable) - len(self.queue), len(decidable)

    def read_lock(self, progress: Progress | None = None) -> Lock | None:
        """What review.lock holds now, its signatures verified; None for a saved graph. Any thread may call this. Raises ReviewerError."""
        if self.lock_path is None:
            return None
        found = load(self.lock_path)
        self._verified(found, progress)  # which remembers what it found out
        return found

    def take_lock(self, found: Lock) -> tuple[str, ...]:
        """Take over what someone else wrote to review.lock: the ids whose entries differ now. Raises ReviewerError, then nothing changed.

        Decisions of this review can still be undone: undo is about packages, not about the whole file.
        """
        before, after = self.lock.decisions, found.decisions
        changed = tuple(p for p in {**before, **after} if before.get(p) != after.get(p))
        if changed:
            self._take(found)
            self._tell()
        return changed

    # What is there to read?

    def reading(self, package: str) -> tuple[ReadingFile, ...]:
        """What to read of a package, in order: its build code, then the programs that its run steps execute."""
        return self._reading(package)

    def by_interest(self, package: str) -> tuple[ReadingFile, ...]:
        """What to read of a package, files with findings first, then what run steps execute, then the rest."""
        reached = self.graph.reached_code(package)
        files = self._reading(package)
        return tuple(sorted(files, key=lambda f: (not self.findings_in(package, f.path), f.path not in reached)))

    def findings_in(self, package: str, path: str) -> int:
        """How many findings a file has, places that could not be followed included."""
        return sum(1 for finding in self.graph.findings_of(package) if finding.file == path)

    def dependents(self, package: str) -> tuple[Package, ...]:
        """The packages that name this one as a dependency."""
        sources = {edge.source for edge in self.graph.package_edges if edge.target == package}
        return tuple(found for found in self.graph.packages if found.id in sources)

    def decisions_about(self, package: str) -> tuple[Decision, ...]:
        """Every decision in the lock about this package and other versions of it, newest first."""
        prefix = package.partition("#")[0].rpartition("@")[0] + "@"
        found = [entry for entry in self.lock.decisions.values() if entry.package.startswith(prefix)]
        return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))

    def text(self, package: str, path: str) -> str:
        """A file's text as the window may show it (bounded, invalid UTF-8 replaced). Raises ReviewerError."""
        found = self.graph.package[package]
        if not found.fetched:
            raise ReviewerError("not fetched", where=found.name, cure="run `reviewer fetch`")
        return read_text(Path(found.root), path)

    def has_file(self, package: str, path: str) -> bool:
        """Whether the package is here and ships this file."""
        found = self.graph.package[package]
        try:
            return found.fetched and read_part(Path(found.root), path, 0, 0)[1] >= 0
        except ReviewerError:
            return False

    def definition(self, package: str, path: str, line: int, column: int) -> Location | None:
        """Where what is named at a place (from 1) of a file is declared or leads to. Raises ReviewerError where the file cannot be read."""
        from reviewer.review.definition import find_definition  # parsers that the command line does not need

        source = self.text(package, path)
        return find_definition(self.graph, package, path, source, line, column, self.has_file)

    def is_viewed(self, package: str, path: str) -> bool:
        """Whether somebody marked this content viewed, here or anywhere else."""
        return self._digest(package, path) in self._viewed

    def viewed_changes(self, marks: "Marks") -> tuple[bool, ...]:
        """Which changes of a file were marked viewed, by themselves or with the whole file."""
        whole = marks.whole in self._viewed
        return tuple(whole or digest in self._viewed for digest in marks.changes)

    def toggle_change(self, marks: "Marks", change: int | None = None) -> None:
        """Mark one change of a file viewed, or with None all of it, or take the mark back. Raises ReviewerError, then nothing changed."""
        viewed, whole = self.viewed_changes(marks), [marks.whole] if marks.whole else []
        if change is None and not all(viewed):
            self._viewed.mark([*marks.changes, *whole])
        elif change is None:
            self._viewed.mark([], no_more=[*marks.changes, *whole])
        elif not viewed[change]:
            self._viewed.mark([marks.changes[change]])
        else:
            others = [digest for at, digest in enumerate(marks.changes) if viewed[at] and at != change]
            self._viewed.mark(others, no_more=[marks.changes[change], *whole])
        self._left_of.cache_clear()

    def toggle_viewed(self, package: str, path: str) -> None:
        """Mark a file's content viewed, or take the mark back. Raises ReviewerError, then nothing changed."""
        digest = self._file_digest(package, path)
        if digest is None or digest != self._digest(package, path):
            name = self.graph.package[package].name
            raise ReviewerError("it is not what it was when it was loaded", where=f"{name}/{path}", cure="reload first")
        self._viewed.toggle(digest)
        self._left_of.cache_clear()

    def _file_digest(self, package: str, path: str) -> str | None:
        found = self.graph.package[package]
        try:
            return file_digest(Path(found.root), path) if found.fetched else None
        except ReviewerError:
            return None

    def marks(self, package: str, path: str) -> tuple[Mark, ...]:
        """The marked lines of a file."""
        granted = grants_in_force(self.graph, self.assessments)
        return marks(
            self.graph, self.graph.package[package], path, lambda: self._text_or_nothing(package, path), granted
        )

    def _text_or_nothing(self, package: str, path: str) -> str:
        """What is too large to be read as one text can be marked by what is known of it, only its lines are not looked at."""
        try:
            return self.text(package, path)
        except ReviewerError:
            return ""

    def facts(self, package: str) -> tuple[Fact, ...]:
        """`What it runs`: configure, make, command, declares."""
        return facts(self.graph, self.graph.package[package])

    # Decide

    def decision(
        self,
        package: str,
        verdict: Verdict,
        *,
        criteria: tuple[Criteria, ...] = (Criteria.RUN,),
        note: str = "",
        grants: Mapping[str, Grants] | None = None,
    ) -> Decision:
        """The entry that `decide` would write, with everybody's voice who trusts the same.

        Raises ReviewerError for a package about which nothing can be decided.
        """
        found = self.graph.package[package]
        digest, steps = found.digest, steps_with(self.graph, package, grants or {})
        if self.graph.is_own(package):
            digest, steps = about_the_project_itself(steps)
        if digest is None:
            raise ReviewerError(
                "it is not fetched, so there is no content to decide about",
                where=found.name,
                cure="run `reviewer fetch`",
            )
        basis, entry = self.compared_with(package), self.lock.decisions.get(package)
        decision = Decision(
            package=package,
            digest=digest,
            verdict=verdict,
            criteria=(Criteria.SHIP,) if Criteria.SHIP in criteria else criteria,  # which includes to run
            by=self.reviewer,
            at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            note=note,
            basis=basis.package if basis is not None and basis.package != package else None,
            steps=steps,
        )
        return joined(entry, decision)

    def trusted_by_others(self, package: str) -> str:
        """Who trusts this content already, in words, without the person who reviews here; empty where nobody does."""
        entry = self.lock.decisions.get(package)
        if entry is None or entry.verdict is not Verdict.TRUSTED or entry.digest != self.graph.package[package].digest:
            return ""
        others = [voice for who, voice in by_person(entry).items() if who != person(self.reviewer)]
        return names_of(together(others)) if others else ""

    @cached_property
    def reviewer(self) -> str:
        """Who decides here."""
        return reviewer_name(Path(self.graph.root))

    def decide(
        self,
        packages: Sequence[str],
        verdict: Verdict,
        *,
        criteria: tuple[Criteria, ...] = (Criteria.RUN,),
        note: str = "",
        grants: Mapping[str, Grants] | None = None,
    ) -> Change:
        """Record a decision (grants by step fingerprint). Raises ReviewerError, then nothing changed."""
        after = {p: self.decision(p, verdict, criteria=criteria, note=note, grants=grants) for p in packages}
        change = self._change(_VERBS[verdict], after)
        remember_decided(by_person(entry)[person(self.reviewer)] for entry in after.values())
        return change

    def forget(self, packages: Sequence[str]) -> Change:
        """Remove the entries of these packages, those of versions that are gone included. Raises ReviewerError."""
        return self._change("Forget", dict.fromkeys(packages))

    def sign(self, entries: Mapping[str, Decision]) -> Change:
        """Put these entries, which differ in signatures only, in the place of those that are there. Raises ReviewerError."""
        return self._change("Sign", entries)

    def _change(self, verb: str, after: Mapping[str, Decision | None]) -> Change:
        change = Change(self._named(verb, tuple(after)), {p: self.lock.decisions.get(p) for p in after}, after)
        self.redo(change)
        return change

    def _named(self, verb: str, packages: Sequence[str]) -> str:
        known = self.graph.package
        first = known[packages[0]].name if packages[0] in known else packages[0]
        return f"{verb} {first}" + (f" and {len(packages) - 1} more" if len(packages) > 1 else "")

    def undo(self, change: Change) -> None:
        """Take a change back. Raises ReviewerError, then nothing changed."""
        self._write(change.before)
        self._tell()

    def redo(self, change: Change) -> None:
        """Do again what was undone. Raises ReviewerError, then nothing changed."""
        self._write(change.after)
        self._tell()

    def _write(self, entries: Mapping[str, Decision | None]) -> None:
        if self.lock_path is None:
            raise ReviewerError(
                "a saved graph cannot be decided about", where=self.graph.root, cure="open the project's folder"
            )
        changed = self.lock.without(p for p, entry in entries.items() if entry is None)
        changed = changed.with_decisions(entry for entry in entries.values() if entry is not None)
        self._take(save(self.lock_path, self.lock, changed))

    def _take(self, lock: Lock, progress: Progress | None = None, *, full: bool = False) -> None:
        """These decisions hold from now on. Raises ReviewerError where their signatures cannot be checked, then nothing changed."""
        signatures = self._verified(lock, progress, full=full)
        older = put_back(lock, self.history.events if self.history else ())
        self.lock, self.signatures = lock, signatures
        self.assessments = assess(self.graph, lock, self.policy, self.imported, signatures, older)
        self.__dict__.pop("_waiting", None)

    def _verified(self, lock: Lock, progress: Progress | None = None, *, full: bool = False) -> Signatures:
        """Of entries that are what they were, the answer is known; and a decision about one package leaves all others as they were."""
        if self.lock_path is None:
            return {}
        before, known = self.lock.decisions, self.signatures
        same = {
            package: known[package]
            for package, entry in lock.decisions.items()
            if package in known and before.get(package) == entry
        }
        others = lock.without(same)
        found = verify_all(others, self.lock_path.parent, self.policy.project, progress=progress, full=full)
        return {**same, **found}

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
