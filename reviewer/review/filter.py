"""The filter above the list as an expression: `status:changed cap:net -lazy:yes zlib`.

Words are separated by blanks and must all hold; `-` before one turns it round; commas in a value mean "or"; quotes hold blanks and colons
together. Text without a filter word is looked for in name and version. What cannot be understood is told and left out, so that a
mistake never hides anything.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from reviewer.lock.status import Assessment, Status
from reviewer.model.graph import Graph, Package


class Subject(NamedTuple):
    """What a filter asks about a package."""

    package: Package
    status: Status
    capabilities: frozenset[str]
    owners: frozenset[str]
    runs: bool
    hidden: bool
    declarative: bool = False


class Term(NamedTuple):
    """One condition. `word` is empty for plain text; any of the values is enough."""

    word: str
    values: tuple[str, ...]
    negated: bool


class Mistake(NamedTuple):
    """Characters `start` to `end` of the expression that could not be understood, and what to write instead."""

    start: int
    end: int
    text: str


class Filter(NamedTuple):
    """What was understood, and what was not."""

    terms: tuple[Term, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def matches(self, subject: Subject) -> bool:
        """Whether every condition holds."""
        return all(_holds(term, subject) for term in self.terms)


class Completion(NamedTuple):
    """What may stand in place of the characters `start` to `end`."""

    start: int
    end: int
    offers: tuple[str, ...]


class _Word(NamedTuple):
    """A filter word: how it is tested, and its possible values (None: any text)."""

    test: Callable[[Subject, str], bool]
    values: tuple[str, ...] | None = None


def _yes_no(ask: Callable[[Subject], bool]) -> _Word:
    return _Word(lambda subject, value: ask(subject) == "yes".startswith(value), ("yes", "no"))


_WORDS: Mapping[str, _Word] = {
    "status": _Word(
        lambda subject, value: subject.status.value.startswith(value),
        tuple(status.value for status in Status if status is not Status.OWN),
    ),
    "cap": _Word(lambda subject, value: any(known.startswith(value) for known in subject.capabilities)),
    "runs": _yes_no(lambda subject: subject.runs),
    "hidden": _yes_no(lambda subject: subject.hidden),
    "declarative": _yes_no(lambda subject: subject.declarative),
    "owner": _Word(lambda subject, value: any(value in owner for owner in subject.owners)),
    "name": _Word(lambda subject, value: value in subject.package.name.casefold()),
    "direct": _yes_no(lambda subject: subject.package.direct),
    "lazy": _yes_no(lambda subject: subject.package.lazy),
    "fetched": _yes_no(lambda subject: subject.package.fetched),
}
WORDS = tuple(_WORDS)
"""Every filter word."""

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<word>[^\s":-][^\s":]*):)?(?P<value>(?:"[^"]*"?|[^\s"])*)')


_PART = re.compile(r'(?:"[^"]*"?|[^,"])+')
"""The values between the commas, those in quotes left alone."""


def parse(text: str) -> Filter:
    """Understand an expression as far as possible."""
    terms: list[Term] = []
    mistakes: list[Mistake] = []
    for token in _tokens(text):
        found = _understand(token)
        if isinstance(found, Term):
            terms.append(found)
        else:
            mistakes.append(Mistake(token.start(), token.end(), found))
    return Filter(tuple(terms), tuple(mistakes))


def complete(text: str, cursor: int, known: Mapping[str, Sequence[str]]) -> Completion:
    """What may be written at the cursor; `known` has the values that this project has for words that take any text."""
    token = next((t for t in _tokens(text) if t.start() <= cursor <= t.end()), None)
    if token is None:
        return Completion(cursor, cursor, tuple(f"{word}:" for word in WORDS))
    begins = token.start("value")
    if token["word"] is None:
        typed = text[begins:cursor].casefold()
        return Completion(begins, token.end(), tuple(f"{name}:" for name in WORDS if name.startswith(typed)))
    word = token["word"].casefold()
    if word not in _WORDS or cursor < begins:
        return Completion(cursor, cursor, ())
    spans = [(begins + part.start(), begins + part.end()) for part in _PART.finditer(token["value"])]
    start, end = next(((a, b) for a, b in spans if a <= cursor <= b), (cursor, cursor))
    typed = text[start:cursor].casefold().strip('"')
    values = _WORDS[word].values or tuple(known.get(word, ()))
    return Completion(start, end, tuple(_quoted(value) for value in values if value.casefold().startswith(typed)))


def subjects(graph: Graph, assessments: Mapping[str, Assessment]) -> Mapping[str, Subject]:
    """Every package of a project as a filter sees it."""
    return {package.id: _subject(graph, package, assessments[package.id]) for package in graph.packages}


def _subject(graph: Graph, package: Package, assessment: Assessment) -> Subject:
    runs, code = graph.runs_of(package.id), graph.build_code_of.get(package.id)
    return Subject(
        package,
        assessment.status,
        frozenset(finding.capability for finding in graph.findings_of(package.id)),
        frozenset(graph.package[step.package].name.casefold() for step in runs),
        bool(runs),
        any(step.run is not None and step.run.hidden for step in runs),
        code is not None and code.declarative,
    )


def _tokens(text: str) -> list[re.Match[str]]:
    return [token for token in _TOKEN.finditer(text) if token.group()]


def _understand(token: re.Match[str]) -> Term | str:
    """The condition, or what is wrong with it."""
    word, value, negated = (token["word"] or "").casefold(), token["value"], bool(token["minus"])
    if value.count('"') % 2:
        return "the quotation mark is not closed"
    if not word:
        plain = value.replace('"', "").casefold()
        if not plain:
            return (
                "nothing is written here"
                if value or not negated
                else "what should not hold? write a word after the minus"
            )
        return Term("", (plain,), negated)
    if word not in _WORDS:
        near = difflib.get_close_matches(word, WORDS, 1)
        instead = f"did you mean {near[0]}:?" if near else f"there are {', '.join(f'{known}:' for known in WORDS)}"
        return f"“{word}:” is no filter word; {instead}"
    values = tuple(part for part in (part.replace('"', "").casefold() for part in _PART.findall(value)) if part)
    possible = _WORDS[word].values
    listed = ", ".join(possible or ())
    if not values:
        return f"{word}: what? " + (listed or "write a part of it")
    wrong = [part for part in values if possible and not any(known.startswith(part) for known in possible)]
    return f"{word}: cannot be “{wrong[0]}”; it is one of {listed}" if wrong else Term(word, values, negated)


def _holds(term: Term, subject: Subject) -> bool:
    if term.word:
        found = any(_WORDS[term.word].test(subject, value) for value in term.values)
    else:
        found = term.values[0] in f"{subject.package.name} {subject.package.version}".casefold()
    return found != term.negated


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s:,]", value) else value
