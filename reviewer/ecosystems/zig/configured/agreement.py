"""Whether the hook's report tells the same as the configuration that zig 0.17 printed after it: every step, its owner, and all that a run
step executes. What a run step finds in its environment is not printed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.printed import PrintedStep
from reviewer.ecosystems.zig.configured.report import Report
from reviewer.ecosystems.zig.packages.zon import parse_zon
from reviewer.ecosystems.zig.packages.zon_values import to_python
from reviewer.errors import ReviewerError

_NOT_ASCII = re.compile(r"[\x80-\xff]")
_TAGS = {
    "lazy_path": "path_file",
    "decorated_directory": "path_directory",
    "bytes": "string",
    "output_file_dep": "output_file",
}
"""Of arguments, where the library calls them something else than the configuration."""


def require_agreement(report: Report, printed: Sequence[PrintedStep]) -> None:
    """Raises ReviewerError where the two differ."""
    try:
        steps, runs = [_reported(step) for step in report.steps], [step.get("run") for step in report.steps]
        if steps != [(step.name, step.tag, step.depends_on) for step in printed]:
            raise _difference(f"{len(steps)} steps", f"{len(printed)} steps")
        owners = _owners(report, printed)
        for step, run in zip(printed, runs, strict=True):
            reported = None if run is None else _reported_run(run)
            shown = _printed_run(step, owners) if step.tag == "run" else None
            if reported != shown:
                raise _difference(f"of step “{visible(step.name.decode('utf-8', 'replace'))}”", "another one")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ReviewerError(f"the report contradicts itself ({type(error).__name__}: {error})") from error


def _difference(reported: str, printed: str) -> ReviewerError:
    return ReviewerError(f"the report ({reported}) differs from the configuration that zig would make ({printed})")


def _reported(step: Mapping[str, Any]) -> tuple[bytes, str, tuple[int, ...]]:
    return _bytes(step["name"]), step["kind"], tuple(step["depends_on"])


def _owners(report: Report, printed: Sequence[PrintedStep]) -> Mapping[str, int]:
    """Which of the report's packages each of zig's owners is; the other way round it must be one too."""
    owners: dict[str, int] = {".root": 0}
    for step, shown in zip(report.steps, printed, strict=True):
        if owners.setdefault(shown.owner, step["package"]) != step["package"]:
            raise _difference(f"owner of “{visible(shown.name.decode('utf-8', 'replace'))}”", "another owner")
    if len({*owners.values()}) != len(owners):
        raise _difference("one owner", "two owners")
    return owners


def _reported_run(run: Mapping[str, Any]) -> tuple[object, ...]:
    stdin = run["stdin"]
    return (
        tuple(_reported_argument(argument) for argument in run["args"]),
        tuple(_reported_path(path) for path in run["file_inputs"]),
        None if run["cwd"] is None else _reported_path(run["cwd"]),
        None if stdin is None else len(stdin["bytes"]) if "bytes" in stdin else _reported_path(stdin),
        sorted(_bytes(captured["name"]) for captured in run["captured"]),
        run["has_side_effects"],
    )


def _printed_run(step: PrintedStep, owners: Mapping[str, int]) -> tuple[object, ...]:
    # Zig escapes bytes that are not UTF-8 and prints the others as they are; escaped, all of them are told alike.
    escaped = _NOT_ASCII.sub(lambda match: f"\\x{ord(match[0]):02x}", step.details)
    run: Any = to_python(parse_zon(escaped, "printed configuration"))
    captured = [run["captured_stdout"], run["captured_stderr"]]
    return (
        tuple(_printed_argument(argument, owners) for argument in run["args"] or ()),
        tuple(_printed_path(path, owners) for path in run["file_inputs"] or ()),
        None if run["cwd"] is None else _printed_path(run["cwd"], owners),
        _printed_stdin(run["stdin"], owners),
        sorted(_utf8(stream["basename"]) for stream in captured if stream is not None),
        run["flags"]["has_side_effects"],
    )


def _printed_stdin(stdin: Any, owners: Mapping[str, int]) -> object:
    """Of bytes zig prints where they lie and how many they are."""
    if stdin == "none":
        return None
    (kind, value), *_ = stdin.items()
    return value["len"] if kind == "bytes" else _printed_path(value, owners)


def _reported_argument(argument: Mapping[str, Any]) -> tuple[object, ...]:
    kind = argument["kind"]
    if kind.startswith("enable_"):
        return (kind,)
    output = argument.get("output")
    return (
        _TAGS.get(kind, kind),
        kind == "output_file_dep",
        _bytes(argument.get("prefix", "")),
        _bytes(argument.get("suffix", "")),
        argument.get("step"),
        None if output is None else (_bytes(output["name"]), output["generated"]),
        _reported_path(argument["path"]) if "path" in argument else None,
    )


def _printed_argument(argument: Mapping[str, Any], owners: Mapping[str, int]) -> tuple[object, ...]:
    kind = argument["flags"]["tag"]
    if kind.startswith("enable_"):
        return (kind,)
    generated = argument["generated"]
    return (
        kind,
        argument["flags"]["dep_file"],
        _utf8(argument["prefix"] or ""),
        _utf8(argument["suffix"] or ""),
        argument["producer"],
        None if generated is None else (_utf8(argument["basename"] or ""), generated),
        _printed_path(argument["path"], owners) if argument["path"] is not None else None,
    )


def _reported_path(path: Mapping[str, Any]) -> tuple[object, ...]:
    base = path["base"]
    if base == "generated":
        return "generated", path["generated"], path["up"], _bytes(path["sub"])
    return base, _bytes(path["sub"])


def _printed_path(path: Mapping[str, Any], owners: Mapping[str, int]) -> tuple[object, ...]:
    sub = _utf8(path["sub_path"])
    if "index" in path:
        return "generated", path["index"], path["flags"]["up"], sub
    if "owner" in path:
        return owners[".root" if path["owner"] == "root" else str(path["owner"])], sub
    return path["flags"]["base"], sub


def _bytes(text: str) -> bytes:
    """The hook writes bytes as code points of equal value."""
    return text.encode("latin-1")


def _utf8(text: str) -> bytes:
    """ZON holds the bytes of a string; those that are not UTF-8 came as lone surrogates."""
    return text.encode("utf-8", "surrogateescape")
