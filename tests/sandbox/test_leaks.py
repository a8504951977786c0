"""A decoy's secret is found in what a run left, and nowhere that a link leads to."""

import base64
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reviewer.sandbox.canaries import VARIABLES, Canaries
from reviewer.sandbox.events import Event, EventKind, Process
from reviewer.sandbox.leaks import leaks_left
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.result import Outcome, RunResult

NOTHING = RunResult(exit_code=0, signal=None, stdout=b"", stderr=b"", outcome=Outcome.FINISHED, duration=0.1)


def left(folder: Path, canaries: Canaries, *written: str) -> list[str]:
    policy = Policy(writable=(Bind(folder, Path("/out")),))
    events = [Event(EventKind.WRITE, path, "", Process(1, 0, "gen")) for path in written]
    return [event.what for event in leaks_left(policy, events, NOTHING, canaries)]


def test_only_plain_files_of_the_output_folder_are_looked_into(tmp_path: Path) -> None:
    canaries = Canaries()
    out, outside = tmp_path / "out", tmp_path / "outside"
    (out / "below").mkdir(parents=True)
    outside.mkdir()
    for path in (outside / "key", out / "key", out / "below" / "key"):
        path.write_text(canaries.file(".netrc"))
    (out / "folder").symlink_to(outside)
    (out / "link").symlink_to(outside / "key")
    os.mkfifo(out / "pipe")
    written = (
        "/out/key",
        "/out/below/key",
        "/out/folder/key",
        "/out/link",
        "/out/pipe",
        "/out/../outside/key",
        "/out",
        "/etc/passwd",
        "?",
    )
    assert left(out, canaries, *written) == ["/out/key", "/out/below/key"]
    assert left(out / "key", canaries, "/out") == ["/out"], "a single file may be writable"


@given(st.sampled_from(sorted(VARIABLES)), st.binary(max_size=9), st.binary(max_size=9))
def test_a_token_is_known_again_whatever_stands_around_it_and_however_it_is_written(
    name: str, before: bytes, after: bytes
) -> None:
    canaries = Canaries()
    value = canaries.environment[name].encode()
    for written in (value, value.upper(), value[::-1], value.hex().encode(), base64.b64encode(before + value + after)):
        assert canaries.found(before + written + after) == (f"${name}",)
    assert canaries.found(before + after) == ()


def test_the_secrets_of_another_run_are_none_of_this_one() -> None:
    assert Canaries().found(Canaries().file(".npmrc").encode()) == ()
