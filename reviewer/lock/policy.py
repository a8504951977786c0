"""`review.toml`: what a project lets pass without a decision of its own. Written by people, beside review.lock; never by Reviewer.

    version = 1

    [policy]
    declarative = "pass"    # or "review", as without the file

`pass`: packages whose build code is proven declarative, and of which no run step executes or reads anything, pass criterion `run` unread.
"""

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.content.read import read_source
from reviewer.content.text import visible
from reviewer.errors import ReviewerError

POLICY_FILE = "review.toml"
_MAX_BYTES = 1 << 20


class Policy(NamedTuple):
    """What passes without a decision."""

    declarative: bool = False


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
    _only(value, {"version", "policy"}, "")
    if "version" not in value:
        raise _fault("version is missing", "begin it with `version = 1`")
    if value["version"] != 1 or type(value["version"]) is not int:
        raise _fault(
            f"version {_shown(value['version'])} is not known", "use the Reviewer that wrote it, or `version = 1`"
        )
    policy = value.get("policy", {})
    if not isinstance(policy, dict):
        raise _fault("policy is not a table", "write `[policy]` on a line of its own")
    _only(policy, {"declarative"}, "policy.")
    declarative = policy.get("declarative", "review")
    if declarative not in ("pass", "review"):
        raise _fault(f"policy.declarative is {_shown(declarative)}", 'write "pass" or "review"')
    return Policy(declarative=declarative == "pass")


def _only(value: Mapping[str, Any], known: Set[str], before: str) -> None:
    for key in value:
        if key not in known:
            names = ", ".join(f"{before}{name}" for name in sorted(known))
            raise _fault(f"{before}{visible(key[:80])} is not known", f"known here: {names}")


def _shown(value: object) -> str:
    return visible(repr(value)[:80])


def _fault(what: str, cure: str = "") -> ReviewerError:
    return ReviewerError(what, where=POLICY_FILE, cure=cure)
