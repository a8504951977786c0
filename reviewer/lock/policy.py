"""`review.toml`: what a project lets pass without a decision of its own. Written by people, beside review.lock; never by Reviewer.

    version = 1

    [policy]
    declarative = "pass"    # or "review", as without the file
    signed = true           # trust counts only if it is signed (`reviewer lock sign`) by a key that review.signers lists;
                            # ["ship"]: trust to ship only
    reviewers = 2           # trust counts only of so many different people; { ship = 2 }: trust to ship only. Without `signed`
                            # that is as good as whoever may change review.lock: names can be written by anybody
    project = "example/app" # signatures are made for this project, and those made for another do not fit

    [policy.packages."crypto*"]  # the same for some packages, by name or id (*, ?, [abc]); of all that fit the strictest holds
    reviewers = 2                # they never pass unread

    [imports.NAME]          # the review.lock of another project; its decisions count at the same content only
    path = "../other"       # a folder, or: git = "https://…" with revision = "…" and perhaps folder = "…", or: url = "https://…/review.lock"
    criteria = ["run"]      # what is accepted from it: run, ship
    digest = "sha256:…"     # optional: the copy (made by `reviewer import`) that counts, and no other

Trust that claims more than it has behind it does not count at all: a trust to ship that lacks what is demanded to ship is no trust to run.

`pass`: packages whose build code is proven declarative, and of which no run step executes or reads anything, pass criterion `run` unread.
"""

import re
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.content.read import read_source
from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria
from reviewer.lock.demands import Rule, loose_import
from reviewer.lock.imports import Source

POLICY_FILE = "review.toml"
_MAX_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_KINDS = ("path", "git", "url")
_IMPORT = frozenset({*_KINDS, "revision", "folder", "criteria", "digest"})
_MOST_REVIEWERS = 9
_MAX_NAME = 200


class Policy(NamedTuple):
    """What passes without a decision, whose decisions count, and what they need. `project`: what signatures are made for, or empty."""

    declarative: bool = False
    imports: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    project: str = ""

    @property
    def signed(self) -> bool:
        """Whether any signature is demanded."""
        return any(rule.signed for rule in self.rules)

    @property
    def several(self) -> bool:
        """Whether more than one reviewer is demanded anywhere."""
        return any(max(rule.run, rule.ship) > 1 for rule in self.rules)


def load_policy(root: Path) -> Policy:
    """The policy of the project in this folder; without a review.toml nothing passes. Raises ReviewerError for any fault in it."""
    import tomllib  # few projects have one, and looking should start fast

    path = root / POLICY_FILE
    if not path.is_symlink() and not path.exists():
        return Policy()
    text = read_source(root, POLICY_FILE, _MAX_BYTES)
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _fault(f"not valid TOML: {visible(str(error))[:200]}", "mend it, or remove the file") from error
    _only(value, {"version", "policy", "imports"}, "")
    if "version" not in value:
        raise _fault("version is missing", "begin it with `version = 1`")
    if value["version"] != 1 or type(value["version"]) is not int:
        raise _fault(
            f"version {_shown(value['version'])} is not known", "use the Reviewer that wrote it, or `version = 1`"
        )
    policy = value.get("policy", {})
    if not isinstance(policy, dict):
        raise _fault("policy is not a table", "write `[policy]` on a line of its own")
    _only(policy, {"declarative", "signed", "reviewers", "project", "packages"}, "policy.")
    declarative, project = policy.get("declarative", "review"), policy.get("project", "")
    if declarative not in ("pass", "review"):
        raise _fault(f"policy.declarative is {_shown(declarative)}", 'write "pass" or "review"')
    if not (isinstance(project, str) and project.isprintable() and len(project) <= _MAX_NAME):
        raise _fault(f"policy.project is {_shown(project)}", f"write a name of at most {_MAX_NAME} characters")
    rules, imports = _rules(policy), _imports(value.get("imports", {}))
    if loose := [source for source in imports if not source.digest and loose_import(rules, source.criteria)]:
        what = f"policy demands signatures, and imports.{loose[0].name} could be anybody's"
        raise _fault(what, "pin its digest: `reviewer import` prints it")
    return Policy(declarative == "pass", imports, rules, project)


def _rules(policy: Mapping[str, Any]) -> tuple[Rule, ...]:
    """One for all packages, where something is demanded of all, then those for some."""
    packages = policy.get("packages", {})
    if not isinstance(packages, dict):
        raise _fault("policy.packages is not a table", 'write `[policy.packages."NAME"]` on a line of its own')
    general, rules = _rule("", policy, "policy"), []
    for pattern, table in packages.items():
        at = f"policy.packages.{visible(pattern[:80])}"
        if not isinstance(table, dict):
            raise _fault(
                f"{at} is not a table", f'write `[policy.packages."{visible(pattern[:80])}"]` on a line of its own'
            )
        _only(table, {"signed", "reviewers"}, f"{at}.")
        if not pattern or not table:
            raise _fault(f"{at} names no package, or demands nothing", "give it a pattern, and signed or reviewers")
        rules.append(_rule(pattern, table, at))
    return ((general,) if general != Rule() else ()) + tuple(rules)


def _rule(pattern: str, table: Mapping[str, Any], at: str) -> Rule:
    signed, reviewers = table.get("signed", False), table.get("reviewers", 1)
    if isinstance(signed, bool):
        demanding = tuple(Criteria) if signed else ()
    elif isinstance(signed, list) and signed and all(word in list(Criteria) for word in signed):
        demanding = tuple(sorted({Criteria(word) for word in signed}))
    else:
        raise _fault(f"{at}.signed is {_shown(signed)}", 'write true, false, or for what: ["run"] or ["ship"]')
    numbers = reviewers if isinstance(reviewers, dict) else {criteria.value: reviewers for criteria in Criteria}
    _only(numbers, set(Criteria), f"{at}.reviewers.")
    for number in numbers.values():
        if type(number) is not int or not 1 <= number <= _MOST_REVIEWERS:
            cure = f"write a number from 1 to {_MOST_REVIEWERS}, or for what: {{ ship = 2 }}"
            raise _fault(f"{at}.reviewers is {_shown(number)}", cure)
    return Rule(pattern, demanding, **numbers)


def _imports(value: object) -> tuple[Source, ...]:
    if not isinstance(value, dict):
        raise _fault("imports is not a table", "write `[imports.NAME]` on a line of its own")
    return tuple(_import(name, table) for name, table in value.items())


def _import(name: str, table: object) -> Source:
    if not _NAME.fullmatch(name):
        raise _fault(f"imports: {_shown(name)} is not a name", "use up to 64 letters, digits, - and _")
    at = f"imports.{name}"
    if not isinstance(table, dict):
        raise _fault(f"{at} is not a table", f"write `[{at}]` on a line of its own")
    _only(table, _IMPORT, f"{at}.")
    for key in _IMPORT - {"criteria"}:
        if key in table and not (isinstance(table[key], str) and table[key] and table[key].isprintable()):
            raise _fault(f"{at}.{key} is {_shown(table[key])}", "write it as text")
    if sum(kind in table for kind in _KINDS) != 1:
        raise _fault(f"{at} names no source, or several", "give it one of path, git and url")
    if ("git" in table) != ("revision" in table):
        raise _fault(f"{at} needs both git and revision, or neither", "name the branch, tag or commit")
    if "folder" in table and ("git" not in table or not _stays_inside(table["folder"])):
        raise _fault(f"{at}.folder is {_shown(table['folder'])}", "name a folder inside the git repository, as in a/b")
    if "url" in table and not table["url"].startswith("https://"):
        raise _fault(f"{at}.url is {_shown(table['url'])}", "begin it with https://")
    if any(table.get(key, "").startswith("-") for key in ("git", "revision")):
        raise _fault(f"{at} begins with a dash, as an option of git would", "write the address or revision itself")
    if "digest" in table and not _DIGEST.fullmatch(table["digest"]):
        raise _fault(f"{at}.digest is {_shown(table['digest'])}", "`reviewer import` prints it")
    criteria = table.get("criteria")
    if not isinstance(criteria, list) or not criteria or not all(word in list(Criteria) for word in criteria):
        raise _fault(f"{at}.criteria is {_shown(criteria)}", 'write what is accepted from it: ["run"] or ["ship"]')
    texts = {key: table[key] for key in _IMPORT - {"criteria"} if key in table}
    return Source(name=name, criteria=tuple(sorted(Criteria(word) for word in criteria)), **texts)


def _stays_inside(folder: str) -> bool:
    return all(part not in ("", ".", "..") for part in folder.split("/")) and ":" not in folder and "\\" not in folder


def _only(value: Mapping[str, Any], known: Set[str], before: str) -> None:
    for key in value:
        if key not in known:
            names = ", ".join(f"{before}{name}" for name in sorted(known))
            raise _fault(f"{before}{visible(key[:80])} is not known", f"known here: {names}")


def _shown(value: object) -> str:
    return visible(repr(value)[:80])


def _fault(what: str, cure: str = "") -> ReviewerError:
    return ReviewerError(what, where=POLICY_FILE, cure=cure)
