"""Bringing another project's review.lock here, when `reviewer import` asks for it: bounded, executing nothing of where it comes from."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Lock
from reviewer.lock.format import MAX_BYTES, canonical, parse
from reviewer.lock.imports import Source
from reviewer.lock.storage import FILE_NAME, load

_SECONDS = 120


def fetch(root: Path, source: Source) -> Lock:
    """The decisions that the source holds now. Raises ReviewerError where it cannot be reached, or is not a review.lock."""
    if source.path:
        return _from_path(root / source.path)
    data = _from_git(source) if source.git else _from_url(source.url)
    return canonical(parse(data, where=source.text))


def _from_path(path: Path) -> Lock:
    file = path / FILE_NAME if path.is_dir() else path
    if not file.exists():
        raise ReviewerError("there is no such file", where=str(file), cure="mend its path in review.toml")
    return canonical(load(file))


def _from_url(url: str) -> bytes:
    from urllib.error import URLError
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class OnlyHttps(HTTPRedirectHandler):
        """A way over a connection that anyone can change is not taken."""

        def redirect_request(self, request: Request, *words: object) -> Request | None:
            followed = super().redirect_request(request, *words)  # type: ignore[arg-type]
            if followed is not None and followed.type != "https":
                raise URLError(f"it leads to {followed.full_url[:200]}, which is not https")
            return followed

    try:
        with build_opener(OnlyHttps).open(url, timeout=_SECONDS) as answer:
            return bytes(answer.read(MAX_BYTES + 1))
    except (OSError, ValueError) as error:  # URLError is an OSError
        raise ReviewerError(
            f"cannot be fetched ({error})", where=url, cure="check the address and the network"
        ) from error


def _from_git(source: Source) -> bytes:
    """In an empty repository of our own. The user's configuration holds (for credentials), that of the project does not."""
    with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept = {name: os.environ[name] for name in os.environ if name.startswith(("GIT_CONFIG_", "GIT_SSH"))}
        env |= kept | {"GIT_ALLOW_PROTOCOL": "https:ssh:file", "GIT_TERMINAL_PROMPT": "0", "GIT_TEMPLATE_DIR": ""}
        _git(source, folder, env, "init", "--quiet", "--bare", ".")
        fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
        _git(source, folder, env, *fetch, "--", source.git, source.revision)
        size = _git(source, folder, env, "cat-file", "-s", f"FETCH_HEAD:{FILE_NAME}")
        if int(size) > MAX_BYTES:
            raise ReviewerError(f"its {FILE_NAME} is larger than {MAX_BYTES >> 20} MB", where=source.text)
        return _git(source, folder, env, "cat-file", "blob", f"FETCH_HEAD:{FILE_NAME}")


def _git(source: Source, folder: str, env: Mapping[str, str], *words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise ReviewerError(f"git did not answer ({error})", where=source.text, cure="try again") from error
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        cure = "check the address and revision in review.toml"
        raise ReviewerError(lines[0][:300], where=source.text, cure=cure)
    return done.stdout
