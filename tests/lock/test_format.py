"""review.lock is exactly the contract, reads back as what was written, and says where it is damaged."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.lock import format as lock_format
from reviewer.lock.decision import Confirmation, Criteria, Decision, ListedStep, Lock, Verdict
from reviewer.lock.format import canonical, parse, render
from tests.lock.strategies import locks

DIGEST = "sha256:" + "0" * 63 + "a"
FINGERPRINT = "sha256:" + "b" * 64

EXAMPLE = Lock(
    {
        "zig:super@0.1.0#deps/super": Decision(
            package="zig:super@0.1.0#deps/super",
            digest=DIGEST,
            verdict=Verdict.TRUSTED,
            criteria=(Criteria.SHIP, Criteria.RUN),
            by="Ada <ada@example.org>",
            at="2026-11-23T22:00:00Z",
            note="prints one line — harmless",
            basis="zig:super@0.0.9#deps/super",
            steps={
                FINGERPRINT: ListedStep(
                    "run exe evil", "build.zig:7", {"net.out": ("b.org:443", "a.org:80"), "fs.read": ()}
                )
            },
        )
    }
)

WRITTEN = f"""{{
  "packages": {{
    "zig:super@0.1.0#deps/super": {{
      "at": "2026-11-23T22:00:00Z",
      "by": "Ada <ada@example.org>",
      "criteria": [
        "run",
        "ship"
      ],
      "decision": "trusted",
      "digest": "{DIGEST}",
      "from": "zig:super@0.0.9#deps/super",
      "note": "prints one line — harmless",
      "steps": {{
        "{FINGERPRINT}": {{
          "created": "build.zig:7",
          "grants": {{
            "fs.read": [],
            "net.out": [
              "a.org:80",
              "b.org:443"
            ]
          }},
          "name": "run exe evil"
        }}
      }}
    }}
  }},
  "version": 1
}}
"""


def refusal(text: str | bytes) -> ReviewerError:
    with pytest.raises(ReviewerError) as caught:
        parse(text.encode() if isinstance(text, str) else text, where="review.lock")
    assert caught.value.cure
    assert str(caught.value).isprintable()
    return caught.value


def line_of(needle: str) -> int:
    return WRITTEN[: WRITTEN.index(needle)].count("\n") + 1


def test_the_file_is_exactly_the_contract() -> None:
    assert render(EXAMPLE).decode() == WRITTEN


def test_an_empty_lock_is_a_file_too() -> None:
    assert render(Lock()) == b'{\n  "packages": {},\n  "version": 1\n}\n'
    assert parse(render(Lock()), where="review.lock") == Lock()


def test_without_basis_and_grants() -> None:
    decision = Decision(
        package="p",
        digest=DIGEST,
        verdict=Verdict.DEFERRED,
        by="Ada",
        at="2026-11-23T22:00:00Z",
        steps={FINGERPRINT: ListedStep("run", "build.zig:1")},
    )
    entry = json.loads(render(Lock({"p": decision})))["packages"]["p"]
    assert "from" not in entry
    assert entry["steps"][FINGERPRINT]["grants"] == {}


@given(locks)
def test_what_was_written_reads_back(lock: Lock) -> None:
    written = render(lock)
    again = parse(written, where="review.lock")
    assert again == lock
    assert render(again) == written


@given(locks)
def test_equal_content_gives_equal_bytes_whatever_the_order(lock: Lock) -> None:
    assert render(Lock(dict(reversed(list(lock.decisions.items()))))) == render(lock)


@given(locks)
def test_any_json_reader_reads_it(lock: Lock) -> None:
    value = json.loads(render(lock).decode("utf-8"))
    assert value["version"] == 1
    assert value["packages"].keys() == lock.decisions.keys()


def test_grants_and_criteria_are_sets() -> None:
    assert canonical(EXAMPLE) == parse(WRITTEN.encode(), where="review.lock")


def test_what_a_diff_would_hide_is_written_as_an_escape() -> None:
    note = "safe \u202e\u200b\x7f\x9b\u2028\ufeff\U000e0041"
    decision = Decision(
        package="p", digest=DIGEST, verdict=Verdict.TRUSTED, by="", at="2026-11-23T22:00:00Z", note=note
    )
    written = render(Lock({"p": decision}))
    assert rb"safe \u202e\u200b\u007f\u009b\u2028\ufeff\udb40\udc41" in written
    assert parse(written, where="review.lock").decisions["p"].note == note


def test_a_name_that_is_not_text_cannot_be_written() -> None:
    decision = Decision(package="p\udcff", digest=DIGEST, verdict=Verdict.TRUSTED, by="", at="2026-11-23T22:00:00Z")
    with pytest.raises(ReviewerError, match="not valid Unicode"):
        render(Lock({"p\udcff": decision}))


@given(st.binary())
def test_rubbish_is_refused_and_nothing_worse(data: bytes) -> None:
    refusal(data)


@given(st.data())
def test_a_damaged_file_is_refused_or_is_another_lock(data: st.DataObject) -> None:
    whole = WRITTEN.encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    damaged = whole[:start] + data.draw(st.binary(max_size=4)) + whole[end:]
    try:
        lock = parse(damaged, where="review.lock")
    except ReviewerError as error:
        assert re.fullmatch(r"review\.lock(:\d+(:\d+)?)?", error.where)
    else:
        assert canonical(lock) == lock


@given(st.integers(0, len(WRITTEN.encode()) - 3))
def test_a_truncated_file_is_refused(length: int) -> None:
    error = refusal(WRITTEN.encode()[:length])
    assert "too early" in error.what or "UTF-8" in error.what


def test_conflict_markers_say_to_resolve_the_merge() -> None:
    ours = '      "decision": "trusted",\n'
    theirs = ours.replace("trusted", "rejected")
    text = WRITTEN.replace(ours, f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> upgrade\n")
    error = refusal(text)
    assert error.where == f"review.lock:{line_of(ours)}"
    assert "conflict markers" in error.what
    assert "resolve the merge" in error.cure
    assert "conflict markers" in refusal(text.replace("\n", "\r\n")).what


def test_a_note_that_looks_like_a_conflict_is_a_note() -> None:
    text = WRITTEN.replace("prints one line — harmless", "<<<<<<< HEAD")
    assert next(iter(parse(text.encode(), where="").decisions.values())).note == "<<<<<<< HEAD"


@pytest.mark.parametrize("version", ["2", "0", "-1", "99999999999999999999"])
def test_another_version_says_which_and_to_upgrade(version: str) -> None:
    error = refusal('{"packages": [],\n"new": 1,\n "version": ' + version + "}")
    assert f"version {version} " in error.what
    assert error.where == "review.lock:3:13"
    assert error.cure == "upgrade Reviewer"


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ('"version": 1', '"version": "1"', '"version"', "expected a version number, found text"),
        ('"version": 1', '"version": true', '"version"', "found true or false"),
        ('"version": 1', '"version": 1.0', '"version"', "found a number"),
        ('"version": 1', '"version": NaN', '"version"', "found NaN"),
        ('"version": 1', '"version": -Infinity', '"version"', "found -Infinity"),
        ('"version": 1', '"version": 1, "extra": 1', '"version"', 'unknown key "extra"'),
        ('"trusted"', '"approved"', '"decision"', 'unknown decision "approved"'),
        ('"trusted"', '"Trusted"', '"decision"', 'unknown decision "Trusted"'),
        ('"trusted"', "null", '"decision"', "expected text, found null"),
        ('"trusted"', "{}", '"decision"', "expected text, found an object"),
        ('"ship"', '"deploy"', '"ship"', 'unknown criteria "deploy"'),
        ('"ship"', "[]", '"ship"', "expected text, found a list"),
        (DIGEST, "sha256:0", '"digest"', "not a digest"),
        (DIGEST, DIGEST.upper(), '"digest"', "not a digest"),
        (DIGEST, DIGEST + "\\n", '"digest"', "not a digest"),
        (FINGERPRINT, "read:" + "b" * 64, FINGERPRINT, "not a step's fingerprint"),
        ("2026-11-23T22:00:00Z", "2026-11-23T22:00:00+00:00", '"at"', "not a UTC time"),
        ("2026-11-23T22:00:00Z", "2026-02-30T22:00:00Z", '"at"', "not a UTC time"),
        ("2026-11-23T22:00:00Z", "0000-01-01T00:00:00Z", '"at"', "not a UTC time"),
        ("2026-11-23T22:00:00Z", "٢٠٢٦-11-23T22:00:00Z", '"at"', "not a UTC time"),
        ('"zig:super@0.0.9#deps/super"', "null", '"from"', "expected text, found null"),
        ('"run exe evil"', "7", '"run exe evil"', "expected text, found a number"),
        ('"fs.read": []', '"fs.read": "all"', '"fs.read"', "expected a list, found text"),
        ('"name": "run exe evil"', '"name": "run exe evil", "sudo": true', '"name"', 'unknown key "sudo"'),
        ('"note"', '"notes"', '"note"', 'unknown key "notes"'),
        ("harmless", "harmless \\ud800", '"note"', "not valid Unicode"),
        ('"zig:super@0.1.0#deps/super"', '"\\udc80"', '"zig:super@0.1.0#deps/super"', "not valid Unicode"),
        ('"fs.read": []', '"fs.read": [], "fs.read": []', '"fs.read"', 'the key "fs.read" is there twice'),
        ('"decision": "trusted"', '"decision": "rejected", "decision": "trusted"', '"decision"', "twice"),
    ],
)
def test_each_kind_of_damage_names_its_line(old: str, new: str, at: str, what: str) -> None:
    assert WRITTEN.count(old) == 1
    error = refusal(WRITTEN.replace(old, new))
    assert what in error.what
    assert error.where.startswith(f"review.lock:{line_of(at)}:")


def test_a_missing_key_names_the_line_of_its_entry() -> None:
    error = refusal(WRITTEN.replace(f'      "digest": "{DIGEST}",\n', ""))
    assert error.what == '"digest" is missing'
    assert error.where == "review.lock:3:35"
    assert refusal("{}").what == '"version" is missing'
    assert refusal('{"version": 1}').what == '"packages" is missing'


def test_two_entries_for_one_package_are_refused() -> None:
    entry = json.dumps(json.loads(WRITTEN)["packages"]["zig:super@0.1.0#deps/super"])
    rejected = entry.replace('"trusted"', '"rejected"')
    error = refusal(f'{{"packages": {{\n"p": {rejected},\n"q": {entry},\n"p": {entry}}},\n"version": 1}}')
    assert 'the key "p" is there twice' in error.what
    assert error.where.startswith("review.lock:4:")


OTHER = {"by": "Ben <ben@example.org>", "at": "2026-11-24T22:00:00Z", "note": "so did I"}


def with_others(*others: object, **changes: object) -> str:
    value = json.loads(WRITTEN)
    for entry in value["packages"].values():
        entry.update(changes, also=list(others))
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_other_reviewers_are_written_beside_the_first() -> None:
    text = with_others(OTHER)
    (decision,) = parse(text.encode(), where="review.lock").decisions.values()
    assert decision.also == (Confirmation(**OTHER),)
    assert render(Lock({decision.package: decision})).decode() == text
    # Whoever came first is the one of the entry itself, however the file was edited.
    early = {**OTHER, "at": "2001-01-01T00:00:00Z"}
    (decision,) = parse(with_others(early).encode(), where="review.lock").decisions.values()
    assert (decision.by, len(decision.also)) == (OTHER["by"], 1)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (with_others(), "expected at least one other reviewer, found none"),
        (with_others(*({**OTHER, "by": f"{n}"} for n in range(64))), "more than 63 other reviewers"),
        (with_others(OTHER, OTHER), 'the reviewer "Ben <ben@example.org>" is there twice'),
        (with_others({**OTHER, "by": "Somebody Else <ADA@example.org>"}, by="Ada <ada@example.org>"), "is there twice"),
        (with_others(OTHER, decision="rejected"), "only trust can have other reviewers, and this is rejected"),
        (with_others(1), "expected an object, found a number"),
        (with_others({**OTHER, "decision": "rejected"}), 'unknown key "decision"'),
        (with_others({"by": "Ben"}), '"at" is missing'),
        (with_others({**OTHER, "signature": "?"}), "is not a signature"),
    ],
)
def test_no_reviewer_is_counted_twice_or_guessed_at(text: str, what: str) -> None:
    assert what in refusal(text).what


def test_criteria_may_not_be_empty() -> None:
    text = json.dumps(json.loads(WRITTEN)).replace('["run", "ship"]', "[]")
    assert "at least one" in refusal(text).what


@pytest.mark.parametrize(
    ("data", "what", "where"),
    [
        (b"\xef\xbb\xbf{}", "byte order mark", "review.lock:1:1"),
        ('{"packages": {}}'.encode("utf-16"), "not UTF-8", "review.lock:1:1"),
        (b'{\n "\xc3\xa4 \xff": 1}', "not UTF-8", "review.lock:2:5"),
        (b"", "too early", "review.lock:1:1"),
        (b"\n\n", "too early", "review.lock:3:1"),
        (b"[]", "expected an object, found a list", "review.lock:1:1"),
        (b"[" * 500_000, "nested too deeply", "review.lock"),
        (b'{"version": ' + b"9" * 5000 + b"}", "absurdly long number", "review.lock"),
        (b'{"version": 1,}', "not JSON", "review.lock:1:15"),
    ],
)
def test_hostile_files_are_refused(data: bytes, what: str, where: str) -> None:
    error = refusal(data)
    assert what in error.what
    assert error.where == where


def test_an_absurd_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_format, "MAX_BYTES", 1 << 20)
    assert "larger than 1 MB" in refusal(b" " * ((1 << 20) + 1)).what


def test_messages_show_hostile_text_as_what_it_is() -> None:
    error = refusal('{"version": 1, "packages": {}, "\\u001b[31m\\u202e' + "x" * 1000 + '": 1}')
    assert "<U+001B>[31m<U+202E>" in error.what
    assert len(error.what) < 120


def test_reading_a_lock_loads_little() -> None:
    ask = "import sys, reviewer.lock.storage; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "reviewer.lock.format" in loaded
    assert loaded.isdisjoint({"filelock", "platformdirs", "tempfile", "hashlib", "logging", "asyncio", "networkx"})
