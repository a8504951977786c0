"""The cursor in a page and what is selected with it. No Qt."""

from reviewer.content.shown import column_at
from reviewer.ui.code.motion import Motion, Mover, Place, word_at
from reviewer.ui.code.page import Page

_BY_ROWS = {Motion.UP, Motion.DOWN, Motion.PAGE_UP, Motion.PAGE_DOWN}


class Caret:
    """`place` is where the cursor is, `anchor` where the selection began: the same place where nothing is selected."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.place: Place = (0, 0)
        self.anchor: Place = (0, 0)
        self._wanted: int | None = None

    def put(self, place: Place, *, keep: bool = False) -> None:
        """Go to a place; `keep` selects what is between."""
        self.place = place
        if not keep:
            self.anchor = place
        self._wanted = None

    def go(self, motion: Motion, page_rows: int, *, keep: bool) -> None:
        """Move; up and down keep to the column where they began."""
        rows = self._page.rows
        wanted = self._wanted
        if motion in _BY_ROWS and wanted is None:
            wanted = self.place[1] - rows.place(rows.row_of(*self.place))[1]
        self.put(Mover(rows, self._page.text, page_rows).moved(self.place, motion, wanted=wanted), keep=keep)
        self._wanted = wanted if motion in _BY_ROWS else None

    def select_all(self) -> None:
        """Select everything."""
        last = len(self._page.document.pieces) - 1
        self.anchor, self.place = (0, 0), (last, len(self._page.text(last)))

    def select_word(self, place: Place) -> None:
        """Select the word at a place."""
        found = word_at(self._page.text(place[0]), place[1])
        if found is not None:
            self.anchor, self.place = (place[0], found[0]), (place[0], found[1])

    @property
    def has_selection(self) -> bool:
        """Whether something is selected."""
        return self.anchor != self.place

    @property
    def selected(self) -> tuple[Place, Place]:
        """Where the selection begins and ends."""
        return (self.anchor, self.place) if self.anchor <= self.place else (self.place, self.anchor)

    @property
    def line(self) -> int:
        """The cursor's line, from 1."""
        return self._page.document.line_of(self.place[0])

    @property
    def column(self) -> int:
        """The cursor's column in the file's line, from 1."""
        piece, shown = self.place
        document = self._page.document
        return document.column(piece, column_at(document.pieces[piece], shown))

    @property
    def lines(self) -> tuple[int, int]:
        """The first and last line that something is selected of; the cursor's where nothing is."""
        (first, _), (last, end) = self.selected
        line_of = self._page.document.line_of
        return line_of(first), line_of(last - 1 if last > first and end == 0 else last)

    @property
    def text(self) -> str:
        """What is selected, as it is shown; empty where nothing is."""
        (first, start), (last, end) = self.selected
        parts = []
        for piece in range(first, last + 1):
            text = self._page.text(piece)[start if piece == first else 0 : end if piece == last else None]
            goes_on = piece == first or not self._page.document.starts_line(piece)
            parts.append(text if goes_on else f"\n{text}")
        return "".join(parts)

    @property
    def word(self) -> str:
        """What is selected within one piece, else the word at the cursor; may be empty."""
        (piece, start), (last, end) = self.selected
        text = self._page.text(self.place[0])
        if self.has_selection and piece == last:
            return text[start:end]
        found = word_at(text, self.place[1])
        return text[slice(*found)] if found else ""

    @property
    def is_on_keyword(self) -> bool:
        """Whether the word at the cursor is one of the language."""
        piece, column = self.place
        spans = self._page.highlighter.spans(piece) or ()
        return any(span.role == "code_keyword" and span.start <= column <= span.start + span.length for span in spans)
