"""review.lock as bytes: the contract of DESIGN.md. Nothing else knows its field names.

Strict on purpose: whatever version 1 does not define is refused, so that a later save cannot silently drop it.

An entry that more than one reviewer trusts has a key more, a list of the others, oldest first (`reviewer.lock.voices`):
`"also": [{"at": …, "by": …, "note": …, "signature": … | absent}]`. Who does not know the key reads the entry as that of its first reviewer.
"""

import json
import re
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Confirmation, Criteria, Decision, Grants, ListedStep, Lock, Verdict
from reviewer.lock.locate import line_column, position
from reviewer.lock.voices import MAX_OTHERS, person, together, voices

VERSION = 1
MAX_BYTES = 64 * 1024 * 1024

_RESTORE = "restore the file from version control"
_CORRECT = "correct it there, or restore the file from version control"

_BOM = b"\xef\xbb\xbf"
# No line of a JSON text can start like this: strings hold no raw line breaks.
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"(?:read:)?sha256:[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{1,16384}={0,2}")
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_TOP = frozenset({"version", "packages"})
_ENTRY = frozenset({"digest", "decision", "criteria", "by", "at", "note", "steps"})
_STEP = frozenset({"name", "created", "grants"})
_CONFIRMATION = frozenset({"by", "at", "note"})

_Member = TypeVar("_Member", bound=StrEnum)


def parse(data: bytes, *, where: str) -> Lock:
    """The decisions of a file's bytes. Raises ReviewerError, with line and column where they are known."""
    text = _text(data, where)
    value = _json(text, where)
    try:
        return _lock(_Field(value, ()))
    except _WrongError as wrong:
        line, column = position(text, wrong.path)
        raise ReviewerError(wrong.what, where=f"{where}:{line}:{column}", cure=wrong.cure) from None


def render(lock: Lock) -> bytes:
    """The file's bytes, identical for equal content. Raises ReviewerError for text that cannot be UTF-8."""
    packages = {package: _entry(decision) for package, decision in lock.decisions.items()}
    value = {"version": VERSION, "packages": packages}
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    try:
        return _unseen().sub(_escaped, text).encode()
    except UnicodeEncodeError:
        what = "a decision holds a name or note that is not valid Unicode, so it cannot be written"
        raise ReviewerError(what, where="review.lock", cure="rename the file or package, or change the note") from None


def canonical(lock: Lock) -> Lock:
    """The lock as it reads after being written: values that mean the same become equal."""
    return parse(render(lock), where="review.lock")


@cache
def _unseen() -> re.Pattern[str]:
    """Written as escapes, so that a diff of review.lock shows what it holds: C1 controls and DEL, soft hyphen, zero-width and
    bidirectional characters, line and paragraph separators, tags. A fixed list, not Unicode categories: those change with the
    Python version, and equal content must give equal bytes.

    Compiling it takes longer than reading a lock, and only writing one needs it.
    """
    return re.compile(
        "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    )


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f"


def _entry(decision: Decision) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "digest": decision.digest,
        "decision": decision.verdict.value,
        "criteria": sorted({criteria.value for criteria in decision.criteria}),
        "by": decision.by,
        "at": decision.at,
        "note": decision.note,
        "steps": {fingerprint: _step_entry(step) for fingerprint, step in decision.steps.items()},
    }
    if decision.basis is not None:
        entry["from"] = decision.basis
    if decision.signature:
        entry["signature"] = decision.signature
    if decision.also:
        entry["also"] = [_confirmation_entry(confirmation) for confirmation in decision.also]
    return entry


def _confirmation_entry(confirmation: Confirmation) -> dict[str, str]:
    entry = {"by": confirmation.by, "at": confirmation.at, "note": confirmation.note}
    return {**entry, "signature": confirmation.signature} if confirmation.signature else entry


def _step_entry(step: ListedStep) -> dict[str, Any]:
    grants = {capability: sorted(set(allowed)) for capability, allowed in step.grants.items()}
    return {"name": step.name, "created": step.created, "grants": grants}


def _text(data: bytes, where: str) -> str:
    if len(data) > MAX_BYTES:
        raise ReviewerError(f"the file is larger than {MAX_BYTES >> 20} MB", where=where, cure=_RESTORE)
    if data.startswith(_BOM):
        cure = "save it as UTF-8 without one"
        raise ReviewerError("the file starts with a byte order mark", where=f"{where}:1:1", cure=cure)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = line_column(before, len(before))
        raise ReviewerError("this is not UTF-8", where=f"{where}:{line}:{column}", cure=_RESTORE) from None


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_pairs, parse_constant=_NotJson)
    except json.JSONDecodeError as error:
        if conflict := _CONFLICT.search(text):
            line, _ = line_column(text, conflict.start())
            cure = "resolve the merge, then try again"
            raise ReviewerError("there are git conflict markers", where=f"{where}:{line}", cure=cure) from None
        truncated = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "the file ends too early" if truncated else f"this is not JSON ({error.msg})"
        raise ReviewerError(what, where=f"{where}:{error.lineno}:{error.colno}", cure=_RESTORE) from None
    except ValueError:  # Python refuses to convert integers of thousands of digits
        raise ReviewerError("the file holds an absurdly long number", where=where, cure=_RESTORE) from None
    except RecursionError:
        raise ReviewerError("the file is nested too deeply", where=where, cure=_RESTORE) from None


class _NotJson(NamedTuple):
    """NaN and the infinities, which json.loads lets pass; wherever one stands, it is of the wrong type."""

    name: str


class _Repeated(NamedTuple):
    """An object that has a key twice: which of the two was meant cannot be known."""

    key: str


def _pairs(pairs: list[tuple[str, Any]]) -> Any:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            return _Repeated(key)
        value[key] = item
    return value


class _WrongError(Exception):
    def __init__(self, path: tuple[str | int, ...], what: str, cure: str = _CORRECT) -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.cure = cure


class _Field(NamedTuple):
    """A value of the file and the keys that lead to it."""

    value: Any
    path: tuple[str | int, ...]

    def members(self) -> "dict[str, _Field]":
        if isinstance(self.value, _Repeated):
            raise _WrongError((*self.path, self.value.key), f"the key {_quoted(self.value.key)} is there twice")
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        for key in self.value:
            if not key.isascii() and _SURROGATE.search(key):
                raise _WrongError((*self.path, key), "a key is not valid Unicode")
        return {key: _Field(value, (*self.path, key)) for key, value in self.value.items()}

    def record(self, required: frozenset[str], optional: frozenset[str] = frozenset()) -> "dict[str, _Field]":
        members = self.members()
        for key in members:
            if key not in required and key not in optional:
                raise _WrongError((*self.path, key), f"unknown key {_quoted(key)}", _CORRECT + ", or upgrade Reviewer")
        if missing := sorted(required - members.keys()):
            raise _WrongError(self.path, f"{_quoted(missing[0])} is missing")
        return members

    def items(self) -> "list[_Field]":
        if not isinstance(self.value, list):
            raise self.unexpected("a list")
        return [_Field(value, (*self.path, index)) for index, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.unexpected("text")
        if not self.value.isascii() and _SURROGATE.search(self.value):
            raise _WrongError(self.path, "this is not valid Unicode")
        return self.value

    def member_of(self, kind: type[_Member], called: str) -> _Member:
        text = self.text()
        try:
            return kind(text)
        except ValueError:
            known = ", ".join(member.value for member in kind)
            raise _WrongError(self.path, f"unknown {called} {_quoted(text)} (known: {known})") from None

    def unexpected(self, expected: str) -> _WrongError:
        return _WrongError(self.path, f"expected {expected}, found {_kind(self.value)}")


def _lock(top: _Field) -> Lock:
    version = top.members().get("version")
    if version is None:
        raise _WrongError(top.path, '"version" is missing')
    if type(version.value) is not int:
        raise version.unexpected("a version number")
    if version.value != VERSION:
        what = f"this is version {version.value} of the format, and this Reviewer knows version {VERSION}"
        raise _WrongError(version.path, what, "upgrade Reviewer")
    packages = top.record(_TOP)["packages"].members()
    return Lock({package: _decision(package, entry) for package, entry in packages.items()})


def _decision(package: str, entry: _Field) -> Decision:
    fields = entry.record(_ENTRY, frozenset({"from", "signature", "also"}))
    decision = Decision(
        package=package,
        digest=_digest(fields["digest"]),
        verdict=fields["decision"].member_of(Verdict, "decision"),
        criteria=_criteria(fields["criteria"]),
        by=fields["by"].text(),
        at=_time(fields["at"]),
        note=fields["note"].text(),
        basis=fields["from"].text() if "from" in fields else None,
        steps={fingerprint: _step(fingerprint, step) for fingerprint, step in fields["steps"].members().items()},
        signature=_signature(fields["signature"]) if "signature" in fields else "",
    )
    return _confirmed(decision, fields["also"]) if "also" in fields else decision


def _confirmed(decision: Decision, also: _Field) -> Decision:
    if decision.verdict is not Verdict.TRUSTED:
        raise _WrongError(also.path, f"only trust can have other reviewers, and this is {decision.verdict.value}")
    entries, known, found = also.items(), {person(decision.by)}, []
    if not entries:
        raise _WrongError(also.path, "expected at least one other reviewer, found none")
    if len(entries) > MAX_OTHERS:
        raise _WrongError(also.path, f"more than {MAX_OTHERS} other reviewers")
    for entry in entries:
        fields = entry.record(_CONFIRMATION, frozenset({"signature"}))
        by = fields["by"].text()
        if person(by) in known:
            raise _WrongError(fields["by"].path, f"the reviewer {_quoted(by)} is there twice")
        known.add(person(by))
        signature = _signature(fields["signature"]) if "signature" in fields else ""
        found.append(Confirmation(by, _time(fields["at"]), fields["note"].text(), signature))
    return together(voices(decision._replace(also=tuple(found))))


def _step(fingerprint: str, entry: _Field) -> ListedStep:
    if not _FINGERPRINT.fullmatch(fingerprint):
        what = f"{_quoted(fingerprint)} is not a step's fingerprint (sha256: and 64 hexadecimal digits)"
        raise _WrongError(entry.path, what)
    fields = entry.record(_STEP)
    return ListedStep(fields["name"].text(), fields["created"].text(), _grants(fields["grants"]))


def _grants(entry: _Field) -> Grants:
    members = entry.members()
    return {
        capability: tuple(sorted({item.text() for item in allowed.items()})) for capability, allowed in members.items()
    }


def _criteria(field: _Field) -> tuple[Criteria, ...]:
    criteria = {item.member_of(Criteria, "criteria") for item in field.items()}
    if not criteria:
        raise _WrongError(field.path, "a decision needs at least one of the criteria run and ship")
    return tuple(sorted(criteria))


def _digest(field: _Field) -> str:
    text = field.text()
    if not _DIGEST.fullmatch(text):
        raise _WrongError(field.path, f"{_quoted(text)} is not a digest (sha256: and 64 hexadecimal digits)")
    return text


def _signature(field: _Field) -> str:
    text = field.text()
    if not _SIGNATURE.fullmatch(text):
        raise _WrongError(field.path, f"{_quoted(text)} is not a signature (base64 of at most 16,384 characters)")
    return text


def _time(field: _Field) -> str:
    text = field.text()
    match = _TIME.fullmatch(text)
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = map(int, match.groups())
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        raise _WrongError(field.path, f"{_quoted(text)} is not a UTC time like 2026-11-23T22:00:00Z") from None
    return text


def _quoted(text: str) -> str:
    shown = visible(text[:60])
    return f'"{shown}…"' if len(text) > 60 else f'"{shown}"'


def _kind(value: object) -> str:
    if isinstance(value, _NotJson):
        return value.name
    names = {dict: "an object", _Repeated: "an object", list: "a list", str: "text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")
