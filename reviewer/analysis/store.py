"""What was learned of a file's content, kept by the digest of that content."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from reviewer.places import cache_dir

MAX_ROWS = 200_000
"""About 200 MB; beyond it half is forgotten."""


class Store:
    """Values by key, for as long as the `with` lasts. Without a cache folder that can be written, nothing is kept."""

    def __init__(self) -> None:
        import sqlite3

        self._fault = sqlite3.Error
        self._db: sqlite3.Connection | None = None
        self._new: dict[str, str] = {}
        try:
            path = cache_dir() / "analysis.sqlite"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=2, check_same_thread=False)
            self._db.execute("CREATE TABLE IF NOT EXISTS learned (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        except (OSError, sqlite3.Error):
            self._db = None

    def get(self, key: str) -> Any:
        """The value; None if it is not kept."""
        if key in self._new:
            return json.loads(self._new[key])
        if self._db is None:
            return None
        try:
            row = self._db.execute("SELECT value FROM learned WHERE key = ?", (key,)).fetchone()
            return None if row is None else json.loads(row[0])
        except (self._fault, ValueError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a plain value."""
        self._new[key] = json.dumps(value, separators=(",", ":"))

    def close(self) -> None:
        """Write what is new. What cannot be written is found out again the next time."""
        if self._db is None:
            return
        with contextlib.suppress(self._fault):
            if self._new:
                with self._db:
                    self._db.executemany("INSERT OR REPLACE INTO learned VALUES (?, ?)", self._new.items())
                    (count,) = self._db.execute("SELECT count(*) FROM learned").fetchone()
                    if count > MAX_ROWS:
                        self._db.execute(
                            "DELETE FROM learned WHERE key IN (SELECT key FROM learned LIMIT ?)", (count // 2,)
                        )
            self._db.close()


@contextlib.contextmanager
def open_store() -> Iterator[Store]:
    """A store that is written and closed at the end, also of work that was cancelled."""
    store = Store()
    try:
        yield store
    finally:
        store.close()
