"""What the kernel says and hears of a system call that waits for an answer (seccomp user notification): linux/seccomp.h. For notify, in
Reviewer, and for landlock/judge, in a process of its own that must start fast."""

import struct

NOTIFICATION = struct.Struct("=QIIiIQ6Q")  # struct seccomp_notif: id, pid, flags, then struct seccomp_data
RESPONSE = struct.Struct("=QqiI")  # struct seccomp_notif_resp: id, val, error, flags
RECEIVE, SEND, IS_VALID = 0xC0502100, 0xC0182101, 0x40082102  # _IOWR('!', 0, struct seccomp_notif), and so on
CONTINUE = 1
