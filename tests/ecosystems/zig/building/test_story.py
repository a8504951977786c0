"""Build code that tells one thing when it is shown and another when it is built is caught, and nothing of it is made."""

import json
import os
import shutil
import threading
from pathlib import Path

from reviewer.ecosystems.zig.building.story import read_report
from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.errors import ReviewerError
from tests.ecosystems.zig.building.helpers import Steps, build

TRAITOR = Path(__file__).parent / "traitor"


def test_another_program_under_the_same_name_is_not_built(tmp_path: Path) -> None:
    project = Path(shutil.copytree(TRAITOR, tmp_path / "project"))
    steps = Steps()
    built, told = build(project, find_toolchain("0.17.0"), steps)
    assert steps.ran == [], told
    (stopped,) = built.stopped
    assert "changed between showing and building" in stopped
    assert "run exe generate" in stopped
    assert not list((project / ".zig-cache").rglob("generate"))


def test_a_report_that_becomes_a_link_while_it_is_read_leads_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    secret = tmp_path / "secret"
    secret.write_text(json.dumps("secret"))
    report, spare = folder / "report.json", folder / "spare"
    report.write_text(json.dumps("told"))
    done = threading.Event()

    def swap() -> None:
        """What a build can do at any moment: now it is a file, now a link, now nothing that can be read to an end."""
        while not done.is_set():
            spare.symlink_to(secret)
            spare.replace(report)
            os.mkfifo(spare)
            spare.replace(report)
            spare.write_text(json.dumps("told"))
            spare.replace(report)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        found = set()
        for _ in range(3000):
            try:
                found.add(read_report(report))
            except ReviewerError:
                found.add(b"refused")
    finally:
        done.set()
        swapping.join()
    assert found <= {b'"told"', b"refused"}
