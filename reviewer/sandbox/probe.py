"""Which sandbox works on this machine: found out by running one, never by looking up what should work.

bubblewrap where it passes, for what is not there cannot be reached. Else Landlock with a filter and a guard, which needs no namespaces and
leaves more open. Else nothing is run.
"""

import os
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.abandoned import end_abandoned
from reviewer.sandbox.bubblewrap import Bubblewrap, find_bubblewrap, machine
from reviewer.sandbox.devices import own_devices
from reviewer.sandbox.kinds import BubblewrapSandbox, LandlockSandbox, Sandbox
from reviewer.sandbox.landlock.landlock import Landlock, find_landlock
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.result import Outcome
from reviewer.sandbox.seccomp import Machine
from reviewer.sandbox.supervise import GATE_WORDS, supervise

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

# Tried from inside: a file that is not allowed is closed, one that is allowed cannot be written or changed, its own can; other processes
# and the kernel's settings are out of reach; a call that only the filter refuses is refused; for root no privilege is left.
_LANDLOCK_SCRIPT = """
{ cat "$1"; cat "/proc/$3/cmdline"; } 2>/dev/null && echo 'a file that was not allowed can be read'
[ "$(cat "$2")" = shown ] || echo 'a file that was allowed cannot be read'
(echo x >"$2") 2>/dev/null && echo 'a read-only file can be written'
chmod 600 "$2" 2>/dev/null && echo 'the mode of a read-only file can be changed'
{ : >own && chmod 600 own && touch -d @0 own; } || echo 'its own file cannot be changed'
chown 65534 own 2>/dev/null && echo 'privileges are left'
kill -0 "$3" 2>/dev/null && echo 'processes outside can be signalled'
(: >>/proc/sys/kernel/core_pattern) 2>/dev/null && echo 'settings of the kernel can be written'
[ "$(nice -n 1 echo x 2>/dev/null; nice -n 1 nice)" = "x
0" ] || echo 'no system call is filtered'
exit 0
"""

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
class SandboxProbe:
    """What to tell the user. `kind` is None where nothing can be run. `reason`: why it is not the best kind or none, `cure`: what to do."""

    kind: str | None
    reason: str
    cure: str
    holes: tuple[str, ...]
    lacks: tuple[str, ...]


_lock = threading.Lock()
_passed: Sandbox | None = None
_refused: ReviewerError | None = None
"""Why it is not bubblewrap."""


def find_sandbox() -> SandboxProbe:
    """The active sandbox, or why there is none. Takes some 20 ms, and three times that where it is not the best kind; never raises."""
    global _passed
    with _lock:
        if isinstance(_passed, LandlockSandbox):  # a cure takes effect without a restart
            _passed = None
    try:
        sandbox = require_sandbox()
    except ReviewerError as refusal:
        return SandboxProbe(None, refusal.what, refusal.cure, (), ())
    if isinstance(sandbox, BubblewrapSandbox):
        return SandboxProbe(sandbox.kind, "", "", sandbox.holes, sandbox.lacks)
    assert _refused is not None
    return SandboxProbe(sandbox.kind, _refused.what, _refused.cure, sandbox.holes, sandbox.lacks)


def require_sandbox() -> Sandbox:
    """The sandbox that `run` will use. Raises ReviewerError, with reason and cure, where none passes its probe.

    Remembered for the process once it passes; a failure is tried again, so that a cure takes effect without a restart.
    """
    global _passed, _refused
    with _lock:
        if _passed is None:
            _refused = None
            try:
                _passed = probe()
            except ReviewerError as refusal:
                _refused = refusal
                _passed = _instead(refusal)
        return _passed


def require_bubblewrap(purpose: str) -> BubblewrapSandbox:
    """For what only bubblewrap can serve, such as observing. Raises ReviewerError where it is not the active kind."""
    sandbox = require_sandbox()
    if isinstance(sandbox, BubblewrapSandbox):
        return sandbox
    assert _refused is not None
    raise ReviewerError(
        f"{purpose} needs bubblewrap, and the sandbox here is {sandbox.kind} ({_refused.what})", cure=_refused.cure
    )


def probe(bubblewrap: Bubblewrap | None = None) -> BubblewrapSandbox:
    """Try this bubblewrap, by default the system's. Raises ReviewerError."""
    table = _machine()
    bubblewrap = bubblewrap or find_bubblewrap()
    if bubblewrap is None:
        raise ReviewerError(
            "there is no bubblewrap, which the sandbox is made of", cure="`sudo apt-get install bubblewrap`"
        )
    end_abandoned(GATE_WORDS)
    sandbox = BubblewrapSandbox(bubblewrap, table, _holes(bubblewrap))
    _try(sandbox, _SCRIPT)
    return sandbox


def probe_landlock(landlock: Landlock | None = None) -> LandlockSandbox:
    """Try Landlock, by default with the Python that runs this. Raises ReviewerError."""
    table = _machine()
    landlock = landlock or find_landlock()
    sandbox = LandlockSandbox(landlock, table, _LANDLOCK_HOLES)
    _try(sandbox, _LANDLOCK_SCRIPT)
    return sandbox


def _instead(refusal: ReviewerError) -> LandlockSandbox:
    """Where bubblewrap was refused. Raises ReviewerError with both reasons and bubblewrap's cure."""
    _machine()  # its absence is one reason and not two
    try:
        return probe_landlock()
    except ReviewerError as other:
        raise ReviewerError(f"{refusal.what}; instead of it: {other.what}", cure=refusal.cure) from other


def _machine() -> Machine:
    if sys.platform != "linux":
        raise ReviewerError(f"running build code in a sandbox is not available on {sys.platform}", cure=_READ_WORKS)
    table = machine()
    if table is None:
        known = " and ".join(known.name for known in Machine)
        raise ReviewerError(f"the sandbox knows the system calls of {known} only", cure=_READ_WORKS)
    return table


def _try(sandbox: Sandbox, script: str) -> None:
    with tempfile.TemporaryDirectory(prefix="reviewer-probe-") as folder:
        secret, shown = Path(folder, "secret"), Path(folder, "shown")
        secret.write_text("secret")
        shown.write_text("shown")
        policy = Policy(read_only=(Bind(shown, shown),), limits=Limits(wall_seconds=20))
        command = ("/bin/sh", "-c", script, "sh", str(secret), str(shown), str(os.getpid()))
        try:
            with sandbox.start(policy) as start:
                result = supervise(start, command, policy)
        except (ReviewerError, OSError) as error:
            raise ReviewerError(f"{sandbox.kind} does not work: {error}", cure=_cure(str(error))) from error
    if result.outcome is not Outcome.FINISHED or result.exit_code != 0 or result.stdout:
        told = (result.stdout or result.stderr).decode("utf-8", "replace").strip().replace("\n", ", ")
        raise ReviewerError(f"{sandbox.kind} does not hold: {visible(told) or result.outcome}", cure=_READ_WORKS)


def _cure(message: str) -> str:
    """What helps against this message of bubblewrap."""
    told = message.lower()
    return next((cure for pattern, cure in _CURES.items() if pattern in told), _READ_WORKS)


_LANDLOCK_HOLES = (
    "that a file exists, its size, owner, times and where a link leads can be asked of every file",
    "the machine's name, its kernel, the user's number and the numbers of processes can be asked",
    "a program may execute code that it keeps in memory only",
    "what it writes, temporary files too, is on disk and counted every second or so: deleted files still open only by the disk's reserve",
    "processes are counted some fifty times a second, and memory is limited for all of them together only by the reserve of this machine",
    "what is shown in another place than its own can be replaced by it; that is noticed afterwards, and then nothing of it is used",
    "if somebody kills its guard, detached processes may stay",
)


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
