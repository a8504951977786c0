"""The sandbox's first user: zig, with its library seen through links and caches of its own."""

import os
from pathlib import Path

import pytest

from reviewer.ecosystems.zig.toolchains.find import find_toolchain
from reviewer.sandbox.policy import Bind, Policy
from reviewer.sandbox.run import run
from tests.sandbox.conftest import Caller


def test_zig_compiles_inside(caller: Caller) -> None:
    toolchain = find_toolchain("0.17.0")
    if not caller.do(lambda: os.access(toolchain.zig, os.X_OK)):
        pytest.skip("this user may not execute zig")
    (caller.project / "answer.zig").write_text(
        'const std = @import("std");\nexport fn answer() u32 {\n    return std.math.pow(u32, 2, 5);\n}\n'
    )
    overlay = caller.room / "lib"
    overlay.mkdir()
    for entry in toolchain.lib.iterdir():
        (overlay / entry.name).symlink_to(entry)
    readable = (caller.project, overlay, toolchain.lib, toolchain.zig.parent)
    policy = Policy(
        read_only=tuple(Bind(path, path) for path in readable),
        writable=(Bind(caller.out, caller.out),),
        workdir=caller.project,
        environment={"ZIG_GLOBAL_CACHE_DIR": str(caller.out / "global")},
    )
    words = (
        "build-obj",
        "answer.zig",
        "--zig-lib-dir",
        overlay,
        "--cache-dir",
        caller.out / "local",
        f"-femit-bin={caller.out}/answer.o",
    )
    result = caller.do(lambda: run(policy, (str(toolchain.zig), *map(str, words)), sandbox=caller.sandbox))
    assert (result.exit_code, result.stderr) == (0, b"")
    assert Path(caller.out / "answer.o").read_bytes().startswith(b"\x7fELF")
