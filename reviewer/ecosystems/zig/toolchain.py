"""Which zig builds this project: found, asked for its version, never changed."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import ReviewerError

SUPPORTED = ("0.14", "0.15", "0.16", "0.17")
"""Versions whose build runner the hook knows."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)([-+][\w.+-]*)?")
_INSTALL = "install one with `pip install 'reviewer[zig]'` or put zig on PATH"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A zig executable, its `lib` folder and its version, for example `0.17.1`."""

    zig: Path
    lib: Path
    version: str

    @property
    def minor(self) -> str:
        """For example `0.17`: versions with the same one differ in no API."""
        return ".".join(self.version.split(".")[:2])

    @property
    def has_maker(self) -> bool:
        """Whether a process of its own makes what was configured, as from 0.17 on; before, build code and make share one."""
        return self.minor not in ("0.14", "0.15", "0.16")


def find_toolchain() -> Toolchain:
    """A supported zig: the one on PATH, else that of the `ziglang` wheel beside Reviewer. Raises ReviewerError where there is none."""
    unsupported = []
    for zig in _candidates():
        toolchain = _inspect(zig)
        if toolchain.version.startswith(tuple(f"{minor}." for minor in SUPPORTED)):
            return toolchain
        unsupported.append(f"{toolchain.version} at {zig}")
    if unsupported:
        raise ReviewerError(
            f"no supported zig: found {', '.join(unsupported)}",
            cure=f"Reviewer configures zig {SUPPORTED[0]} to {SUPPORTED[-1]}; {_INSTALL}",
        )
    raise ReviewerError("no zig was found", cure=_INSTALL)


def _candidates() -> list[Path]:
    found = []
    if on_path := shutil.which("zig"):
        found.append(Path(on_path).resolve())
    wheel = importlib.util.find_spec("ziglang")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).resolve().parent / "zig")
    return [zig for zig in found if zig.is_file()]


def _inspect(zig: Path) -> Toolchain:
    """Run outside the sandbox: the toolchain is the user's own program and is given nothing of the project."""
    try:
        version = subprocess.run(
            [zig, "version"], capture_output=True, text=True, timeout=20, check=True, cwd="/"
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError(f"zig does not run ({error})", where=str(zig), cure=_INSTALL) from error
    if not _VERSION.fullmatch(version):
        raise ReviewerError(f"zig gives its version as {version[:40]!r}", where=str(zig), cure=_INSTALL)
    for lib in (zig.parent / "lib", zig.parent.parent / "lib" / "zig", zig.parent.parent / "lib"):
        if (lib / "std" / "std.zig").is_file():
            return Toolchain(zig, lib, version)
    raise ReviewerError("zig's lib folder was not found beside it", where=str(zig), cure=_INSTALL)
