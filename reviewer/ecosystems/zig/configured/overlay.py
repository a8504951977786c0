"""A copy of the user's own build runner that also calls Reviewer's hook (ZIG.md, "One hook for all four"), and whose run steps spawn
Reviewer's launcher in an enforced build.

From 0.17 on it is a copy of the toolchain's `lib/compiler`, shown in its place inside the sandbox, or, where that cannot mount, a part of
a `lib` of links; before, a runner for `--build-runner`.
Nothing else that zig compiles sees any of it, so that what is built is the same, to the byte, as without."""

import hashlib
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain
from reviewer.errors import ReviewerError
from reviewer.places import cache_dir
from reviewer.resources import resource
from reviewer.sandbox.policy import Bind

_HOOK = (
    "enforce.zig",
    "enforce_ask.zig",
    "hook.zig",
    "enforce_confine.zig",
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

_KNOWN = "\npub const reviewer_configures = true; // to the project's own check, review.zig\n"

_CHILD = (
    "std.process.Child.init(argv, arena)",
    'std.process.Child.init(try @import("reviewer_enforce.zig").words(@ptrCast(run), argv), arena)',
)
_ARGV = ("        .argv = argv,\n", '        .argv = try @import("reviewer_enforce.zig").words(@ptrCast(run), argv),\n')
_MAKE = ("\nfn make(step: *Step,", "\npub fn make(step: *Step,")
# To zig itself the copy is another type, of equal layout. What these tell of is fuzzing and the web interface, which are never enforced.
_FUZZED = (".run = run,", ".run = @ptrCast(run),")
_TIMED = (
    "    run,\n                                &run.cached_test_metadata.?,",
    "    @ptrCast(run),\n                                @ptrCast(&run.cached_test_metadata.?),",
)
_SPAWNING: Mapping[str, Sequence[tuple[str, str]]] = {
    "0.14": (_MAKE, _CHILD, _FUZZED),
    "0.15": (_MAKE, _CHILD, _FUZZED),
    "0.16": (_MAKE, _ARGV, _FUZZED, (".run = f.run,", ".run = @ptrCast(f.run),"), _TIMED),
}
"""Of lib/std/Build/Step/Run.zig, by version: texts that are there once, and what stands for them in the copy."""

_MAKER = {
    "Maker.zig": (
        (
            "            var child = process.spawn(io, .{\n                .argv = configure_argv,\n",
            """            var child = @import("reviewer_enforce_maker.zig").spawnConfined(io, &graph.environ_map, .{
                .argv = configure_argv,
""",
        ),
        (
            "                .none => {},\n                .zon => {\n",
            """                .none => try @import("reviewer_enforce_maker.zig").configured(arena, &graph.environ_map, &scanned_config),
                .zon => {
""",
        ),
    ),
    "Maker/Step/Run.zig": (
        (
            "        .argv = argv,\n",
            '        .argv = try @import("../../reviewer_enforce_maker.zig").words(arena, maker, run_index, argv),\n',
        ),
    ),
}
"""Of lib/compiler from 0.17 on, by file: texts that are there once, and what stands for them in the copy."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """How to make zig report: what it needs to be shown, the arguments of `zig build` that configure with the hook, those that
    then execute nothing of what was configured, and the secret that a genuine report carries.

    `enforces`: run steps can be made to spawn the launcher; not so where a toolchain's code for them was not recognised, or by links.
    """

    folder: Path
    shown: tuple[Bind, ...]
    arguments: tuple[str, ...]
    only_configure: tuple[str, ...]
    secret: str
    enforces: bool
    lib: Path | None = None
    """In place of the toolchain's own."""


def make_overlay(toolchain: Toolchain) -> Overlay:
    """The overlay of this toolchain, made once and kept in the tool's cache. Raises ReviewerError where its runner is unknown."""
    secret = _secret()
    files = {
        **{f"reviewer_{name}": resource(f"zig/{name}").read_text() for name in _HOOK},
        "reviewer_run.zig": resource("zig/enforce_nothing.zig").read_text(),
        "reviewer_secret.zig": f'pub const secret = "{secret}";\n',
    }
    if toolchain.has_maker:
        runner, call = "configurer.zig", "    builder.runPackageScript(root);\n"
        maker = {name: _replaced(toolchain.lib / "compiler" / name, texts) for name, texts in _MAKER.items()}
        enforces = all(maker.values())
        if enforces:
            files |= {name: text for name, text in maker.items() if text}
            files["reviewer_enforce_maker.zig"] = resource("zig/enforce_maker.zig").read_text()
    else:
        runner, call = "build_runner.zig", "        try builder.runBuild(root);\n"
        spawning = _replaced(toolchain.lib / "std/Build/Step/Run.zig", _SPAWNING[toolchain.minor])
        files["reviewer_run.zig"] = spawning or files["reviewer_run.zig"]
        enforces = spawning is not None
    files[runner] = _hooked(toolchain, runner, call)
    original = toolchain.lib / "compiler" if toolchain.has_maker else None
    folder = _kept("compiler" if original else "runner", toolchain, files, original)
    if original:
        # A cached configuration would skip the configurer, and with it the hook.
        return Overlay(
            folder,
            (Bind(folder, original),),
            ("--cache-poison=poisoned",),
            ("--print-configuration",),
            secret,
            enforces,
        )
    arguments = ("--build-runner", str(folder / runner))
    return Overlay(folder, (Bind(folder, folder),), arguments, ("-l",), secret, enforces)


def linked_overlay(toolchain: Toolchain, overlay: Overlay) -> Overlay:
    """The same for a sandbox that cannot mount: a `lib` of links, in which `compiler` is the copy."""
    if not toolchain.has_maker:
        return overlay
    lib = overlay.folder.with_name(f"lib-of-{overlay.folder.name}")
    if not lib.is_dir():
        unfinished = lib.with_name(f"{lib.name}.{secrets.token_hex(4)}")
        unfinished.mkdir()
        for entry in toolchain.lib.iterdir():
            (unfinished / entry.name).symlink_to(overlay.folder if entry.name == "compiler" else entry)
        try:
            unfinished.rename(lib)
        except OSError:  # another Reviewer was faster
            shutil.rmtree(unfinished)
    shown = tuple(Bind(folder, folder) for folder in (lib, overlay.folder))
    return replace(overlay, lib=lib, shown=shown, arguments=(f"--zig-lib={lib}", *overlay.arguments), enforces=False)


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
    return source.replace(call, indentation + _BEFORE + call + indentation + _AFTER) + _KNOWN


def _replaced(path: Path, replacements: Sequence[tuple[str, str]]) -> str | None:
    """The toolchain's own source with each of these texts replaced; None where one is not there exactly once."""
    try:
        source = path.read_text()
    except OSError:
        return None
    for text, instead in replacements:
        if source.count(text) != 1:
            return None
        source = source.replace(text, instead)
    return source


def _kept(kind: str, toolchain: Toolchain, files: dict[str, str], original: Path | None) -> Path:
    """A folder of these files, and everything else of the `original`."""
    key = hashlib.sha256(repr((str(toolchain.lib), toolchain.version, sorted(files.items()))).encode()).hexdigest()[:16]
    folder = cache_dir() / "zig" / f"{kind}-{toolchain.version}-{key}"
    if not folder.is_dir():
        # Into a folder beside it first, so that a half-made one is never used.
        unfinished = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        if original:
            shutil.copytree(original, unfinished, copy_function=shutil.copyfile)
        else:
            unfinished.mkdir(parents=True)
        for name, text in files.items():
            (unfinished / name).write_text(text)
        try:
            unfinished.rename(folder)
        except OSError:  # another Reviewer was faster
            shutil.rmtree(unfinished)
    return folder


def _secret() -> str:
    """Random for each installation; kept, so that the compiled configurer stays in zig's cache."""
    path = cache_dir() / "zig" / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16))
    return path.read_text()
