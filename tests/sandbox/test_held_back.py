"""A step's environment steers the step, and nothing that starts it, looks after it or watches it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.progress import Progress
from reviewer.sandbox.kinds import BubblewrapSandbox, Sandbox
from reviewer.sandbox.observe import observe
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.run import Streams, run
from tests.sandbox.conftest import sandbox_of

_LIBRARY = r"""
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>
__attribute__((constructor)) static void begin(void) {
    char name[17] = {0};
    int out = open("OUT/ran", O_CREAT | O_WRONLY | O_APPEND, 0644);
    prctl(PR_GET_NAME, name);
    dprintf(out, "%s\n", name);
    close(out);
}
"""


@pytest.fixture
def library(room: Path) -> Path:
    """One that writes down the program of every process that it comes into."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    source, made = room / "ran.c", room / "project" / "ran.so"
    source.write_text(_LIBRARY.replace("OUT", str(room / "out")))
    subprocess.run([compiler, "-shared", "-fPIC", "-w", "-o", made, source], check=True)
    return made


def policy(room: Path, library: Path, *shown: Bind) -> Policy:
    out = room / "out"
    return Policy(
        read_only=(Bind(library, library), *shown),
        writable=(Bind(out, out),),
        workdir=out,
        environment={"LD_PRELOAD": str(library), "BASH_ENV": str(library)},
    )


def ran(room: Path) -> list[str]:
    file = room / "out" / "ran"
    return file.read_text().split() if file.exists() else []


@pytest.mark.parametrize("passing", [False, True], ids=["captured", "with streams of others"])
def test_its_libraries_are_loaded_into_the_command_alone(
    room: Path, library: Path, sandbox: Sandbox, passing: bool
) -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    streams = Streams(nothing, nothing, nothing) if passing else None
    run(policy(room, library), ("/usr/bin/true",), streams=streams, sandbox=sandbox)
    os.close(nothing)
    assert ran(room) == ["true"]


def test_none_of_it_runs_before_it_was_looked_what_is_shown(room: Path, library: Path) -> None:
    swapped = Bind(room / "secret", Path("/shown/secret"), same=(0, 0))
    sandbox = sandbox_of(BubblewrapSandbox.kind)
    with pytest.raises(ReviewerError, match="was changed"):
        run(policy(room, library, swapped), ("/usr/bin/true",), sandbox=sandbox)
    assert ran(room) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace")
def test_the_tracer_and_the_shell_that_keeps_it_are_not_reached(room: Path, library: Path) -> None:
    observed = observe(policy(room, library), ("/usr/bin/true",), Progress())
    assert ran(room) == ["true"]
    assert f"{room}/out/ran" in {event.what for event in observed.events}


def test_the_command_gets_it_as_it_is(room: Path, sandbox: Sandbox) -> None:
    wanted = {
        "PLAIN": "a b",
        "ODD": "'\"$(id)`id`\\\n\udcff",
        "EMPTY": "",
        "_reviewer_0": "mine",
        "IFS": "x",
        "PATH": "/bin",
    }
    wanted |= {"NOT-A-NAME": "1", "UID": "7"}  # shells drop the first, and have the second for themselves
    result = run(Policy(environment=wanted), ("/usr/bin/env", "-0"), sandbox=sandbox)
    got = dict(line.split("=", 1) for line in os.fsdecode(result.stdout).split("\0") if line)
    expected = {name: value for name, value in wanted.items() if name not in ("NOT-A-NAME", "UID", "_reviewer_0")}
    assert {name: got.get(name) for name in expected} == expected
    assert not [name for name in got if name.startswith("_reviewer") and name != "_reviewer_0"]
