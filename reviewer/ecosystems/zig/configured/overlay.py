"""A copy of the user's own build runner that also calls Reviewer's hook (ZIG.md, "One hook for all four")."""

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir
from reviewer.resources import resource

_HOOK = (
    "hook.zig",
    "hook_files.zig",
    "hook_found.zig",
    "hook_json.zig",
    "hook_makes.zig",
    "hook_versions.zig",
    "hook_writer.zig",
    "observe.zig",
)
_BEFORE = '@import("reviewer_hook.zig").begin(builder);\n'
_AFTER = '@import("reviewer_hook.zig").report(builder);\n'


@dataclass(frozen=True, slots=True)
class Overlay:
    """How to make zig report: the folder that it needs to see, the arguments of `zig build` that configure with the hook, those that
    then execute nothing of what was configured, and the secret that a genuine report carries."""

    folder: Path
    arguments: tuple[str, ...]
    only_configure: tuple[str, ...]
    secret: str


def make_overlay(toolchain: Toolchain) -> Overlay:
    """The overlay of this toolchain, made once and kept in the tool's cache. Raises ReviewerError where its runner is unknown.

    From 0.17 on it is a `lib` of links with one file replaced; before, a runner for `--build-runner`, whose `-l` ends before make.
    """
    secret = _secret()
    files = {
        **{f"reviewer_{name}": resource(f"zig/{name}").read_text() for name in _HOOK},
        "reviewer_secret.zig": f'pub const secret = "{secret}";\n',
    }
    if toolchain.has_maker:
        files["configurer.zig"] = _hooked(toolchain, "configurer.zig", "    builder.runPackageScript(root);\n")
        files = {f"compiler/{name}": text for name, text in files.items()}
        folder = _kept("lib", toolchain, files, links=True)
        # A cached configuration would skip the configurer, and with it the hook.
        arguments, only_configure = (f"--zig-lib={folder}", "--cache-poison=poisoned"), "--print-configuration"
    else:
        files["build_runner.zig"] = _hooked(toolchain, "build_runner.zig", "        try builder.runBuild(root);\n")
        folder = _kept("runner", toolchain, files, links=False)
        arguments, only_configure = ("--build-runner", str(folder / "build_runner.zig")), "-l"
    return Overlay(folder, arguments, (only_configure,), secret)


def _hooked(toolchain: Toolchain, name: str, call: str) -> str:
    """The toolchain's own source, with the hook right before and after the line that calls the project's `build()`."""
    original = toolchain.lib / "compiler" / name
    try:
        source = original.read_text()
    except OSError as error:
        raise ReviewerError(f"zig's build runner cannot be read ({error.strerror})", where=str(original)) from error
    if source.count(call) != 1:
        raise ReviewerError(
            f"zig {toolchain.version} was not recognised: the line `{call.strip()}` was expected once in its runner and "
            f"found {source.count(call)} times",
            where=str(original),
            cure=f"name one of {', '.join(NEWEST.values())} with --zig, or use --evidence read",
        )
    indentation = call[: -len(call.lstrip())]
    return source.replace(call, indentation + _BEFORE + call + indentation + _AFTER)


def _kept(kind: str, toolchain: Toolchain, files: dict[str, str], *, links: bool) -> Path:
    """A folder of these files, with links to everything else of the toolchain's `lib` where `links`."""
    key = hashlib.sha256(repr((str(toolchain.lib), toolchain.version, sorted(files.items()))).encode()).hexdigest()[:16]
    folder = cache_dir() / "zig" / f"{kind}-{toolchain.version}-{key}"
    if not folder.is_dir():
        # Into a folder beside it first, so that a half-made one is never used.
        unfinished = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        unfinished.mkdir(parents=True)
        if links:
            _link(unfinished, toolchain.lib, files)
        for name, text in files.items():
            (unfinished / name).write_text(text)
        try:
            unfinished.rename(folder)
        except OSError:  # another Reviewer was faster
            shutil.rmtree(unfinished)
    return folder


def _link(lib: Path, original: Path, files: dict[str, str]) -> None:
    (lib / "compiler").mkdir()
    for folder in ("", "compiler"):
        for entry in (original / folder).iterdir():
            name = f"{folder}/{entry.name}" if folder else entry.name
            if name != "compiler" and name not in files:
                (lib / name).symlink_to(entry)


def _secret() -> str:
    """Random for each installation; kept, so that the compiled configurer stays in zig's cache."""
    path = cache_dir() / "zig" / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text()
