"""What a graph was approved by: looked at again when it is about to be executed."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Grants, Lock
from reviewer.lock.storage import load
from reviewer.model.graph import Graph


class Approval(NamedTuple):
    """A configured graph of which the verdict was 0 with this lock, as it was in this file, and what that grants (by step id)."""

    graph: Graph
    lock_path: Path
    lock: Lock
    grants: Mapping[str, Grants]

    def withdrawn(self) -> str:
        """Why it does not hold any more; empty while it does. Never raises; safe on any thread."""
        try:
            now = load(self.lock_path)
        except ReviewerError as error:
            return str(error)
        if now != self.lock:
            return f"{self.lock_path}: it was changed while the build was prepared, so nothing was built; start again"
        return ""
