"""The system calls that nothing in the sandbox may make, as a BPF program for the kernel's seccomp filter.

A deny list: build tools use most of the rest. Numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h; the program's form: linux/filter.h, linux/seccomp.h, linux/audit.h.
"""

import errno
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from reviewer.sandbox.policy import Network, Policy

# linux/filter.h: the four instructions that are needed.
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS: a 32-bit word of seccomp_data
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_IF_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K

_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_ASK = 0x7FC00000  # SECCOMP_RET_USER_NOTIF

# struct seccomp_data: int nr; u32 arch; u64 instruction_pointer; u64 args[6].
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16

_X32_BIT = 0x40000000

AF_UNIX = 1
_AF_INET, _AF_INET6, _AF_NETLINK = 2, 10, 16
_STREAM, _SEQPACKET = 1, 5  # linux/net.h
_NONBLOCK, _CLOEXEC = 0o4000, 0o2000000


class Machine(IntEnum):
    """The value of AUDIT_ARCH_* in linux/audit.h; names as `platform.machine()` has them."""

    x86_64 = 0xC000003E
    aarch64 = 0xC00000B7


class Match(IntEnum):
    """How `Rule.values` decide: the call is refused where the argument …"""

    ALWAYS = 0
    HAS_BIT = 1
    EQUALS = 2
    DIFFERS = 3  # … from all of them
    LACKS_BIT = 4  # … all of them


@dataclass(frozen=True, slots=True)
class Rule:
    """One system call (None: the machine lacks it) and when it is refused.

    Only the low 32 bits of the argument are compared: the kernel itself takes the flags, families and ioctl numbers
    below as 32 bits wide, and comparing more would let set high bits slip past.
    """

    name: str
    x86_64: int | None
    aarch64: int | None
    error: int = errno.EPERM
    match: Match = Match.ALWAYS
    argument: int = 0
    values: tuple[int, ...] = ()
    judged: bool = False
    """Not refused: held until the guard has answered it."""

    def number(self, machine: Machine) -> int | None:
        """The call's number on this machine."""
        return self.x86_64 if machine is Machine.x86_64 else self.aarch64


# CLONE_NEWTIME is a namespace flag of unshare only: in clone's flags these bits are the exit signal.
_NEW_TIME = 0x00000080
_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

_UNTRACED = 0x00800000  # CLONE_UNTRACED
_NEW_LISTENER = 1 << 3  # SECCOMP_FILTER_FLAG_NEW_LISTENER

_TERMINAL_INPUT = (
    0x5412,  # TIOCSTI types into the terminal that Reviewer was started from
    0x541C,  # TIOCLINUX pastes into the Linux console
    0x5423,  # TIOCSETD loads line disciplines, old and seldom tested kernel code
)

# New namespaces give back every capability inside them, and with it most of the kernel's attack surface.
NAMESPACES = (
    Rule("clone", 56, 220, match=Match.HAS_BIT, argument=0, values=(_NEW_NAMESPACES,)),
    # Its flags are in memory, where a filter cannot look. libc falls back to clone when told that it does not exist.
    Rule("clone3", 435, 435, errno.ENOSYS),
    Rule("unshare", 272, 97, match=Match.HAS_BIT, argument=0, values=(_NEW_NAMESPACES | _NEW_TIME,)),
    Rule("setns", 308, 268),
)

# The sandbox is made of mounts: nobody changes them, or opens files past them by handle.
MOUNTS = (
    Rule("mount", 165, 40),
    Rule("umount2", 166, 39),
    Rule("pivot_root", 155, 41),
    Rule("chroot", 161, 51),
    Rule("open_tree", 428, 428),
    Rule("open_tree_attr", 467, 467),
    Rule("move_mount", 429, 429),
    Rule("fsopen", 430, 430),
    Rule("fsconfig", 431, 431),
    Rule("fsmount", 432, 432),
    Rule("fspick", 433, 433),
    Rule("mount_setattr", 442, 442),
    Rule("open_by_handle_at", 304, 265),
    Rule("quotactl", 179, 60),
    Rule("quotactl_fd", 443, 443),
    Rule("swapon", 167, 224),
    Rule("swapoff", 168, 225),
)

# No network namespace hides a unix socket that lies in a bound folder (git's fsmonitor, an editor's), and read-only
# binds do not stop a connect. So no sockets at all. Pairs stay, which build tools use as pipes, where they talk to nobody else: a datagram
# can be sent to whoever listens, from one of a pair too.
_PAIRED = tuple(
    kind | flags for kind in (_STREAM, _SEQPACKET) for flags in (0, _CLOEXEC, _NONBLOCK, _CLOEXEC | _NONBLOCK)
)
PAIRS = (
    Rule("socketpair", 53, 199, match=Match.DIFFERS, argument=0, values=(AF_UNIX,)),
    Rule("socketpair", 53, 199, match=Match.DIFFERS, argument=1, values=_PAIRED),
)
SOCKETS = (Rule("socket", 41, 198), *PAIRS)

# The terminal that Reviewer was started from, should one ever be reachable.
TERMINAL = (Rule("ioctl", 16, 29, match=Match.EQUALS, argument=1, values=_TERMINAL_INPUT),)

# A lease on a file that is shown makes the user's own programs wait for it; no mount keeps from that.
FILES = (Rule("fcntl", 72, 25, match=Match.EQUALS, argument=1, values=(1024, 1026)),)  # F_SETLEASE, F_NOTIFY

# Watching, changing or taking files from other processes: of use to debuggers, not to builds.
PROCESSES = (
    Rule("ptrace", 101, 117),
    Rule("process_vm_readv", 310, 270),
    Rule("process_vm_writev", 311, 271),
    Rule("pidfd_getfd", 438, 438),
    Rule("kcmp", 312, 272),
)

# Kernel parts through which many have broken out. ENOSYS for io_uring: libraries then use plain calls.
KERNEL = (
    Rule("bpf", 321, 280),
    Rule("io_uring_setup", 425, 425, errno.ENOSYS),
    Rule("io_uring_enter", 426, 426, errno.ENOSYS),
    Rule("io_uring_register", 427, 427, errno.ENOSYS),
    Rule("perf_event_open", 298, 241),
    Rule("userfaultfd", 323, 282),
    Rule("modify_ldt", 154, None),
    Rule("fanotify_init", 300, 262),
    # Keyrings are not part of any namespace: they hold the user's own keys.
    Rule("add_key", 248, 217),
    Rule("request_key", 249, 218),
    Rule("keyctl", 250, 219),
)

# Administration of the machine. Capabilities refuse these too; this is the second lock.
MACHINE = (
    Rule("kexec_load", 246, 104),
    Rule("kexec_file_load", 320, 294),
    Rule("init_module", 175, 105),
    Rule("finit_module", 313, 273),
    Rule("delete_module", 176, 106),
    Rule("create_module", 174, None),
    Rule("iopl", 172, None),
    Rule("ioperm", 173, None),
    Rule("uselib", 134, None),
    Rule("reboot", 169, 142),
    Rule("settimeofday", 164, 170),
    Rule("clock_settime", 227, 112),
    Rule("clock_adjtime", 305, 266),
    Rule("adjtimex", 159, 171),
    Rule("sethostname", 170, 161),
    Rule("setdomainname", 171, 162),
    Rule("acct", 163, 89),
    Rule("syslog", 103, 116),
    Rule("vhangup", 153, 58),
    Rule("lookup_dcookie", 212, 18),
)

# For a run that is observed: a filter's refusal is not seen by the tracer. Without a network and with no unix socket of the host in sight
# (see observe), connections fail by themselves, after they were seen. Other families have no such walls: vsock reaches the host.
OBSERVED_SOCKETS = (
    Rule("socket", 41, 198, match=Match.DIFFERS, argument=0, values=(AF_UNIX, _AF_INET, _AF_NETLINK, _AF_INET6)),
    *PAIRS,
)

# A program's own listener answers before the tracer is asked: calls that it lets continue would never be seen. And without CLONE_UNTRACED,
# which clone alone can ask for, every child is followed. Nor does anybody limit what the tracer may use.
UNSEEN = (
    Rule("seccomp", 317, 277, match=Match.HAS_BIT, argument=1, values=(_NEW_LISTENER,)),
    Rule("clone", 56, 220, match=Match.HAS_BIT, argument=0, values=(_UNTRACED,)),
    Rule("prlimit64", 302, 261, match=Match.DIFFERS, argument=0, values=(0,)),
)
# The tracer needs these two; to all others it refuses them itself.
_FOR_TRACER = ("ptrace", "process_vm_readv")
_FAMILIES = {
    Network.UNIX: (AF_UNIX,),
    Network.GATED: (_AF_INET, _AF_INET6),
    # Unix sockets, abstract ones too, would reach the user's other programs.
    Network.HOST: (_AF_INET, _AF_INET6),
}
_MEMORY_FILES = (Rule("memfd_create", 319, 279, errno.ENOSYS),)

DENY_LIST = NAMESPACES + MOUNTS + SOCKETS + TERMINAL + FILES + PROCESSES + KERNEL + MACHINE
OBSERVED_DENY_LIST = (
    *(*UNSEEN, *NAMESPACES, *MOUNTS, *OBSERVED_SOCKETS, *TERMINAL, *KERNEL, *MACHINE),
    *(rule for rule in PROCESSES if rule.name not in _FOR_TRACER),
)


def deny_list(policy: Policy) -> tuple[Rule, ...]:
    """What a run under this policy may not call."""
    rules: tuple[Rule, ...] = DENY_LIST
    if families := _FAMILIES.get(policy.network):
        rest = [rule for rule in DENY_LIST if rule.name != "socket"]
        rules = (*rest, Rule("socket", 41, 198, match=Match.DIFFERS, argument=0, values=families))
    return rules if policy.memory_files else rules + _MEMORY_FILES


def build_filter(machine: Machine, rules: Iterable[Rule] = DENY_LIST) -> bytes:
    """The program as an array of `struct sock_filter`, which is what bubblewrap's `--seccomp` reads."""
    program = [
        _instruction(_LOAD, _ARCH_AT),
        # 32-bit calls have other numbers: a table for one architecture must never judge another's.
        _instruction(_IF_EQUAL, machine, if_true=1),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD, _NUMBER_AT),
    ]
    if machine is Machine.x86_64:  # x32 calls come with this machine's architecture and other numbers
        program += [_instruction(_IF_AT_LEAST, _X32_BIT, if_false=1), _refuse(errno.ENOSYS)]
    for rule in rules:
        number = rule.number(machine)
        if number is not None:
            program += _block(rule, number)
    program.append(_instruction(_RETURN, _ALLOW))
    return b"".join(program)


def _block(rule: Rule, number: int) -> list[bytes]:
    """Entered and left with the call's number loaded, unless it returns."""
    if rule.match is Match.ALWAYS:
        body = [_verdict(rule)]
    else:
        body = [_instruction(_LOAD, _ARGUMENTS_AT + 8 * rule.argument)]
        if rule.match is Match.DIFFERS:
            for left, value in zip(range(len(rule.values), 0, -1), rule.values, strict=True):
                body.append(_instruction(_IF_EQUAL, value, if_true=left))
            body.append(_verdict(rule))
        elif rule.match is Match.LACKS_BIT:
            for left, value in zip(range(len(rule.values), 0, -1), rule.values, strict=True):
                body.append(_instruction(_IF_ANY_BIT, value, if_true=left))
            body.append(_verdict(rule))
        else:
            test = _IF_ANY_BIT if rule.match is Match.HAS_BIT else _IF_EQUAL
            for value in rule.values:
                body += [_instruction(test, value, if_false=1), _verdict(rule)]
        body.append(_instruction(_LOAD, _NUMBER_AT))
    return [_instruction(_IF_EQUAL, number, if_false=len(body)), *body]


def _verdict(rule: Rule) -> bytes:
    return _instruction(_RETURN, _ASK) if rule.judged else _refuse(rule.error)


def _refuse(error: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | error)


def _instruction(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)
