"""What somebody has looked at: remembered by content, so that the same content is viewed wherever it is met again."""

import json
import os
from collections.abc import Iterable

from reviewer.errors import ReviewerError
from reviewer.places import state_dir


class Viewed:
    """Digests of viewed files (`sha256:…`) and changes (`change:…`), kept in the tool's own folder, shared by all projects and windows."""

    def __init__(self) -> None:
        self._path = state_dir() / "viewed.json"
        self._digests = self._load()

    def __contains__(self, digest: str | None) -> bool:
        """Whether this content was marked viewed."""
        return digest in self._digests

    def toggle(self, digest: str) -> None:
        """Mark a content viewed, or take the mark back, as it is shown here. Raises ReviewerError, then nothing changed."""
        known = digest in self
        self.mark(() if known else (digest,), no_more=(digest,) if known else ())

    def mark(self, digests: Iterable[str], *, no_more: Iterable[str] = ()) -> None:
        """Mark contents viewed, and take the marks of others back. Raises ReviewerError, then nothing changed."""
        from filelock import FileLock

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=5):
                wanted = (self._load() - frozenset(no_more)) | frozenset(digests)
                unfinished = self._path.with_suffix(f".{os.getpid()}")
                unfinished.write_text(json.dumps(sorted(wanted), indent=0))
                unfinished.replace(self._path)
        except OSError as error:
            raise ReviewerError("the viewed mark cannot be kept", where=str(self._path), cure=str(error)) from error
        self._digests = wanted

    def _load(self) -> frozenset[str]:
        """What is on disk; nothing where that cannot be read, since a mark too few costs a look and a mark too many hides code."""
        try:
            value = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return frozenset()
        return frozenset(item for item in value if isinstance(item, str)) if isinstance(value, list) else frozenset()
