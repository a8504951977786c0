"""How long it takes to see what an upgrade changes."""

import random

from benchmarks.ratio import Budget, seconds
from reviewer.upgrade.lines import hunks

LINES = 8_000


def changed_lines() -> Budget:
    """8,000 changed lines among 20,000 are found."""
    chance = random.Random(1)  # noqa: S311 - the same lines every time is the point
    old = [f"const value_{number} = {chance.random()};" for number in range(20_000)]
    new = list(old)
    for number in chance.sample(range(len(old)), LINES):
        new[number] = old[number].replace("const", "pub const")
    before, after = "\n".join(old).encode(), "\n".join(new).encode()
    assert sum(hunk.new[1] - hunk.new[0] for hunk in hunks(before, after)) == LINES
    return Budget(f"{LINES:,} changed lines compared", seconds(lambda: hunks(before, after)) * 1_000, "ms", 50)
