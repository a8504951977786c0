#!/usr/bin/python3 -I
"""Does inside what resources/zig/launch.zig does, so that the gates can be tried without a zig toolchain: installs a filter that asks
about a system call, hands the listener over, and becomes the command. Words: net FD -- COMMAND…, or exec FD -- COMMAND…
"""

import array
import ctypes
import os
import platform
import socket
import struct
import sys

SECCOMP, CALLS = {
    "x86_64": (317, {"net": [42], "exec": [59, 322]}),
    "aarch64": (277, {"net": [203], "exec": [221, 281]}),
}[platform.machine()]

mode, descriptor, _, *command = sys.argv[1:]
program = [struct.pack("<HBBI", 0x20, 0, 0, 0)]
for call in CALLS[mode]:
    program += [struct.pack("<HBBI", 0x15, 0, 1, call), struct.pack("<HBBI", 0x06, 0, 0, 0x7FC00000)]
program.append(struct.pack("<HBBI", 0x06, 0, 0, 0x7FFF0000))
code = ctypes.create_string_buffer(b"".join(program))
filter_ = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
listener = libc.syscall(
    ctypes.c_long(SECCOMP), ctypes.c_long(1), ctypes.c_long(8), ctypes.c_long(ctypes.addressof(filter_))
)
assert listener >= 0, os.strerror(ctypes.get_errno())
with socket.socket(fileno=int(descriptor)) as theirs:
    theirs.sendmsg([b"R"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
    fields = f"listener\0{mode}\0".encode()
    theirs.sendall(struct.pack("<I", len(fields)) + fields)
    os.close(listener)
    assert theirs.recv(4) == bytes(4)
os.execv(command[0], command)
