"""From a folder or a saved graph file to a review."""

from pathlib import Path

from reviewer.model.graph import Evidence
from reviewer.progress import Progress
from reviewer.review.review import Review


def open_review(path: Path, progress: Progress, *, evidence: Evidence | None = None) -> Review:
    """Load a project folder, or a saved `reviewer.graph/1` file (then nothing can be decided), into a review.

    `evidence` None means: configured where the user allowed it for this project before and it can run, else read. Safe to call off the
    window's thread. Raises ReviewerError (not a project, broken manifest, damaged lock, no sandbox …) or CancelledError.
    """
    raise NotImplementedError
