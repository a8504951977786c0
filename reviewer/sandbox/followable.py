"""Programs whose stacks strace's library cannot follow, made so that it can.

It ends strace (libunwind, `abort` in dwarf/Gfind_unwind_table.c) where the header of a program's unwind information has no table to search
in, as zig's own linker leaves it. In a copy whose program header does not name that information it follows frame pointers instead.
"""

import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from reviewer.sandbox.inside import read_inside
from reviewer.sandbox.policy import Bind, Policy

MAX_PROGRAM_BYTES = 512 << 20
MAX_PROGRAMS = 20

_ELF_64_LITTLE = b"\x7fELF\x02\x01"
_EH_FRAME, _NONE = 0x6474E550, 0  # PT_GNU_EH_FRAME, PT_NULL
_SORTED_TABLE = 0x3B  # DW_EH_PE_datarel | DW_EH_PE_sdata4, the only form that is searched


def followable(policy: Policy, programs: Iterable[str], folder: Path) -> Policy:
    """The policy with copies, made in `folder`, in the place of those of these programs (paths inside) that cannot be followed."""
    binds = (*policy.read_only, *policy.writable)
    for number, program in enumerate(list(dict.fromkeys(programs))[:MAX_PROGRAMS]):
        inside = PurePosixPath(program)
        copy = patched(read_inside(binds, inside, MAX_PROGRAM_BYTES))
        if copy is not None:
            file = folder / f"program-{number}"
            file.write_bytes(copy)
            file.chmod(0o755)
            policy = _in_place(policy, Bind(file, Path(inside)))
    return policy


def patched(program: bytes) -> bytes | None:
    """The program without a word of its unwind information; None where it need not be so, or is none."""
    if not program.startswith(_ELF_64_LITTLE) or len(program) < 64:
        return None
    (offset,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    for at in range(offset, offset + size * count, max(size, 56)):
        if at + 56 > len(program):
            return None
        kind, _, place = struct.unpack_from("<IIQ", program, at)
        if kind == _EH_FRAME and program[place + 3 : place + 4] != bytes([_SORTED_TABLE]):
            return b"".join((program[:at], struct.pack("<I", _NONE), program[at + 4 :]))
    return None


def _in_place(policy: Policy, bind: Bind) -> Policy:
    """With this bind in the place of what may be bound to the same path."""
    kept = [
        tuple(other for other in binds if other.inside != bind.inside) for binds in (policy.read_only, policy.writable)
    ]
    return replace(policy, read_only=(*kept[0], bind), writable=kept[1])
