"""Which zig builds this project: found, asked for its version, never changed."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError, ToolchainMissingError
from reviewer.places import cache_dir

NEWEST = {"0.14": "0.14.1", "0.15": "0.15.2", "0.16": "0.16.0", "0.17": "0.17.1"}
"""Versions whose build runner the hook knows, each with the release that it was tried with."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)([-+][\w.+-]*)?")
_KNOWN = f"Reviewer knows zig {min(NEWEST)} to {max(NEWEST)}"
_READ = "or use --evidence read"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A zig executable, its `lib` folder and its version, for example `0.17.1`."""

    zig: Path
    lib: Path
    version: str

    @property
    def minor(self) -> str:
        """For example `0.17`: what decides about the API."""
        return _minor(self.version)

    @property
    def packages_in_project(self) -> bool:
        """Whether it looks for packages in the project's zig-pkg, as from 0.16 on, and before in the global cache."""
        return self.minor not in ("0.14", "0.15")

    @property
    def has_maker(self) -> bool:
        """Whether a process of its own makes what was configured, as from 0.17 on; before, build code and make share one."""
        return self.minor not in ("0.14", "0.15", "0.16")


def find_toolchain(minimum: str | None = None, named: Path | None = None) -> Toolchain:
    """The likeliest of `find_toolchains`. Raises ReviewerError where there is none."""
    return next(find_toolchains(minimum, named))


def find_toolchains(minimum: str | None = None, named: Path | None = None) -> Iterator[Toolchain]:
    """Each zig that may build a project whose manifest asks for at least `minimum`, the likeliest first; at least one.

    `named` by the user is the only one, even a version that came after this Reviewer. Else those that fit of: zig on PATH, the `ziglang`
    wheel beside Reviewer, Reviewer's own toolchains. One fits that has the minimum's minor version, since zig's API changes with each, and
    any where the manifest asks for none; failing that, a newer one on PATH, which `zig build` would use here.

    Raises ReviewerError before the first, a ToolchainMissingError where one that would fit can be installed.
    """
    if named is not None:
        yield _named(named)
        return
    seen: list[Toolchain] = []
    broken: list[ReviewerError] = []
    fits = False
    for zig in _candidates():
        try:
            toolchain = _inspect(zig)
        except ReviewerError as error:
            broken.append(error)
            continue
        if toolchain.minor in NEWEST and _fits(toolchain, minimum):
            fits = True
            yield toolchain
        seen.append(toolchain)
    if fits:
        return
    if minimum is not None:
        for toolchain in seen:
            newer = toolchain.minor in NEWEST and _number(toolchain.version) > _number(minimum)
            if newer and toolchain.zig == _on_path():
                yield toolchain
                return
    raise _nothing_fits(minimum, seen, broken)


def tell_toolchains() -> Iterator[str]:
    """A line for each zig found, in the order in which they are tried: its version, where it is, and what it builds."""
    for zig in _candidates():
        try:
            toolchain = _inspect(zig)
        except ReviewerError as error:
            yield str(error)
            continue
        known = toolchain.minor in NEWEST
        use = f"for projects that ask for {toolchain.minor}" if known else "not known: used only when named with --zig"
        yield f"{toolchain.version} at {zig}, {use}"


def toolchains_folder() -> Path:
    """Reviewer's own toolchains: in folders named by version, the content of `ziglang` wheels."""
    return cache_dir() / "toolchains"


def _named(zig: Path) -> Toolchain:
    if not zig.is_file():
        raise ReviewerError("there is no such file", where=str(zig), cure="name the zig executable with --zig")
    toolchain = _inspect(zig.resolve())
    if _number(toolchain.version) < _number(f"{min(NEWEST)}.0"):
        raise ReviewerError(
            f"zig {toolchain.version} is too old", where=str(zig), cure=f"{_KNOWN}: name one of those, {_READ}"
        )
    return toolchain


def _candidates() -> Iterator[Path]:
    if on_path := _on_path():
        yield on_path
    wheel = importlib.util.find_spec("ziglang")
    if wheel is not None and wheel.origin is not None:
        yield from _executable(Path(wheel.origin).resolve().parent)
    kept = toolchains_folder()
    versions = [entry.name for entry in kept.iterdir() if _VERSION.fullmatch(entry.name)] if kept.is_dir() else []
    for version in sorted(versions, key=_number, reverse=True):
        yield from _executable((kept / version / "ziglang").resolve())


def _on_path() -> Path | None:
    found = shutil.which("zig")
    return Path(found).resolve() if found else None


def _executable(folder: Path) -> Iterator[Path]:
    for name in ("zig", "zig.exe"):
        if (folder / name).is_file():
            yield folder / name


def _fits(toolchain: Toolchain, minimum: str | None) -> bool:
    if minimum is None:
        return True
    return toolchain.minor == _minor(minimum) and _number(toolchain.version) >= _number(minimum)


def _nothing_fits(minimum: str | None, seen: list[Toolchain], broken: list[ReviewerError]) -> ReviewerError:
    found = [f"{toolchain.version} at {toolchain.zig}" for toolchain in seen] + [str(error) for error in broken]
    have = f"found {', '.join(found)}" if found else "no zig was found"
    if minimum is not None and _minor(minimum) not in NEWEST:
        return ReviewerError(
            f"the project asks for zig {visible(minimum)}, which is not known; {have}",
            where="build.zig.zon",
            cure=f"{_KNOWN}: name one that builds it with --zig, also a newer one to try it, {_READ}",
        )
    version = _to_install(minimum)
    what = f"no zig for this project, which asks for {visible(minimum)}" if minimum else "no zig that Reviewer knows"
    install = f"run `reviewer toolchain install {version}`, put it on PATH, or name it with --zig"
    return ToolchainMissingError(f"{what}; {have}", version=version, cure=f"{install}; {_READ}")


def _to_install(minimum: str | None) -> str:
    """The newest release known of the minor version, or the very release where the project asks for one after that."""
    if minimum is None:
        return NEWEST[max(NEWEST)]
    return max(NEWEST[_minor(minimum)], ".".join(map(str, _number(minimum))), key=_number)


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _number(version: str) -> tuple[int, ...]:
    """Without what follows: a development version counts as the release that it leads to."""
    match = _VERSION.match(version)
    return tuple(int(part) for part in match.groups()[:3]) if match else ()


def _inspect(zig: Path) -> Toolchain:
    try:
        return _ask(zig, zig.stat().st_mtime_ns)
    except OSError as error:
        raise ReviewerError(f"zig does not run ({error.strerror})", where=str(zig)) from error


@cache
def _ask(zig: Path, _changed: int) -> Toolchain:
    """Run outside the sandbox: the toolchain is the user's own program and is given nothing of the project."""
    cure = "name another zig with --zig"
    try:
        version = subprocess.run(
            [zig, "version"], capture_output=True, text=True, timeout=20, check=True, cwd="/"
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError(f"zig does not run ({error})", where=str(zig), cure=cure) from error
    if not _VERSION.fullmatch(version):
        raise ReviewerError(f"zig gives its version as {version[:40]!r}", where=str(zig), cure=cure)
    for lib in (zig.parent / "lib", zig.parent.parent / "lib" / "zig", zig.parent.parent / "lib"):
        if (lib / "std" / "std.zig").is_file():
            return Toolchain(zig, lib, version)
    raise ReviewerError("zig's lib folder was not found beside it", where=str(zig), cure=cure)
