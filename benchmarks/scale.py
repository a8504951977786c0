"""Large projects: verifying every file, and loading thousands of packages."""

import os
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.ratio import Budget, Ratio, compare, program, seconds
from benchmarks.trees import make_tree
from reviewer.content.digest import package_digest

REVIEWER = Path(sys.executable).with_name("reviewer")
PROCESSES = os.cpu_count() or 1


def digest_of_large_files() -> Ratio:
    """One package of 200 MB, hashed by as many threads as sha256sum gets processes."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(20):
            Path(folder, f"file{number}").write_bytes(os.urandom(10 << 20))
        return compare(
            ("package_digest, 20 files of 10 MB", lambda: package_digest(Path(folder))),
            (f"sha256sum, {PROCESSES} processes", _sha256sum(Path(folder), PROCESSES)),
            aim=1,
            runs=7,
        )


def digest_of_small_files() -> Ratio:
    """2,000 packages with ten small files each: one after another, by one process each."""
    with tempfile.TemporaryDirectory() as folder:
        packages = sorted((make_tree(Path(folder, "tree"), 2000) / "zig-pkg").iterdir())
        return compare(
            ("package_digest of 2,000 small packages", lambda: [package_digest(package) for package in packages]),
            ("sha256sum, 1 process", _sha256sum(Path(folder, "tree", "zig-pkg"), 1)),
            aim=1,
            runs=7,
        )


def check_60_packages() -> Budget:
    """`reviewer check --full` of a project with 60 packages, the whole process."""
    return _check(60, aim=1, unit="s", measure=seconds)


def read_60_packages() -> Budget:
    """`reviewer graph --evidence read` of a project with 60 packages, the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        project = make_tree(Path(folder, "tree"), 60)
        env = os.environ | {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state"}
        read = program([REVIEWER, "graph", "--evidence", "read", "--format", "json", project], env=env)
        return Budget("reviewer graph --evidence read, 60 packages", seconds(read), "s", aim=1)


def check_2000_packages() -> Budget:
    """`reviewer check --full` of a project with 2,000 packages, the whole process."""
    return _check(2000, aim=3, unit="s", measure=seconds)


def memory_of_2000_packages() -> Budget:
    """The same, and the most memory that the process held."""
    return _check(2000, aim=300, unit="MB", measure=_megabytes)


def _check(packages: int, *, aim: float, unit: str, measure: Callable[[Callable[[], object]], float]) -> Budget:
    with tempfile.TemporaryDirectory() as folder:
        project = make_tree(Path(folder, "tree"), packages)
        env = os.environ | {"REVIEWER_CACHE_DIR": f"{folder}/cache", "REVIEWER_STATE_DIR": f"{folder}/state"}
        check = program([REVIEWER, "check", "--full", project], env=env, exit_code=1)
        return Budget(f"reviewer check --full, {packages:,} packages", measure(check), unit, aim)


def _sha256sum(folder: Path, processes: int) -> Callable[[], None]:
    command = f'find "$0" -type f -print0 | xargs -0 -n 200 -P {processes} sha256sum >/dev/null'
    return program(["sh", "-c", command, folder], env=os.environ)


def _megabytes(call: Callable[[], object]) -> float:
    """Of the largest process that this one has waited for: run it first where something larger would hide it."""
    call()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
