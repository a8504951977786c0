"""A report is handed to people and programs that never saw the project: it says the same, and nothing in it can act on them."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.lock.decision import Criteria, Decision, ListedStep, Verdict
from reviewer.lock.status import Status
from reviewer.model.graph import Problem, Severity
from reviewer.report.contents import Report, ReportFinding, ReportPackage, ReportStep
from reviewer.report.formats import Format, render
from reviewer.review.behind import Behind
from tests.cli.test_story import run, trust_all

EVIL = "</style></code>\"'><script>alert(1)</script><img src=x onerror=alert(1)> \x1b[31m\u202e @everyone #1 https://evil.example `|`"

TEXTS = st.text("`a \\|<@", min_size=1, max_size=20) | st.text(min_size=1, max_size=60) | st.just(EVIL)
VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


def report_of(text: str) -> Report:
    """A report in which everything that a project, a lock or a commit can say is this text."""
    decision = Decision(
        package=text,
        digest="sha256:" + "1" * 64,
        verdict=Verdict.TRUSTED,
        by=text,
        at="2026-11-23T22:00:00Z",
        criteria=(Criteria.SHIP,),
        note=text,
        basis=text,
        steps={"sha256:" + "2" * 64: ListedStep(text, text, {text: (text,)})},
    )
    package = ReportPackage(
        id=text,
        name=text,
        version=text,
        digest="sha256:" + "3" * 64,
        source=text,
        status=Status.CHANGED,
        reason=text,
        decision=decision,
        behind=(Behind(text, text), Behind(text, text, alarm=True)),
        imported=text,
        lines_left=1_234,
        steps=(ReportStep(text, True, text, text, Status.CHANGED),),
        findings=(ReportFinding(text, text, text),),
        more_findings=7,
        dependencies=(text,),
    )
    own = package._replace(id=f"{text} own", status=Status.OWN, decision=None)
    problem = Problem(Severity.WARNING, text, text)
    return Report(text, text, "read", text, "build blocked: 1 needs review", 1, (package, own), (problem,), (text,))


class Tags(HTMLParser):
    """The elements and attributes that a browser would see, and the text that it would show."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def trusted(demo: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    trust_all(capsys, demo, "read")
    assert run(capsys, "reject", "super", "--project", demo, "--evidence", "read", "--note", "hides it")[0] == 0
    return demo


@pytest.mark.parametrize("wanted", Format)
def test_each_format_tells_the_verdict_each_package_and_each_decision(
    trusted: Path, wanted: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "export", trusted, "--evidence", "read", "--format", wanted)
    assert code == 0
    assert "build blocked: 1 rejected" in out
    for told in ("super", "ring-buffer", "event-loop", "unicode-tables", "run exe helper", "hides it", "hidden"):
        assert told in out
    assert str(trusted.parent) not in out, "a report says nothing about this machine"
    assert run(capsys, "export", trusted, "--evidence", "read", "--format", wanted)[1] == out


def test_what_is_worst_comes_first_as_in_the_queue(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "export", demo, "--evidence", "read", "--format", "markdown")
    names = re.findall(r"^- `([\w-]+) ", out, re.MULTILINE)
    assert names[0] == "super", "it hides a run step"
    assert "hides 1 run step “run exe helper” from the project's own build code" in out


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_equal_reviews_give_equal_reports(text: str) -> None:
    for wanted in Format:
        assert render(report_of(text), wanted) == render(report_of(text), wanted)


def test_the_page_stands_alone() -> None:
    page = render(report_of("x"), Format.HTML)
    found = Tags(page)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(found.tags)
    assert [value for name, value in found.attributes if name == "href"] == ["#p0", "#p1"]
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "style")]
    assert "default-src 'none'" in page
    assert "@import" not in page
    assert "url(" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


@given(TEXTS)
def test_what_a_project_says_is_only_ever_text(text: str) -> None:
    plain, odd = Tags(render(report_of("x"), Format.HTML)), Tags(render(report_of(text), Format.HTML))
    assert odd.tags == plain.tags
    assert odd.attributes == plain.attributes


def test_what_cannot_be_seen_is_written_out() -> None:
    for wanted in Format:
        out = render(report_of(EVIL), wanted)
        assert "\x1b" not in out
        assert "\u202e" not in out
        assert "U+202E" in out


@given(TEXTS)
def test_in_markdown_it_stays_inside_code(text: str) -> None:
    """Taken apart as CommonMark does: runs of backticks open and close code spans; what is outside is ours."""
    for line in render(report_of(text), Format.MARKDOWN).splitlines():
        outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert re.fullmatch(r"[\w ,.:*#()▶-]*", outside), line


@settings(max_examples=20, deadline=None)
@given(TEXTS)
def test_the_bill_of_materials_is_valid(text: str) -> None:
    out = render(report_of(text), Format.CYCLONEDX)
    assert VALIDATOR.validate_str(out) is None


def test_the_bill_of_materials_has_the_decisions_and_who_needs_whom(
    trusted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "export", trusted, "--evidence", "read", "--format", "cyclonedx")
    assert VALIDATOR.validate_str(out) is None
    bill = json.loads(out)
    assert bill["specVersion"] == "1.6"
    (component,) = [found for found in bill["components"] if found["name"] == "super"]
    properties = {found["name"]: found["value"] for found in component["properties"]}
    assert properties["reviewer:decision"] == "rejected"
    assert properties["reviewer:decision:note"] == "hides it"
    assert properties["reviewer:digest"] == properties["reviewer:decision:digest"]
    needs = {found["ref"]: found.get("dependsOn", []) for found in bill["dependencies"]}
    assert component["bom-ref"] in needs[bill["metadata"]["component"]["bom-ref"]]
