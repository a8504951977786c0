"""What a launcher asks to run, held against the step that was approved: word by word, and every path where it may lie.

What is asked for comes from where build code runs. Plain words must be the same; a file that zig made lies in zig's caches, without links;
an output lies in a fresh folder of the cache. The environment is not taken from there at all.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.content.read import read_part
from reviewer.content.text import visible
from reviewer.ecosystems.zig.building.layout import Layout
from reviewer.ecosystems.zig.configured.report import OWN_VARIABLES, Report, text_of
from reviewer.ecosystems.zig.packages.table import PackageTable, ZigPackage
from reviewer.errors import ReviewerError
from reviewer.sandbox.broker import RunRequest

_HASH = re.compile(r"[0-9a-f]{16,64}")
_FOR_TEST_RUNNER = re.compile(r"--listen=-|--seed=0x[0-9a-f]{1,8}|--cache-dir=(?P<cache>.+)", re.DOTALL)
_COLORS = ("NO_COLOR", "CLICOLOR_FORCE")
_OWN_VARIABLES = ("ZIG_PROGRESS",)
_SYSTEM = ("/usr/", "/bin/", "/sbin/")


class Matched(NamedTuple):
    """A request that is the approved step's. Paths are absolute, and those inside the outer sandbox.

    `program` is what the command's first word names, None for a name to be found along PATH. `inputs` are files and folders that the
    step declares; `outputs` what it writes, each in one of `folders`, which are this run's own. `listens`: zig talks with it (tests).
    """

    command: tuple[str, ...]
    cwd: Path
    program: Path | None
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    listens: bool


class MismatchError(Exception):
    """How what was asked for differs from what was approved, in words to follow the step's name."""


def match(
    request: RunRequest, report: Report, table: PackageTable, layout: Layout, arguments: Sequence[str]
) -> Matched:
    """`arguments` are the user's own for the program, after `--`. Raises MismatchError."""
    if request.step >= len(report.steps) or "run" not in report.steps[request.step]:
        raise MismatchError("is no run step of the configuration")
    return _Match(request, report, table, layout, arguments).matched()


class _Match:
    def __init__(
        self, request: RunRequest, report: Report, table: PackageTable, layout: Layout, arguments: Sequence[str]
    ) -> None:
        self._request = request
        self._report = report
        self._layout = layout
        self._arguments = tuple(arguments)
        self._run: Mapping[str, Any] = report.steps[request.step]["run"]
        by_name = {name: p for p in table.packages for name in (p.table_name, *p.other_names)}
        self._owners: list[ZigPackage] = [by_name[text_of(package["table_name"])] for package in report.packages]
        self._words = list(request.command)
        self._inputs: list[Path] = []
        self._outputs: list[Path] = []
        self._folders: list[Path] = []
        self._tests = self._run["stdio"] == "zig_test"

    def matched(self) -> Matched:
        self._cwd = self._checked_cwd()
        for argument in self._run["args"]:
            self._take(argument)
        self._pass_test_runner()
        if self._words:
            raise MismatchError(f"is given one word more, {_shown(self._words[0])}")
        self._take_inputs()
        first = self._request.command[0]
        return Matched(
            command=self._request.command,
            cwd=self._cwd,
            program=self._absolute(first) if "/" in first else None,
            inputs=tuple(dict.fromkeys(self._inputs)),
            outputs=tuple(dict.fromkeys(self._outputs)),
            folders=tuple(dict.fromkeys(self._folders)),
            environment=self._environment(),
            listens=self._tests,
        )

    def _checked_cwd(self) -> Path:
        """Where the step names none it is the project's folder; in zig 0.14 that of the package which owns the step."""
        claimed = Path(os.path.normpath(self._request.cwd))
        zig = self._layout.zig
        approved = self._run["cwd"]
        if approved is None and zig.toolchain.minor == "0.14":
            approved = {"base": self._report.steps[self._request.step]["package"], "sub": ""}
        if approved is not None:
            self._require(approved, claimed, "runs in")
        elif claimed != zig.root:
            raise MismatchError(f"runs in {_shown(claimed)} and not in the project's folder")
        return claimed

    def _take(self, argument: Mapping[str, Any]) -> None:
        kind = argument["kind"]
        if kind == "passthru":
            for word in self._arguments:
                self._plain(word)
            return
        prefix, suffix = text_of(argument["prefix"]), text_of(argument["suffix"])
        if kind.startswith("enable_"):
            if self._words and self._words[0] in (prefix, suffix) and self._words[0]:
                self._words.pop(0)
            return
        self._pass_test_runner()
        if kind in ("bytes", "string"):
            self._plain(prefix)
            return
        word = self._next(prefix, suffix)
        if kind == "file_content":
            self._content(argument["path"], word)
            return
        path = self._absolute(word)
        if "output" in argument:
            self._output(path, text_of(argument["output"]["name"]))
        elif kind == "artifact":
            self._built(path)
            self._inputs.append(path)
        else:
            self._require(argument["path"], path, "is given")
            self._inputs.append(path)

    def _plain(self, expected: str) -> None:
        if not self._words or self._words[0] != expected:
            got = _shown(self._words[0]) if self._words else "nothing"
            raise MismatchError(f"is given {got} in the place of {_shown(expected)}")
        self._words.pop(0)

    def _next(self, prefix: str, suffix: str) -> str:
        if not self._words:
            raise MismatchError("is given fewer words")
        word = self._words.pop(0)
        if not word.startswith(prefix) or not word.endswith(suffix) or len(word) < len(prefix) + len(suffix):
            raise MismatchError(f"is given {_shown(word)} where {_shown(prefix)}…{_shown(suffix)} belongs")
        return word[len(prefix) : len(word) - len(suffix)]

    def _pass_test_runner(self) -> None:
        """What zig tells its own test runner, which the report leaves out."""
        while self._tests and self._words and (found := _FOR_TEST_RUNNER.fullmatch(self._words[0])):
            if (cache := found["cache"]) is not None:
                if self._absolute(cache) != self._layout.local:
                    return
                self._inputs.append(self._layout.local / "f")  # of its fuzz tests
            self._words.pop(0)

    def _take_inputs(self) -> None:
        """Declared beside the arguments; what follows are shared libraries that zig built for the programs."""
        declared = list(self._run["file_inputs"])
        for word in self._request.inputs:
            path = self._absolute(word)
            if declared:
                self._require(declared.pop(0), path, "is given")
            else:
                self._built(path)
            self._inputs.append(path)
        if declared:
            raise MismatchError("is given fewer files than it declares")

    def _content(self, path: Mapping[str, Any], word: str) -> None:
        """Of a file that zig made any content may be right."""
        host = self._layout.host(str(places[0])) if (places := self._places(path)) else None
        given = word.encode("utf-8", "surrogateescape")
        if host is not None and given != _content_of(host, len(given)):
            raise MismatchError("is given what is not the content of its file")

    def _require(self, approved: Mapping[str, Any], path: Path, what: str) -> None:
        """`approved` is a path of the report."""
        if approved["base"] == "generated":
            step = approved["step"]
            if step is not None and self._report.steps[step]["kind"] == "find_program":
                if str(path).startswith(_SYSTEM):
                    return
            elif self._is_made(path, least=0 if approved["up"] else 1):
                return
            raise MismatchError(f"{what} {_shown(path)}, where zig makes no files")
        if path not in self._places(approved):
            raise MismatchError(f"{what} {_shown(path)} in the place of {_shown(text_of(approved['sub']))}")

    def _places(self, approved: Mapping[str, Any]) -> list[Path]:
        """Where a path of the report may lie, but for what zig makes: a package of the cache is seen in two places."""
        base, sub = approved["base"], text_of(approved["sub"])
        zig = self._layout.zig
        if isinstance(base, int):
            owner = self._owners[base]
            folders = [owner.folder, zig.shown_shared / "p" / owner.table_name]
        else:
            prefix = self._layout.prefix
            known = {
                "cwd": zig.root,
                "local_cache": self._layout.local,
                "global_cache": zig.shown_shared,
                "zig_exe": zig.toolchain.zig,
                "zig_lib": zig.toolchain.lib,
                "install_prefix": prefix,
                "install_lib": prefix / "lib",
                "install_bin": prefix / "bin",
                "install_include": prefix / "include",
            }
            folders = [known.get(text_of(base))]
        return [Path(os.path.normpath(folder / sub)) for folder in folders if folder is not None]

    def _built(self, path: Path) -> None:
        if not self._is_made(path, least=1):
            raise MismatchError(f"is given {_shown(path)}, where zig builds nothing")
        host = self._layout.host(str(path))
        if host is None or not host.is_file():
            raise MismatchError(f"is given {_shown(path)}, which is no file")

    def _is_made(self, path: Path, *, least: int) -> bool:
        """In a folder that zig makes files in, or in the place of installation, and no link leads elsewhere; `least` parts below it."""
        for top in (self._layout.local / "o", self._layout.zig.shown_shared / "o", self._layout.local / "tmp"):
            if path.is_relative_to(top):
                parts = path.relative_to(top).parts
                return len(parts) > least and bool(_HASH.fullmatch(parts[0])) and self._is_straight(path)
        inside = path.is_relative_to(self._layout.prefix) and path != self._layout.prefix
        return inside and self._is_straight(path)

    def _is_straight(self, path: Path) -> bool:
        host = self._layout.host(str(path))
        return host is not None and os.path.realpath(host) == str(host)

    def _output(self, path: Path, name: str) -> None:
        for top in ("o", "tmp"):
            place = self._layout.local / top
            if path.is_relative_to(place):
                folder = place / path.relative_to(place).parts[0] if path != place else place
                fits = _HASH.fullmatch(folder.name) and path == Path(os.path.normpath(folder / name)) != folder
                if fits and self._is_straight(folder) and stat.S_ISDIR(self._mode(folder)):
                    self._outputs.append(path)
                    self._folders.append(folder)
                    return
        raise MismatchError(f"is to write {_shown(path)}, which is not the place that zig has for {_shown(name)}")

    def _mode(self, path: Path) -> int:
        host = self._layout.host(str(path))
        try:
            return host.lstat().st_mode if host else 0
        except OSError:
            return 0

    def _absolute(self, word: str) -> Path:
        return Path(os.path.normpath(self._cwd / word))

    def _environment(self) -> dict[str, str]:
        """As the report has it; only how to colour comes from zig."""
        own = self._run["environment"]
        variables = {text_of(name): text_of(value) for name, value in (own or self._report.environment).items()}
        asked = [name for name in _COLORS if name in self._request.environment]
        for name in _COLORS:
            variables.pop(name, None)
        kept = {n: v for n, v in variables.items() if n not in _OWN_VARIABLES and not n.startswith(OWN_VARIABLES)}
        return {**kept, **dict.fromkeys(asked, "1")}


def _content_of(file: Path, length: int) -> bytes:
    """A byte more than that at most; in a cache it may be anything by now. Nothing where it cannot be read."""
    try:
        data, _ = read_part(file.parent, file.name, 0, length + 1)
    except ReviewerError:
        return b""
    return data


def _shown(value: object) -> str:
    return f"“{visible(str(value)[:120])}”"
