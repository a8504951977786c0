"""A package shown in a cache that the run writes: by a link, which nothing may replace unnoticed."""

from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox.policy import Bind, Network, Policy
from reviewer.sandbox.run import run
from tests.sandbox.conftest import Caller


def policy_of(caller: Caller) -> Policy:
    place = caller.out / "p" / "package"
    caller.do(lambda: place.mkdir(parents=True))
    return Policy(
        read_only=(Bind(caller.project, place),), writable=(Bind(caller.out, caller.out),), workdir=caller.out
    )


def shell(caller: Caller, policy: Policy, script: str) -> bytes:
    return caller.do(lambda: run(policy, ("/bin/sh", "-c", script), sandbox=caller.sandbox)).stdout


def test_a_package_is_read_where_it_is_shown_and_nothing_stays(caller: Caller) -> None:
    policy = policy_of(caller)
    script = "cat p/package/build.zig; touch p/package/new; : >p/other; mkdir q; mv p/other q/; ls p"
    assert shell(caller, policy, script) == b"shownpackage\n"
    place = caller.out / "p" / "package"
    assert place.is_dir()
    assert not place.is_symlink()
    assert not (caller.project / "new").exists()
    assert shell(caller, policy, "cat p/package/build.zig") == b"shown"


@pytest.mark.parametrize(
    "attack",
    [
        "rm p/package; mkdir p/package; echo mine >p/package/build.zig",
        "mv p/package x; mkdir p/package; cat p/package/x; rmdir p/package; mv x p/package",
        "mv p x; mkdir -p p/package; rm -r p; mv x p",
        "ln -s /usr y; mv -T y p/package",
        "touch -h p/package",
        "ln p/package x; rm x",
    ],
    ids=["removed", "moved away and back", "its folder moved away and back", "replaced", "touched", "another name"],
)
def test_a_run_that_replaces_what_it_is_shown_is_not_believed(caller: Caller, attack: str) -> None:
    policy = policy_of(caller)
    with pytest.raises(ReviewerError, match="replaced what it was only shown"):
        shell(caller, policy, attack)
    assert (caller.project / "build.zig").read_text() == "shown"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (lambda caller: Policy(read_only=(Bind(caller.project, Path("/srv/p")),)), "without mounts"),
        (
            lambda caller: Policy(
                read_only=(Bind(caller.project, caller.project),), writable=(Bind(caller.room, caller.room),)
            ),
            "kept from writing without mounts",
        ),
        (lambda caller: Policy(network=Network.UNIX), "needs namespaces"),
        (lambda caller: Policy(network=Network.GATED), "needs namespaces"),
    ],
    ids=["elsewhere", "read-only in what may be written", "unix sockets", "granted connections"],
)
def test_what_it_cannot_give_is_refused_with_the_cure(caller: Caller, wanted: object, reason: str) -> None:
    assert callable(wanted)
    with pytest.raises(ReviewerError, match=reason) as refusal:
        caller.do(lambda: run(wanted(caller), ("/bin/touch", str(caller.out / "ran")), sandbox=caller.sandbox))
    assert "bubblewrap" in refusal.value.cure
    assert not (caller.out / "ran").exists()
