"""The launcher of the enforced build, compiled once by each toolchain, in the sandbox, and kept."""

import hashlib
import platform
import secrets
import shutil
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.toolchains.find import Toolchain
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir
from reviewer.progress import Progress
from reviewer.resources import resource
from reviewer.sandbox.policy import Bind, Limits, Policy
from reviewer.sandbox.run import run

_NAME = "launch"
_TIME_LIMIT = 300


def compiled_launcher(toolchain: Toolchain, progress: Progress) -> Path:
    """The program. Raises ReviewerError where zig cannot compile it, or CancelledError."""
    source = resource(f"zig/{_NAME}.zig")
    made_of = hashlib.sha256(source.read_bytes() + repr((str(toolchain.zig), toolchain.version)).encode())
    kept = cache_dir() / "zig" / f"launch-{toolchain.version}-{made_of.hexdigest()[:16]}"
    if not (kept / _NAME).exists():
        progress.report(f"Compiling the launcher with zig {toolchain.version}: once")
        unfinished = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
        unfinished.mkdir(parents=True)
        try:
            _compile(toolchain, source, unfinished, progress)
            kept.mkdir(exist_ok=True)
            (unfinished / _NAME).replace(kept / _NAME)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return kept / _NAME


def _compile(toolchain: Toolchain, source: Path, folder: Path, progress: Progress) -> None:
    policy = Policy(
        read_only=tuple(Bind(path, path) for path in (source, toolchain.zig.parent, toolchain.lib)),
        writable=(Bind(folder, folder),),
        workdir=folder,
        environment={"ZIG_GLOBAL_CACHE_DIR": str(folder / "global")},
        limits=Limits(wall_seconds=_TIME_LIMIT),
    )
    target = f"{platform.machine()}-linux-none"
    words = ("-target", target, "-OReleaseSmall", "-fstrip", "-fsingle-threaded", f"-femit-bin={folder / _NAME}")
    result = run(policy, (str(toolchain.zig), "build-exe", str(source), *words, "--cache-dir", "local"), progress)
    progress.check()
    if result.exit_code != 0:
        told = visible(result.stderr.decode("utf-8", "replace")[:300])
        raise ReviewerError(f"zig could not compile the launcher ({told})", where=str(toolchain.zig))
