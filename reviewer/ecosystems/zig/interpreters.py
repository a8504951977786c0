"""Programs of the system that execute the file which they are given: then it is that file's package whose code runs."""

import posixpath
import re
from collections.abc import Sequence

_NAME = re.compile(
    r"(ba|da|z|k|c|tc|fi|)sh|python[\d.]*|pypy[\d.]*|node|nodejs|deno|bun|perl[\d.]*|ruby[\d.]*|lua[\d.]*|luajit|php[\d.]*|tclsh[\d.]*"
    r"|Rscript|guile|racket|pwsh|java|env|nice|xvfb-run|wine|wine64|qemu-\w+|wasmtime|wasmer|zig|\[zig\]"
)
CODE_FOLLOWS = frozenset({"-c", "-e", "-m", "-p", "-r", "--eval", "-Command"})
"""Words after which code, or the name of a module of the system's, stands on the command line itself."""
_MODES = frozenset({"run", "-jar"})


def is_interpreter(name: str) -> bool:
    """Whether a program of this name executes what it is given."""
    return _NAME.fullmatch(name) is not None


def executed_word(words: Sequence[str | None]) -> int | None:
    """The index of the word of a command that names the file to be executed; None where the code is the system's or in the command itself.

    `words` are None for what is no plain text: a file, a built program.
    """
    if not words:
        return None
    first = words[0]
    if first is None or not is_interpreter(posixpath.basename(first)):
        return 0 if first is None or "/" in first else None
    for index, word in enumerate(words[1:], start=1):
        if word in CODE_FOLLOWS:
            return None
        if word is None or not (word.startswith("-") or "=" in word or word in _MODES):
            return index
    return None
