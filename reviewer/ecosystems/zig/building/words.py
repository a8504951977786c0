"""What can follow `reviewer build --`: the words of `zig build`, but for those that would lead around what is enforced."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems import BuildWords
from reviewer.ecosystems.zig.options import check_options, install_prefix, named_places, takes
from reviewer.errors import ReviewerError

_PASSED = re.compile(
    r"-j\d*|-h|--help|-l|--list-steps|--skip-oom-steps|--prominent-compile-errors|--color=\w+|--seed=\w+|--build-id(=\w+)?"
    r"|--verbose(-air|-cc|-cimport|-link|-llvm-cpu-features|-llvm-ir(=.+)?|-llvm-bc=.+)?"
    r"|--debug-(compile-errors|incremental|pkg-config|rt(=\w+)?)"
    r"|-f(no-)?(incremental|reference-trace|allow-so-scripts)|-freference-trace=\d+|-fno-(qemu|wine|wasmtime|rosetta|darling)"
)
_PASSED_WITH_ONE = frozenset(
    [
        "--color",
        "--summary",
        "--maxrss",
        "--test-timeout",
        "--error-style",
        "--multiline-errors",
        "--error-limit",
        "--seed",
    ]
) | {"--debug-log", "--debug-target"}
"""What is about how zig builds and what it tells (zig 0.14 to 0.17, lib/compiler/build_runner.zig and Maker.zig)."""

_ARGUMENTS = "--"
_TOOLS_OWN = "Reviewer names it itself, so that nothing of the build is hidden from it"
_REFUSED = {
    r"--build-runner|--zig-lib(-dir)?(=.*)?": _TOOLS_OWN,
    r"--(global-)?cache-dir|--pkg-dir|--cache-poison(=.*)?": _TOOLS_OWN,
    r"--build-file": "what was approved is the project's build.zig: name the project's folder before `--`",
    r"--watch|--debounce|--webui(=.*)?|--time-report|--fuzz(=.*)?|--listen(=.*)?": "an enforced build is verified once and ends: "
    "use plain `zig build` for it, after `reviewer check`",
    r"--fetch(=.*)?": "use `reviewer fetch`: everything after it is offline",
    r"--print-configuration(-path)?": "use `reviewer graph`",
    r"-f(qemu|wine|wasmtime|rosetta|darling)": "programs of other machines are not run in an enforced build",
}


def sort_words(root: Path, words: Sequence[str]) -> BuildWords:
    """Raises ReviewerError for a word that cannot be in an enforced build."""
    at = words.index(_ARGUMENTS) if _ARGUMENTS in words else len(words)
    rest, arguments = iter(words[:at]), tuple(words[at + 1 :])
    options: list[str] = []
    others: list[str] = []
    steps: list[str] = []
    for word in rest:
        if number := takes(word):
            options += (word, *itertools.islice(rest, number - 1))
        elif word in _PASSED_WITH_ONE:
            value = next(rest, None)
            if value is None:
                raise ReviewerError(
                    "a word is missing after it", where=f"after -- {word}", cure="see `zig build --help`"
                )
            others += (word, value)
        elif not word.startswith("-"):
            steps.append(word)
        elif _PASSED.fullmatch(word):
            others.append(word)
        else:
            raise _refusal(word)
    checked = check_options(options)
    return BuildWords(
        options=checked,
        words=(*checked, *others, *steps),
        arguments=arguments,
        steps=tuple(steps),
        prefix=install_prefix(checked) or root / "zig-out",
        shown=named_places(checked),
    )


def _refusal(word: str) -> ReviewerError:
    told = next((why for pattern, why in _REFUSED.items() if re.fullmatch(pattern, word, re.DOTALL)), "")
    shown = visible(word[:100])
    if told:
        return ReviewerError(f"“{shown}” cannot be in an enforced build", where="after --", cure=told)
    return ReviewerError(
        f"“{shown}” is no word of `zig build` that Reviewer knows", where="after --", cure="leave it out, or tell us"
    )
