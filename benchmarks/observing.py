"""What it costs to observe: a compile-like workload, observed, against the same in the plain sandbox."""

import tempfile
from pathlib import Path

from benchmarks.ratio import Ratio, compare
from reviewer.progress import Progress
from reviewer.sandbox.observe import observe
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.result import Outcome, RunResult
from reviewer.sandbox.run import run

AIM = 1.3
_FILES = 60
_SOURCE = '#include <stdio.h>\n#include <stdlib.h>\nint answer_%d(void) { return printf("%%d", abs(%d)); }\n'


def compile_60_files() -> Ratio:
    """Sixty files by gcc, one after the other: each starts three programs and reads some fifty headers."""
    with tempfile.TemporaryDirectory(prefix="reviewer-benchmark-") as name:
        folder = Path(name)
        for number in range(_FILES):
            (folder / f"{number}.c").write_text(_SOURCE % (number, number))
        policy = Policy(writable=(Bind(folder, folder),), workdir=folder)
        command = ("/bin/sh", "-c", "for file in *.c; do gcc -O1 -c $file || exit 1; done")

        def check(result: RunResult) -> None:
            if (result.outcome, result.exit_code) != (Outcome.FINISHED, 0):
                raise RuntimeError(result.stderr.decode("utf-8", "replace"))

        return compare(
            ("60 gcc compiles, observed", lambda: check(observe(policy, command, Progress(), stacks=False).result)),
            ("in the plain sandbox", lambda: check(run(policy, command, Progress()))),
            aim=AIM,
            runs=3,
        )
