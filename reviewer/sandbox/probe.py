"""Which sandbox works on this machine: found out by running one, never by looking up what should work.

There is one kind. Landlock with a system call filter, which needs no namespaces, was tried and left out: with everything that its ABI 7
restricts, build code could still change modes, owners, times and attributes of every file of the user's, and priority and limits of the
user's processes. No filter can tell those calls, which build tools need, by the path that they name.
"""

import os
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.bubblewrap import Bubblewrap, arguments, find_bubblewrap, machine
from reviewer.sandbox.devices import own_devices
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.result import Outcome
from reviewer.sandbox.seccomp import Machine, build_filter
from reviewer.sandbox.supervise import supervise

KIND = "bubblewrap"

_READ_WORKS = "everything that executes nothing still works (--evidence read)"

# Tried from inside: what must be hidden is, what may be seen is, no interface but loopback, no new privileges, a filter.
_SCRIPT = """
[ -e "$1" ] && echo 'a file that was not bound can be seen'
[ "$(cat "$2")" = shown ] || echo 'a file that was bound cannot be read'
(echo x >"$2") 2>/dev/null && echo 'a read-only file can be written'
[ -w /proc/sys/kernel/core_pattern ] && echo 'settings of the kernel can be written'
while IFS=': ' read -r name rest; do
    case $name in Inter-* | face* | lo) ;; *) echo "the network interface $name is there" ;; esac
done </proc/net/dev
while read -r name value rest; do
    case $name$value in NoNewPrivs:0) echo 'new privileges are possible' ;; Seccomp:[01]) echo 'no system call is filtered' ;; esac
done </proc/self/status
"""

# What bubblewrap says (lower case), and the cure.
_APPARMOR = (
    "AppArmor forbids user namespaces; allow them to bubblewrap: `sudo apt-get install apparmor-profiles`, then `sudo ln -s "
    "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/`, then `sudo systemctl reload apparmor`"
)
_KERNEL = (
    "the kernel or a container forbids user namespaces; ask for `sysctl user.max_user_namespaces` and, on older Debian, "
    "`kernel.unprivileged_userns_clone` to be above 0"
)
_CONTAINER = (
    "a container hides parts of /proc; start it so that it does not (docker: `--security-opt systempaths=unconfined`)"
)

# What bubblewrap says, in lower case, and the cure. AppArmor's two are those of Ubuntu 24.04.
_CURES = {
    "setting up uid map: permission denied": _APPARMOR,
    "failed rtm_newaddr": _APPARMOR,
    "no permissions to create": _KERNEL,
    "creating new namespace failed": _KERNEL,
    "kernel does not support user namespaces": _KERNEL,
    "can't mount proc": _CONTAINER,
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that passed its probe, and what it is known not to stop."""

    bubblewrap: Bubblewrap
    machine: Machine
    holes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SandboxProbe:
    """What to tell the user. `kind` is None where nothing can be run: then `reason` says why, and `cure` what to do."""

    kind: str | None
    reason: str
    cure: str
    holes: tuple[str, ...]


_lock = threading.Lock()
_passed: Sandbox | None = None


def find_sandbox() -> SandboxProbe:
    """The active sandbox, or why there is none. The first call takes some 20 ms; never raises."""
    try:
        sandbox = require_sandbox()
    except ReviewerError as refusal:
        return SandboxProbe(None, refusal.what, refusal.cure, ())
    return SandboxProbe(KIND, "", "", sandbox.holes)


def require_sandbox() -> Sandbox:
    """The sandbox that `run` will use. Raises ReviewerError, with reason and cure, where none passes its probe.

    Remembered for the process once it passes; a failure is tried again, so that a cure takes effect without a restart.
    """
    global _passed
    with _lock:
        if _passed is None:
            _passed = probe()
        return _passed


def probe(bubblewrap: Bubblewrap | None = None) -> Sandbox:
    """Try this bubblewrap, by default the system's. Raises ReviewerError."""
    if sys.platform != "linux":
        raise ReviewerError(f"running build code in a sandbox is not available on {sys.platform}", cure=_READ_WORKS)
    table = machine()
    if table is None:
        known = " and ".join(known.name for known in Machine)
        raise ReviewerError(f"the sandbox knows the system calls of {known} only", cure=_READ_WORKS)
    bubblewrap = bubblewrap or find_bubblewrap()
    if bubblewrap is None:
        raise ReviewerError(
            "there is no bubblewrap, which the sandbox is made of", cure="`sudo apt-get install bubblewrap`"
        )
    _try(bubblewrap, table)
    return Sandbox(bubblewrap, table, _holes(bubblewrap))


def _try(bubblewrap: Bubblewrap, table: Machine) -> None:
    with tempfile.TemporaryDirectory(prefix="reviewer-probe-") as folder:
        secret, shown = Path(folder, "secret"), Path(folder, "shown")
        secret.write_text("secret")
        shown.write_text("shown")
        policy = Policy(read_only=(Bind(shown, shown),), workdir=Path("/"), limits=Limits(wall_seconds=20))
        command = ("/bin/sh", "-c", _SCRIPT, "sh", str(secret), str(shown))
        try:
            with own_devices() as devices:
                words = arguments(bubblewrap, policy, devices)
                result = supervise(bubblewrap.program, words, build_filter(table), command, policy)
        except (ReviewerError, OSError) as error:
            raise ReviewerError(f"no sandbox: {error}", cure=_cure(str(error))) from error
    if result.outcome is not Outcome.FINISHED or result.exit_code != 0 or result.stdout:
        told = (result.stdout or result.stderr).decode("utf-8", "replace").strip().replace("\n", ", ")
        raise ReviewerError(f"the sandbox does not hold: {visible(told) or result.outcome}", cure=_READ_WORKS)


def _cure(message: str) -> str:
    """What helps against this message of bubblewrap."""
    told = message.lower()
    return next((cure for pattern, cure in _CURES.items() if pattern in told), _READ_WORKS)


def _holes(bubblewrap: Bubblewrap) -> tuple[str, ...]:
    holes = [
        "a program may execute code that it keeps in memory only",
        "what it writes is counted every second or so: deleted files that are still open only by the reserve of the disk",
        "memory is limited for all of its processes together only by the reserve of this machine",
    ]
    if os.geteuid() == 0:
        holes.append("only processes are counted while Reviewer runs as root, not their threads")
        with own_devices() as devices:
            if devices is None:
                holes.append("permissions of /dev/null and the like can be changed while Reviewer runs as root")
    if not bubblewrap.sized:
        holes.append("this bubblewrap cannot limit the size of the folders in memory")
    if not bubblewrap.disables_userns:
        holes.append("only the system call filter forbids user namespaces inside, not the kernel's own limit")
    return tuple(holes)
