"""Where an enforced build finds everything: as plain zig has it, so that what is built is the same to the byte."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from reviewer.ecosystems.zig.configured.compiled import ENVIRONMENT
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig, known_frames, portable_places
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError
from reviewer.sandbox.policy import Bind, Limits, Network, Policy

INSIDE = Path("/run/reviewer")
"""Inside: the launcher and the broker's socket (resources/zig/launch.zig)."""
LAUNCHER = "launch"

_REPORT = Path("/run/reviewer.report")
_CONFIGURATION = Path("/run/reviewer.configuration")
_KNOWN = Path("/run/reviewer.known")
_LONG = 30 * 24 * 3600
_TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "CLICOLOR_FORCE")
"""What of the user's environment says how to print."""


class Layout(NamedTuple):
    """`policy` is that of the outer sandbox; `local` and `prefix` are paths inside, as plain zig has them."""

    zig: SandboxedZig
    local: Path
    prefix: Path
    policy: Policy
    broker: Path
    """The folder of the broker's socket, outside."""
    report: Path
    """The hook's report, outside."""
    configuration: Path | None
    """What zig's maker tells that it is about to make, outside; None where no process of its own does."""

    def places(self, table: PackageTable) -> Mapping[str, str]:
        """What paths are called in the graph of this build; the cache as where it was configured."""
        return {**portable_places(self.zig, table), str(self.local): f"[cache]/{self.zig.local.name}"}

    def host(self, inside: str) -> Path | None:
        """What a path inside the outer sandbox is outside; None where nothing is shown there. The innermost bind decides."""
        path = Path(os.path.normpath(inside))
        around = [b for b in (*self.policy.read_only, *self.policy.writable) if path.is_relative_to(b.inside)]
        if not around:
            return None
        bind = max(around, key=lambda b: len(b.inside.parts))
        return bind.host / path.relative_to(bind.inside)


def lay_out(zig: SandboxedZig, folder: Path, launcher: Path, prefix: Path, shown: Sequence[Path]) -> Layout:
    """Make ready what is bound. `folder` is one of this build alone, `prefix` where the project is installed to, `shown` what else is read.

    Raises ReviewerError where the project's folder cannot be written.
    """
    local = zig.root / ".zig-cache"
    broker, report, configuration = (folder / name for name in ("broker", "report", "configuration"))
    for made in (broker, report, configuration):
        made.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(launcher, broker / LAUNCHER)
    (broker / LAUNCHER).chmod(0o555)
    for place in (local, prefix):
        if place.is_symlink():
            raise ReviewerError("is a link, into which an enforced build does not write", where=str(place))
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ReviewerError(f"cannot be made ({error.strerror})", where=str(place)) from error
    policy = Policy(
        read_only=(
            *zig.read_only,
            *(Bind(path, path) for path in shown),
            Bind(broker, INSIDE),
            Bind(known_frames(zig), _KNOWN),
        ),
        writable=(
            Bind(zig.local, local),
            Bind(zig.shared, zig.shown_shared),
            Bind(prefix, prefix),
            Bind(report, _REPORT),
            Bind(configuration, _CONFIGURATION),
        ),
        workdir=zig.root,
        environment={
            **{name: os.environ[name] for name in _TERMINAL if name in os.environ},
            **ENVIRONMENT,
            "ZIG_GLOBAL_CACHE_DIR": str(zig.shown_shared),
            "REVIEWER_REPORT": str(_REPORT / "report.json"),
            "REVIEWER_KNOWN": str(_KNOWN),
            "REVIEWER_CONFIGURATION": str(_CONFIGURATION / "printed.zon"),
            "REVIEWER_LAUNCH": str(INSIDE / LAUNCHER),
        },
        network=Network.UNIX,
        memory_files=False,
        limits=Limits(wall_seconds=_LONG, cpu_seconds=_LONG),
    )
    printed = configuration / "printed.zon" if zig.toolchain.has_maker else None
    return Layout(zig, local, prefix, policy, broker, report / "report.json", printed)
