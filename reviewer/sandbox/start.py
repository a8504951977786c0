"""What supervise has to know of a kind of sandbox to start a command in it."""

from pathlib import Path
from typing import NamedTuple


class Start(NamedTuple):
    """`words` start bubblewrap, or the guard that behaves like it; `arguments` follow by file, `seccomp` is the filter's program.

    `temporary`: folders on disk that stand for those in memory, and the bytes that each may hold. `guarded`: without namespaces, the
    command's processes are among the user's own, and it is the guard that ends them.
    """

    words: tuple[str, ...]
    arguments: list[str]
    seccomp: bytes
    temporary: tuple[tuple[Path, int], ...] = ()
    guarded: bool = False
