"""Zig's releases as `ziglang` wheels from PyPI, unpacked into Reviewer's own toolchains. Whoever downloads checks the index's hashes."""

import contextlib
import importlib.util
import os
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

_POLL = 0.2


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
    work = folder.with_name(f".{version}.{secrets.token_hex(4)}")
    made = work / "made"
    try:
        _run((*_installer(), "--target", str(made), f"ziglang=={version}"), version, work, progress)
        try:
            made.rename(folder)
        except OSError:  # another Reviewer was faster
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _installer() -> tuple[str, ...]:
    """Pip of this Python, or uv, which makes environments without pip."""
    if importlib.util.find_spec("pip") is not None:
        quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
        return (sys.executable, "-m", "pip", "install", *quiet, "--no-deps", "--only-binary", ":all:")
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        raise ReviewerError("there is neither pip nor uv to install zig with", cure="install one, or put zig on PATH")
    return (uv, "pip", "install", "--quiet", "--python", sys.executable, "--no-deps", "--only-binary", ":all:")


def _run(argv: tuple[str, ...], version: str, work: Path, progress: Progress) -> None:
    """Run the installer, with everything that it writes inside of `work`: nothing is left behind, and progress can be seen."""
    work.mkdir(parents=True)
    own_folders = {"TMPDIR": str(work), "PIP_NO_CACHE_DIR": "1", "UV_CACHE_DIR": str(work / "cache")}
    with tempfile.TemporaryFile() as said:
        # Not in the folder of a project: both installers take settings, pip even modules, from where they are started.
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=work.parent,
            env=os.environ | own_folders,
        )
        try:
            while process.poll() is None:
                progress.report(f"Installing zig {version} from PyPI: {_megabytes(work)} MB so far")
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


def _megabytes(folder: Path) -> int:
    """What the installer wrote until now; files come and go while it works."""
    size = 0
    seen = set()
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                status = os.lstat(f"{parent}/{name}")
                if status.st_ino not in seen:  # uv links from its cache
                    seen.add(status.st_ino)
                    size += status.st_size
    return size // 1_000_000
