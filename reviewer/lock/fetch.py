"""Bringing another project's review.lock here, when `reviewer import` asks for it: bounded, executing nothing of where it comes from."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Lock
from reviewer.lock.format import MAX_BYTES, canonical, parse
from reviewer.lock.imports import Source
from reviewer.lock.storage import FILE_NAME, load
from reviewer.progress import Progress

_SECONDS = 120
_LOOK = 0.05
"""Seconds between two looks at whether the user cancelled."""
_PIECE = 1 << 18


def fetch(root: Path, source: Source, progress: Progress | None = None) -> Lock:
    """The decisions that the source holds now.

    Raises ReviewerError where it cannot be reached, or is not a review.lock, and CancelledError; then nothing is left behind.
    """
    progress = progress or Progress()
    progress.report(f"Fetching {source.name}")
    if source.path:
        return _from_path(root / source.path)
    data = _from_git(source, progress) if source.git else _from_url(source.url, progress)
    return canonical(parse(data, where=source.text))


def _from_path(path: Path) -> Lock:
    file = path / FILE_NAME if path.is_dir() else path
    if not file.exists():
        raise ReviewerError("there is no such file", where=str(file), cure="mend its path in review.toml")
    return canonical(load(file))


def _from_url(url: str, progress: Progress) -> bytes:
    from urllib.error import URLError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class OnlyHttps(HTTPRedirectHandler):
        """A way over a connection that anyone can change is not taken."""

        def redirect_request(self, request: Request, *words: object) -> Request | None:
            followed = super().redirect_request(request, *words)  # type: ignore[arg-type]
            if followed is not None and followed.type != "https":
                raise URLError(f"it leads to {followed.full_url[:200]}, which is not https")
            return followed

    data = b""
    try:
        with build_opener(OnlyHttps).open(url, timeout=_SECONDS) as answer:
            while len(data) <= MAX_BYTES and (piece := answer.read(_PIECE)):
                data += piece
                progress.report(f"{len(data):,} bytes from {url}")
    except (OSError, ValueError) as error:  # URLError is an OSError
        raise ReviewerError(
            f"cannot be fetched ({error})", where=url, cure="check the address and the network"
        ) from error
    return data


def _from_git(source: Source, progress: Progress) -> bytes:
    """In an empty repository of our own. The user's configuration holds (for credentials), that of the project does not."""
    name = f"{source.folder}/{FILE_NAME}" if source.folder else FILE_NAME
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept = {name: os.environ[name] for name in os.environ if name.startswith(("GIT_CONFIG_", "GIT_SSH"))}
        env |= kept | {"GIT_ALLOW_PROTOCOL": "https:ssh:file", "GIT_TERMINAL_PROMPT": "0", "GIT_TEMPLATE_DIR": ""}
        git = _Git(source, folder, env, progress)
        git.run("init", "--quiet", "--bare", ".")
        fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
        git.run(*fetch, "--", source.git, source.revision)
        size = git.run("cat-file", "-s", f"FETCH_HEAD:{name}")
        if int(size) > MAX_BYTES:
            raise ReviewerError(f"its {name} is larger than {MAX_BYTES >> 20} MB", where=source.text)
        return git.run("cat-file", "blob", f"FETCH_HEAD:{name}")


class _Git:
    """git in a folder, ended when the user cancels."""

    def __init__(self, source: Source, folder: str, env: Mapping[str, str], progress: Progress) -> None:
        self._source, self._folder, self._env, self._progress = source, folder, env, progress

    def run(self, *words: str) -> bytes:
        """What it prints."""
        out, told = Path(self._folder, "out"), Path(self._folder, "told")
        with out.open("wb") as stdout, told.open("wb") as stderr:
            try:
                code = self._end(
                    subprocess.Popen(
                        ["git", *words],
                        cwd=self._folder,
                        env=self._env,
                        stdin=subprocess.DEVNULL,
                        stdout=stdout,
                        stderr=stderr,
                        start_new_session=True,  # with the programs that it starts to fetch
                    )
                )
            except (OSError, subprocess.SubprocessError) as error:
                raise ReviewerError(
                    f"git did not answer ({error})", where=self._source.text, cure="try again"
                ) from error
        if code != 0:
            lines = told.read_bytes().decode(errors="replace").strip().splitlines() or ["git failed"]
            cure = "check the address, revision and folder in review.toml"
            raise ReviewerError(lines[0][:300], where=self._source.text, cure=cure)
        return out.read_bytes()

    def _end(self, git: "subprocess.Popen[bytes]") -> int:
        """Its exit code; whatever else ends this wait ends git."""
        until = time.monotonic() + _SECONDS
        try:
            while time.monotonic() < until:
                try:
                    return git.wait(_LOOK)
                except subprocess.TimeoutExpired:
                    self._progress.check()
            raise subprocess.TimeoutExpired(git.args, _SECONDS)
        finally:
            if git.poll() is None:
                _kill(git)


def _kill(git: "subprocess.Popen[bytes]") -> None:
    import signal

    try:
        os.killpg(git.pid, signal.SIGKILL)
    except (AttributeError, OSError):  # a system without process groups, or it just ended
        git.kill()
    git.wait()
