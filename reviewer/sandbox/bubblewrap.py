"""bubblewrap's command line for a policy: the arguments that held against every attack tried (SANDBOX.md)."""

import functools
import os
import platform
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.sandbox.devices import DEVICES
from reviewer.sandbox.held_back import held_back
from reviewer.sandbox.mounts import SHARED_MEMORY, SYSTEM, TEMPORARY, Mount, plan
from reviewer.sandbox.policy import HOME, Network, Policy
from reviewer.sandbox.seccomp import Machine

_PLACES = "/usr/bin:/bin:/usr/local/bin:/run/wrappers/bin:/run/current-system/sw/bin"
"""Not the user's PATH: a project's own folder may be on it."""

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": str(HOME), "LANG": "C.UTF-8", "TMPDIR": str(TEMPORARY)}
"""What every command gets."""

NAME_SERVICE = ("/etc/resolv.conf", "/etc/hosts")
CERTIFICATES = (  # where zig looks for them (std.crypto.Certificate.Bundle)
    *("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"),
    *("/etc/pki/tls/cacert.pem", "/etc/ssl/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
)

# /proc because root stays root to the kernel, whatever its number inside: it owns /proc/sys/kernel/core_pattern, which names a program
# that the host then runs. The other two because bubblewrap makes them, and so leaves them writable.
_MADE_READ_ONLY = ("/proc", "/dev", "/")


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """An installed bubblewrap: `sized` has --size (0.7), `disables_userns` has --disable-userns (0.8) and may use it."""

    program: Path
    sized: bool
    disables_userns: bool


def find_bubblewrap(places: str = _PLACES) -> Bubblewrap | None:
    """The system's bubblewrap; None if there is none. Raises ReviewerError where it cannot be started."""
    found = shutil.which("bwrap", path=places)
    return _examine(Path(found)) if found else None


@functools.cache
def _examine(program: Path) -> Bubblewrap:
    try:
        answer = subprocess.run(
            [program, "--help"],
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError(f"bubblewrap does not start ({error})", where=str(program)) from error
    setuid = bool(program.stat().st_mode & stat.S_ISUID)  # which refuses --disable-userns
    return Bubblewrap(program, "--size " in answer.stdout, "--disable-userns " in answer.stdout and not setuid)


def machine() -> Machine | None:
    """This machine's system call table; None if the filter has none for it."""
    return next((known for known in Machine if known.name == platform.machine()), None)


def arguments(bubblewrap: Bubblewrap, policy: Policy, devices: Path | None) -> list[str]:
    """Everything between the program's name and `--`, but for the file descriptors of one run. `devices` are those of `own_devices`.

    Raises ReviewerError for a bind that the sandbox cannot have.
    """
    limits = policy.limits
    result = [
        "--unshare-user",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]
    if policy.network is not Network.HOST:
        result.append("--unshare-net")
    if bubblewrap.disables_userns:
        result.append("--disable-userns")
    result += ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"]
    result += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    result += _system()
    if policy.network in (Network.GATED, Network.HOST):
        result += _shown(CERTIFICATES)
    if policy.network is Network.HOST:
        result += _shown(NAME_SERVICE)
    result += ["--proc", "/proc", "--dev", "/dev"]
    for name in DEVICES if devices else ():
        result += ["--dev-bind", f"{devices}/{name}", f"/dev/{name}"]
    sizes = ((SHARED_MEMORY, limits.shm_bytes), (TEMPORARY, limits.tmp_bytes), (HOME, limits.home_bytes))
    for folder, size in sizes:
        result += ["--size", str(size)] if bubblewrap.sized else []
        result += ["--tmpfs", str(folder)]
    result += ["--dir", "/run"]
    # After the folders in memory, for a project may lie below /tmp; before / becomes read-only, for mount points must be made.
    mounts = plan(policy)
    between = _between(policy, mounts)
    for folder in between:
        result += ["--tmpfs", str(folder)]
    for mount in mounts:
        result += ["--bind" if mount.writable else "--ro-bind", str(mount.bind.host), str(mount.bind.inside)]
    for folder in policy.folders:
        result += ["--dir", str(folder)]
    for path in (*_MADE_READ_ONLY, *map(str, between)):
        result += ["--remount-ro", path]
    result += ["--chdir", str(policy.workdir), "--clearenv"]
    for name, value in held_back(environment(policy.environment)).items():
        result += ["--setenv", name, value]
    return result


def _between(policy: Policy, mounts: Sequence[Mount]) -> list[Path]:
    """Folders in memory, below writable ones, that only hold what is shown: what is written into them must fail and not be lost."""
    seen = {mount.bind.inside for mount in mounts}
    tops = [
        top / path.relative_to(top).parts[0]
        for path in (*seen, *policy.folders)
        for top in (SHARED_MEMORY, TEMPORARY, HOME)
        if path != top and path.is_relative_to(top)
    ]
    return [top for top in dict.fromkeys(tops) if top not in seen]


def _system() -> Iterator[str]:
    """The programs and libraries of the system, and nothing else of it."""
    yield from ("--ro-bind", str(SYSTEM), str(SYSTEM))
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        folder = Path("/", name)
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():  # systems that have not merged /bin into /usr
            yield from ("--ro-bind", str(folder), str(folder))
    for name in ("/etc/alternatives", "/etc/ld.so.cache"):
        yield from ("--ro-bind-try", name, name)


def _shown(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if Path(name).is_file():  # often a link to somewhere that is not shown
            yield from ("--ro-bind", os.path.realpath(name), name)


def environment(wanted: Mapping[str, str]) -> dict[str, str]:
    """The command's whole environment. Raises ReviewerError for what cannot be one."""
    result = {**ENVIRONMENT, **wanted}
    for name, value in result.items():
        if not name or "=" in name or "\0" in name + value:
            raise ReviewerError(f"not a name and value for an environment variable: {name!r}")
    return result
