"""Documents for tests, opened from real files."""

import tempfile
from pathlib import Path

from reviewer.review.document import Document, open_document


def document(content: str | bytes, path: str = "a.zig") -> Document:
    """The document of a file with this content."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, path).write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_document(Path(folder), path)
