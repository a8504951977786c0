"""A copy of the user's own zig `lib`, made of links, whose configurer also calls Reviewer's hook (ZIG.md, "One hook for all four")."""

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from reviewer.ecosystems.zig.toolchain import Toolchain
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir
from reviewer.resources import resource

_RUNNER = "compiler/configurer.zig"
_CALL = "    builder.runPackageScript(root);\n"
_HOOK = '    @import("reviewer_hook.zig").report(builder);\n'


@dataclass(frozen=True, slots=True)
class Overlay:
    """The folder for `--zig-lib`, and the secret that a genuine report carries."""

    lib: Path
    secret: str


def make_overlay(toolchain: Toolchain) -> Overlay:
    """The overlay of this toolchain, made once and kept in the tool's cache."""
    runner = toolchain.lib / _RUNNER
    try:
        source = runner.read_text()
    except OSError as error:
        raise ReviewerError(f"zig's configurer cannot be read ({error.strerror})", where=str(runner)) from error
    if source.count(_CALL) != 1:
        raise ReviewerError(
            f"the line `{_CALL.strip()}` was expected once and found {source.count(_CALL)} times",
            where=str(runner),
            cure=f"this zig {toolchain.version} is not one that Reviewer knows; use --evidence read",
        )
    secret = _secret()
    files = {
        _RUNNER: source.replace(_CALL, _CALL + _HOOK),
        "compiler/reviewer_hook.zig": resource("zig/hook.zig").read_text(),
        "compiler/reviewer_secret.zig": f'pub const secret = "{secret}";\n',
    }
    key = hashlib.sha256(repr((str(toolchain.lib), toolchain.version, sorted(files.items()))).encode()).hexdigest()[:16]
    lib = cache_dir() / "zig" / f"lib-{toolchain.version}-{key}"
    if not lib.is_dir():
        _build(lib, toolchain.lib, files)
    return Overlay(lib, secret)


def _build(lib: Path, original: Path, files: dict[str, str]) -> None:
    """Into a folder beside it first, so that a half-made overlay is never used."""
    lib.parent.mkdir(parents=True, exist_ok=True)
    unfinished = lib.with_name(f"{lib.name}.{secrets.token_hex(4)}")
    (unfinished / "compiler").mkdir(parents=True)
    for folder in ("", "compiler"):
        for entry in (original / folder).iterdir():
            name = f"{folder}/{entry.name}" if folder else entry.name
            if name != "compiler" and name not in files:
                (unfinished / name).symlink_to(entry)
    for name, text in files.items():
        (unfinished / name).write_text(text)
    try:
        unfinished.rename(lib)
    except OSError:  # another Reviewer was faster
        shutil.rmtree(unfinished)


def _secret() -> str:
    """Random for each installation; kept, so that the compiled configurer stays in zig's cache."""
    path = cache_dir() / "zig" / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text()
