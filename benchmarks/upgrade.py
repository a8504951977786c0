"""How long it takes to see what an upgrade changes."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.ratio import Budget, seconds
from reviewer.progress import Progress
from reviewer.ui.code.diff.rows import Arranged, rows_of
from reviewer.ui.state.compared import prepared
from reviewer.upgrade.compare import Side, compare
from reviewer.upgrade.facts import Facts
from reviewer.upgrade.files import files_in
from reviewer.upgrade.lines import hunks

LINES = 8_000


def _contents() -> tuple[bytes, bytes]:
    """8,000 changed lines among 20,000."""
    chance = random.Random(1)  # noqa: S311 - the same lines every time is the point
    old = [f"const value_{number} = {chance.random()};" for number in range(20_000)]
    new = list(old)
    for number in chance.sample(range(len(old)), LINES):
        new[number] = old[number].replace("const", "pub const")
    return "\n".join(old).encode(), "\n".join(new).encode()


def changed_lines() -> Budget:
    """They are found."""
    before, after = _contents()
    assert sum(hunk.new[1] - hunk.new[0] for hunk in hunks(before, after)) == LINES
    return Budget(f"{LINES:,} changed lines compared", seconds(lambda: hunks(before, after)) * 1_000, "ms", 50)


def laid_out_lines() -> Budget:
    """They are laid out to be read, which the window waits for."""
    with TemporaryDirectory() as folder:
        sides = []
        for name, content in zip(("old", "new"), _contents(), strict=True):
            (Path(folder) / name).mkdir()
            (Path(folder) / name / "table.zig").write_bytes(content)
            sides.append(Side(name, Facts(()), files_in(Path(folder) / name)))
        compared = prepared(compare(sides[0], sides[1], Progress()))
    return Budget(f"{LINES:,} changed lines laid out", seconds(lambda: rows_of(compared, Arranged())) * 1_000, "ms", 50)
