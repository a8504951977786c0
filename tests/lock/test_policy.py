"""review.toml is read strictly: a policy that was meant otherwise must not let anything pass."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria
from reviewer.lock.demands import Demand, Rule, demanded
from reviewer.lock.imports import Source
from reviewer.lock.policy import Policy, load_policy


def write(root: Path, text: str) -> Path:
    (root / "review.toml").write_text(text)
    return root


def test_without_a_file_nothing_passes(tmp_path: Path) -> None:
    assert load_policy(tmp_path) == Policy(declarative=False)


@pytest.mark.parametrize(
    ("text", "declarative"),
    [
        ("version = 1\n", False),
        ("version = 1\n[policy]\n", False),
        ('version = 1\n[policy]\ndeclarative = "review"\n', False),
        ('version = 1\n[policy]\ndeclarative = "pass"  # as agreed\n', True),
    ],
)
def test_declarative_packages_pass_where_the_project_says_so(tmp_path: Path, text: str, declarative: bool) -> None:
    assert load_policy(write(tmp_path, text)) == Policy(declarative=declarative)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "review.toml: version is missing; begin it with `version = 1`"),
        ("version = 2", "review.toml: version 2 is not known; use the Reviewer that wrote it, or `version = 1`"),
        ("version = 1.0", "review.toml: version 1.0 is not known; use the Reviewer that wrote it, or `version = 1`"),
        ("version = true", "review.toml: version True is not known; use the Reviewer that wrote it, or `version = 1`"),
        ("version = 1\npolicies = 1", "review.toml: policies is not known; known here: imports, policy, version"),
        ("version = 1\npolicy = 1", "review.toml: policy is not a table; write `[policy]` on a line of its own"),
        (
            "version = 1\n[policy]\nall = 1",
            (
                "review.toml: policy.all is not known; known here: policy.declarative, policy.packages, policy.project, "
                "policy.reviewers, policy.signed"
            ),
        ),
        (
            "version = 1\n[policy]\ndeclarative = true",
            'review.toml: policy.declarative is True; write "pass" or "review"',
        ),
        (
            "version = 1\n[policy]\nsigned = 1",
            'review.toml: policy.signed is 1; write true, false, or for what: ["run"] or ["ship"]',
        ),
        (
            'version = 1\n[policy]\nsigned = ["shop"]',
            'review.toml: policy.signed is [\'shop\']; write true, false, or for what: ["run"] or ["ship"]',
        ),
        (
            "version = 1\n[policy]\nreviewers = 0",
            "review.toml: policy.reviewers is 0; write a number from 1 to 9, or for what: { ship = 2 }",
        ),
        (
            "version = 1\n[policy]\nreviewers = true",
            "review.toml: policy.reviewers is True; write a number from 1 to 9, or for what: { ship = 2 }",
        ),
        (
            "version = 1\n[policy]\nreviewers = { all = 2 }",
            "review.toml: policy.reviewers.all is not known; known here: policy.reviewers.run, policy.reviewers.ship",
        ),
        (
            'version = 1\n[policy.packages."crypto*"]\n',
            (
                "review.toml: policy.packages.crypto* names no package, or demands nothing; "
                "give it a pattern, and signed or reviewers"
            ),
        ),
        (
            'version = 1\n[policy.packages."crypto*"]\ndeclarative = "pass"',
            (
                "review.toml: policy.packages.crypto*.declarative is not known; "
                "known here: policy.packages.crypto*.reviewers, policy.packages.crypto*.signed"
            ),
        ),
        (
            "version = 1\n[policy]\nproject = 1",
            "review.toml: policy.project is 1; write a name of at most 200 characters",
        ),
        (
            'version = 1\n[policy]\nsigned = true\n[imports.x]\npath = "x"\ncriteria = ["run"]',
            (
                "review.toml: policy demands signatures, and imports.x could be anybody's; "
                "pin its digest: `reviewer import` prints it"
            ),
        ),
        (
            "version = 1\n[policy]\ndeclarative = [",
            "review.toml: not valid TOML: Invalid value (at end of document); mend it, or remove the file",
        ),
    ],
)
def test_any_fault_is_told_exactly(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ReviewerError) as told:
        load_policy(write(tmp_path, text))
    assert str(told.value) == message


def test_what_is_demanded_for_what_and_of_which_packages(tmp_path: Path) -> None:
    text = (
        'version = 1\n[policy]\nsigned = ["ship"]\nreviewers = { ship = 2 }\nproject = "example/app"\n'
        '[policy.packages."crypto*"]\nreviewers = 3\n[policy.packages."zig:tls@*"]\nsigned = true\n'
    )
    policy = load_policy(write(tmp_path, text))
    both = (Criteria.RUN, Criteria.SHIP)
    assert policy == Policy(
        rules=(
            Rule("", (Criteria.SHIP,), 1, 2),
            Rule("crypto*", (), 3, 3),
            Rule("zig:tls@*", both),
        ),
        project="example/app",
    )

    def demand(name: str, *, ships: bool = False) -> Demand:
        return demanded(policy.rules, f"zig:{name}@1#{name}-x", name, ships=ships)

    assert demand("zlib") == Demand()
    assert demand("zlib", ships=True) == Demand(signed=True, reviewers=2)
    assert demand("cryptobox") == Demand(reviewers=3)
    assert demand("tls") == Demand(signed=True)
    assert demand("cryptobox", ships=True) == Demand(signed=True, reviewers=3)


def test_imports_name_where_from_and_what_is_accepted(tmp_path: Path) -> None:
    pin = "sha256:" + "a" * 64
    text = (
        'version = 1\n[imports.near]\npath = "../near"\ncriteria = ["run"]\n'
        '[imports.git]\ngit = "https://example.org/x.git"\nrevision = "v1"\nfolder = "app/zig"\ncriteria = ["ship", "run"]\n'
        f'[imports.web]\nurl = "https://example.org/review.lock"\ncriteria = ["ship"]\ndigest = "{pin}"\n'
    )
    run, ship = Criteria.RUN, Criteria.SHIP
    assert load_policy(write(tmp_path, text)).imports == (
        Source("near", (run,), path="../near"),
        Source("git", (run, ship), git="https://example.org/x.git", revision="v1", folder="app/zig"),
        Source("web", (ship,), url="https://example.org/review.lock", digest=pin),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('criteria = ["run"]', "imports.x names no source, or several; give it one of path, git and url"),
        ('path = "a"\nurl = "https://b"', "imports.x names no source, or several; give it one of path, git and url"),
        ('git = "https://a"', "imports.x needs both git and revision, or neither; name the branch, tag or commit"),
        ('path = "a"', 'imports.x.criteria is None; write what is accepted from it: ["run"] or ["ship"]'),
        ('path = "a"\ncriteria = []', 'imports.x.criteria is []; write what is accepted from it: ["run"] or ["ship"]'),
        (
            'path = "a"\ncriteria = ["all"]',
            'imports.x.criteria is [\'all\']; write what is accepted from it: ["run"] or ["ship"]',
        ),
        ('url = "http://a"', "imports.x.url is 'http://a'; begin it with https://"),
        (
            'git = "--upload-pack=x"\nrevision = "a"',
            "imports.x begins with a dash, as an option of git would; write the address or revision itself",
        ),
        (
            'path = "a"\nfolder = "b"',
            "imports.x.folder is 'b'; name a folder inside the git repository, as in a/b",
        ),
        (
            'git = "https://a"\nrevision = "b"\nfolder = "../b"',
            "imports.x.folder is '../b'; name a folder inside the git repository, as in a/b",
        ),
        ('path = "a"\ndigest = "a"', "imports.x.digest is 'a'; `reviewer import` prints it"),
        ("path = 1", "imports.x.path is 1; write it as text"),
        (
            'path = "a"\ntrust = true',
            (
                "imports.x.trust is not known; known here: imports.x.criteria, imports.x.digest, imports.x.folder, imports.x.git, "
                "imports.x.path, imports.x.revision, imports.x.url"
            ),
        ),
    ],
)
def test_an_import_that_is_not_plain_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(ReviewerError) as told:
        load_policy(write(tmp_path, f"version = 1\n[imports.x]\n{lines}\n"))
    assert str(told.value) == f"review.toml: {message}"


@pytest.mark.parametrize("name", ['"../x"', '""', '"a b"', '".x"'])
def test_an_import_cannot_be_kept_outside_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReviewerError, match="is not a name"):
        load_policy(write(tmp_path, f'version = 1\n[imports.{name}]\npath = "a"\ncriteria = ["run"]\n'))


def test_a_file_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "review.toml").write_text('version = 1\n[policy]\ndeclarative = "pass"\n')
    (tmp_path / "app/review.toml").symlink_to("../review.toml")
    with pytest.raises(ReviewerError):
        load_policy(tmp_path / "app")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200).map(lambda text: f"version = 1\n{text}"))
def test_no_odd_text_lets_anything_pass(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.toml").write_text(text, errors="replace", newline="")
    try:
        assert load_policy(tmp_path) == Policy()
    except ReviewerError as error:
        assert str(error).isprintable()
