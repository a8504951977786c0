"""What a sandboxed run may see, write and use up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_MIB = 1 << 20

MAX_WRITTEN_FILES = 300_000
MAX_WRITTEN_BYTES = 16 << 30

HOME = Path("/home/build")
"""The home folder inside: empty, in memory, gone after the run."""


@dataclass(frozen=True, slots=True)
class Bind:
    """The file or folder `host` seen as `inside`; both absolute. What a project's files name is checked before it becomes a Bind.

    `same`: device and inode that it must have, where others may change what lies on the way to it. Else nothing is run.
    """

    host: Path
    inside: Path
    same: tuple[int, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a run is stopped. None: no limit of its own.

    Wall-clock time and captured bytes (of each of stdout and stderr) hold for the whole run; CPU seconds, address space, file size and
    open files for each process; `processes` for all of them together. The `_bytes` of tmp, home and shm size the folders in memory.
    `written_` is what all writable folders together may hold, with what was in them before: counted every second or so.
    """

    wall_seconds: float = 600
    cpu_seconds: int = 3600
    address_space_bytes: int | None = None
    file_bytes: int = 4096 * _MIB
    open_files: int = 4096
    processes: int = 2048
    output_bytes: int = 16 * _MIB
    tmp_bytes: int = 256 * _MIB
    home_bytes: int = 256 * _MIB
    shm_bytes: int = 16 * _MIB
    written_files: int = MAX_WRITTEN_FILES
    written_bytes: int = MAX_WRITTEN_BYTES


class Network(StrEnum):
    """Which sockets a run may make, and where they lead."""

    NONE = "none"
    UNIX = "unix"
    """Unix sockets: to whichever lies in what is shown, and to no other of the host."""
    GATED = "gated"
    """TCP and UDP in a network of its own, which leads nowhere; single connections can be handed in (connect_gate.py)."""
    HOST = "host"
    """TCP and UDP in the machine's own network; only for what executes nothing of a project, or was granted just that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything of the host that a run gets beside /usr: nothing else is there.

    Binds may lie inside each other: the inner one decides. `folders` are made inside, empty and read-only. `workdir` is a path inside.
    `environment` adds to PATH, HOME, LANG and TMPDIR. `memory_files`: whether there may be files that are in memory only, and so can be
    executed whatever is said of folders.
    """

    read_only: tuple[Bind, ...] = ()
    writable: tuple[Bind, ...] = ()
    folders: tuple[Path, ...] = ()
    workdir: Path = HOME
    environment: Mapping[str, str] = field(default_factory=dict)
    network: Network = Network.NONE
    memory_files: bool = True
    limits: Limits = field(default_factory=Limits)
