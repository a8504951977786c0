"""The system calls that nothing may make, or that are judged, where there are no namespaces and so the user's other programs are near.

What Landlock holds back (reading, writing, making, removing and executing files; TCP; signals) is not here. Numbers as in seccomp.
"""

import errno

from reviewer.sandbox.landlock.system import SIGNALS_SINCE
from reviewer.sandbox.policy import Policy
from reviewer.sandbox.seccomp import Match, Rule, deny_list

# Shared memory, semaphores and queues, which any process of the user may open by number or name. ENOSYS: as on a kernel without them.
SHARED = (
    Rule("shmget", 29, 194, errno.ENOSYS),
    Rule("shmat", 30, 196, errno.ENOSYS),
    Rule("shmctl", 31, 195, errno.ENOSYS),
    Rule("semget", 64, 190, errno.ENOSYS),
    Rule("semctl", 66, 191, errno.ENOSYS),
    Rule("semop", 65, 193, errno.ENOSYS),
    Rule("semtimedop", 220, 192, errno.ENOSYS),
    Rule("msgget", 68, 186, errno.ENOSYS),
    Rule("msgctl", 71, 187, errno.ENOSYS),
    Rule("msgrcv", 70, 188, errno.ENOSYS),
    Rule("msgsnd", 69, 189, errno.ENOSYS),
    Rule("mq_open", 240, 180, errno.ENOSYS),
    Rule("mq_unlink", 241, 181, errno.ENOSYS),
)

# Limits, priorities and places of other processes; 0 is the caller itself.
OTHERS = (
    Rule("setpriority", 141, 140),
    Rule("ioprio_set", 251, 30),
    Rule("prlimit64", 302, 261, match=Match.DIFFERS, values=(0,)),
    Rule("sched_setparam", 142, 118, match=Match.DIFFERS, values=(0,)),
    Rule("sched_setscheduler", 144, 119, match=Match.DIFFERS, values=(0,)),
    Rule("sched_setaffinity", 203, 122, match=Match.DIFFERS, values=(0,)),
    Rule("sched_setattr", 314, 274, match=Match.DIFFERS, values=(0,)),
    Rule("migrate_pages", 256, 238, match=Match.DIFFERS, values=(0,)),
    Rule("move_pages", 279, 239, match=Match.DIFFERS, values=(0,)),
    Rule("process_madvise", 440, 440),
    Rule("process_mrelease", 448, 448),
)

# Attributes of files: Landlock lets them be changed by whoever owns the file, and read. EOPNOTSUPP: as on a file system without them.
ATTRIBUTES = (
    Rule("getxattr", 191, 8, errno.EOPNOTSUPP),
    Rule("lgetxattr", 192, 9, errno.EOPNOTSUPP),
    Rule("fgetxattr", 193, 10, errno.EOPNOTSUPP),
    Rule("getxattrat", 464, 464, errno.EOPNOTSUPP),
    Rule("listxattr", 194, 11, errno.EOPNOTSUPP),
    Rule("llistxattr", 195, 12, errno.EOPNOTSUPP),
    Rule("flistxattr", 196, 13, errno.EOPNOTSUPP),
    Rule("listxattrat", 465, 465, errno.EOPNOTSUPP),
    Rule("file_getattr", 468, 468, errno.EOPNOTSUPP),
    Rule("setxattr", 188, 5, errno.EOPNOTSUPP),
    Rule("lsetxattr", 189, 6, errno.EOPNOTSUPP),
    Rule("fsetxattr", 190, 7, errno.EOPNOTSUPP),
    Rule("setxattrat", 463, 463, errno.EOPNOTSUPP),
    Rule("removexattr", 197, 14, errno.EOPNOTSUPP),
    Rule("lremovexattr", 198, 15, errno.EOPNOTSUPP),
    Rule("fremovexattr", 199, 16, errno.EOPNOTSUPP),
    Rule("removexattrat", 466, 466, errno.EOPNOTSUPP),
    Rule("file_setattr", 469, 469, errno.EOPNOTSUPP),
)

# What the user does with files, and which disks there are.
WATCHING = (
    Rule("inotify_init", 253, None, errno.ENOSYS),
    Rule("inotify_init1", 294, 26, errno.ENOSYS),
    Rule("statmount", 457, 457, errno.ENOSYS),
    Rule("listmount", 458, 458, errno.ENOSYS),
)

# An ioctl changes flags of files that are open for reading only, so only those that are known to be harmless pass. ENOTTY: as for a file
# that has none. In this order: FIGETBSZ, TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ,
# FIONREAD, FIONBIO, TIOCGSID; FIONCLEX, FIOCLEX, FIOASYNC, FICLONE, FICLONERANGE, FS_IOC_FIEMAP, FS_IOC_GETFLAGS (asm-generic/ioctls.h,
# linux/fs.h).
_HARMLESS = (0x2, 0x5401, 0x5402, 0x5403, 0x5404, 0x540F, 0x5410, 0x5411, 0x5413, 0x5414, 0x541B, 0x5421, 0x5429)
_HARMLESS_TOO = (0x5450, 0x5451, 0x5452, 0x40049409, 0x4020940D, 0xC020660B, 0x80086601)
NO_TERMINAL = (
    Rule("ioctl", 16, 29, errno.ENOTTY, match=Match.DIFFERS, argument=1, values=(*_HARMLESS, *_HARMLESS_TOO)),
)

# Every new process, but not threads: so that there are no more once the guard ends them. clone3 is refused like everywhere.
_THREAD = 0x00010000  # CLONE_THREAD
NEW_PROCESSES = (
    Rule("clone", 56, 220, match=Match.LACKS_BIT, argument=0, values=(_THREAD,), judged=True),
    Rule("fork", 57, None, judged=True),
    Rule("vfork", 58, None, judged=True),
)

# Modes, owners and times of files, which build tools change of their own ones: judged by the guard.
JUDGED = (
    Rule("chmod", 90, None, judged=True),
    Rule("fchmod", 91, 52, judged=True),
    Rule("fchmodat", 268, 53, judged=True),
    Rule("fchmodat2", 452, 452, judged=True),
    Rule("chown", 92, None, judged=True),
    Rule("lchown", 94, None, judged=True),
    Rule("fchown", 93, 55, judged=True),
    Rule("fchownat", 260, 54, judged=True),
    Rule("utime", 132, None, judged=True),
    Rule("utimes", 235, None, judged=True),
    Rule("futimesat", 261, None, judged=True),
    Rule("utimensat", 280, 88, judged=True),
)


# Signals, which Landlock holds back itself since its version 6: judged, and none on behalf of a file (F_SETOWN, F_SETOWN_EX).
SIGNALS = (
    Rule("kill", 62, 129, judged=True),
    Rule("tkill", 200, 130, judged=True),
    Rule("tgkill", 234, 131, judged=True),
    Rule("rt_sigqueueinfo", 129, 138, judged=True),
    Rule("rt_tgsigqueueinfo", 297, 240, judged=True),
    Rule("pidfd_send_signal", 424, 424, judged=True),
    Rule("fcntl", 72, 25, match=Match.EQUALS, argument=1, values=(8, 15)),
)


def landlock_deny_list(policy: Policy, version: int) -> tuple[Rule, ...]:
    """What a run under this policy may not call with this version of Landlock, or only when the guard has judged it."""
    signals = SIGNALS if version < SIGNALS_SINCE else ()
    rest = (rule for rule in deny_list(policy) if rule.name != "ioctl")
    return (*rest, *SHARED, *OTHERS, *ATTRIBUTES, *WATCHING, *NO_TERMINAL, *NEW_PROCESSES, *JUDGED, *signals)
