"""Reading code in a window of 1440 by 900, drawn offscreen: how soon a file is there, how smoothly it scrolls, what its colours cost."""

import os
import tempfile
import time
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QApplication, QPlainTextEdit

from benchmarks.ratio import Budget, Ratio, compare, seconds
from reviewer.review.document import Document, open_document
from reviewer.ui.code.finder import Finder
from reviewer.ui.code.highlight import CHUNK, Highlighter
from reviewer.ui.code.opening import Opening
from reviewer.ui.code.view import CodeView
from reviewer.ui.look.theme import Look

LINE = '    const value{n} = b.addModule("name", .{{ .root_source_file = b.path("src/{n}.zig") }}); // one of many'
WIDTH, HEIGHT = 760, 500
"""Pixels of the code in the window of the design picture."""


def first_picture() -> Budget:
    """Opening, showing and painting 5,000 lines, the colours of what is seen included."""
    with tempfile.TemporaryDirectory() as folder:
        _write(folder, 5_000)
        view = _view()

        def read() -> None:
            view.show_document(open_document(Path(folder), "a.zig"), [])
            view.viewport().repaint()

        return Budget("first picture of 5,000 lines", seconds(read, 15) * 1000, "ms", 50)


def first_picture_against_plain_text() -> Ratio:
    """The same against Qt's own widget for plain text, which colours nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = _write(folder, 5_000)
        view, plain = _view(), QPlainTextEdit()
        plain.resize(WIDTH, HEIGHT)
        plain.show()

        def ours() -> None:
            view.show_document(open_document(Path(folder), "a.zig"), [])
            view.viewport().repaint()

        def yardstick() -> None:
            plain.setPlainText(path.read_text())
            plain.viewport().repaint()

        return compare(("first picture of 5,000 lines", ours), ("QPlainTextEdit", yardstick), aim=3)


def scroll_by_pages() -> Budget:
    """Frames of 100,000 lines and 20 MB, paged through at many places: the 95th percentile of the window's thread at work."""
    return _frames("a page further in 20 MB", lambda frame, page: (frame // 20) * 61_000 + frame % 20 * page)


def scroll_by_lines() -> Budget:
    """The same, line by line."""
    return _frames("a line further in 20 MB", lambda frame, _: 900_000 + frame * 21)


def open_20_mb() -> Budget:
    """Opening 100,000 lines and 20 MB: the longest time for which the window answers nothing."""
    with tempfile.TemporaryDirectory() as folder:
        _write(folder, 100_000, padding=100)
        view, opening = _view(), Opening()
        opened: list[Document] = []
        opening.opened.connect(lambda document: view.show_document(document, []))
        opening.opened.connect(opened.append)
        longest, application = 0.0, _application()
        opening.open(Path(folder), "a.zig")
        while not opened:
            begin = time.perf_counter()
            application.processEvents()
            longest = max(longest, time.perf_counter() - begin)
        return Budget("longest pause while 20 MB are opened", longest * 1000, "ms", 50)


def search_20_mb() -> Budget:
    """Finding each line of 100,000 lines and 20 MB: the longest time for which the window answers nothing."""
    document, finder = _document(100_000, padding=100), Finder()
    begin = time.perf_counter()
    finder.search(document, "addmodule")
    longest = time.perf_counter() - begin
    while not finder.is_done:
        begin = time.perf_counter()
        _application().processEvents()
        longest = max(longest, time.perf_counter() - begin)
    assert finder.count == 100_000
    return Budget("longest pause while 20 MB are searched", longest * 1000, "ms", 50)


def colors_of_a_chunk() -> Ratio:
    """The colours of what is on screen against what pygments itself takes for the same lines."""
    document = _document(5_000)
    text = "\n".join(document.pieces[:CHUNK]) + "\n"
    highlighter = Highlighter(document)
    return compare(
        (f"colours of {CHUNK} lines", lambda: highlighter.color(0)),
        ("pygments", lambda: list(highlighter.lexer.get_tokens_unprocessed(text))),
        aim=2,
    )


def _frames(name: str, place: object) -> Budget:
    assert callable(place)
    document, view = _document(100_000, padding=100), _view()
    view.show_document(document, [])
    taken = []
    for frame in range(300):
        begin = time.thread_time()  # what a frame costs, not what else the machine does
        view.verticalScrollBar().setValue(place(frame, HEIGHT))
        view.viewport().repaint()
        taken.append(time.thread_time() - begin)
        _application().processEvents()
    return Budget(f"{name}, frame at the 95th percentile", sorted(taken)[int(len(taken) * 0.95)] * 1000, "ms", 16)


def _write(folder: str, lines: int, padding: int = 0) -> Path:
    path = Path(folder, "a.zig")
    path.write_text("".join(f"{LINE.format(n=n)}{'.' * padding}\n" for n in range(lines)))
    return path


@cache
def _document(lines: int, padding: int = 0) -> Document:
    with tempfile.TemporaryDirectory() as folder:
        _write(folder, lines, padding)
        return open_document(Path(folder), "a.zig")


@cache
def _application() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication([])


@cache
def _look() -> Look:
    return Look(_application(), fixed="dark")


def _view() -> CodeView:
    view = CodeView(_look())
    view.resize(WIDTH, HEIGHT)
    view.show()
    _application().processEvents()
    return view
