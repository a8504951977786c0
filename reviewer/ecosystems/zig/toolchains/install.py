"""Zig's releases as `ziglang` wheels from PyPI, unpacked into Reviewer's own toolchains. Whoever downloads checks the index's hashes."""

import importlib.util
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.toolchains.find import NEWEST, Toolchain, find_toolchain, toolchains_folder
from reviewer.errors import ReviewerError
from reviewer.progress import Progress

_POLL = 0.1


def install_toolchain(version: str, progress: Progress) -> Toolchain:
    """Install a release, such as `0.15.2`, or the newest known of a minor version, such as `0.15`, if it is not there already.

    About 100 MB are downloaded. Raises ReviewerError or CancelledError, and then nothing is left behind.
    """
    version = NEWEST.get(version, version)
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or version.rpartition(".")[0] not in NEWEST:
        known = ", ".join(NEWEST.values())
        raise ReviewerError(f"zig {visible(version)} is not known", cure=f"name one of {known}")
    folder = toolchains_folder() / version
    if not folder.is_dir():
        _install(version, folder, progress)
    (zig,) = [path for path in (folder / "ziglang").iterdir() if path.name in ("zig", "zig.exe")]
    return find_toolchain(named=zig)


def _install(version: str, folder: Path, progress: Progress) -> None:
    unfinished = folder.with_name(f".{version}.{secrets.token_hex(4)}")
    try:
        _run((*_installer(), "--target", str(unfinished), f"ziglang=={version}"), version, unfinished, progress)
        try:
            unfinished.rename(folder)
        except OSError:  # another Reviewer was faster
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _installer() -> tuple[str, ...]:
    """Pip of this Python, or uv, which makes environments without pip."""
    if importlib.util.find_spec("pip") is not None:
        quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
        return (sys.executable, "-m", "pip", "install", *quiet, "--no-deps", "--only-binary", ":all:")
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise ReviewerError("there is neither pip nor uv to install zig with", cure="install one, or put zig on PATH")
    return (uv, "pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--only-binary", ":all:")


def _run(argv: tuple[str, ...], version: str, target: Path, progress: Progress) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile() as said:
        # Not in the folder of a project: both installers take settings, pip even modules, from where they are started.
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, cwd=target.parent
        )
        try:
            while process.poll() is None:
                progress.report(f"Installing zig {version} into {target.parent}")
                time.sleep(_POLL)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        said.seek(0)
        lines = said.read(100_000).decode("utf-8", "replace").strip().splitlines()
    if process.returncode != 0:
        told = visible(lines[-1].strip()[:300]) if lines else f"exit code {process.returncode}"
        raise ReviewerError(
            f"zig {version} could not be installed: {told}",
            where=argv[0],
            cure="put that zig on PATH or name it with --zig",
        )
