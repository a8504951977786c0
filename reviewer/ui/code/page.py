"""The page of one file: its rows, marks, cards and folds, and where everything is. The view scrolls over it and the painter draws it."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtGui import QFont, QTextLayout

from reviewer.content.shown import show, shown_column, visible
from reviewer.review.document import Document, Flag
from reviewer.review.reading import Mark, MarkKind
from reviewer.ui.code.cards import card_height, card_layout
from reviewer.ui.code.highlight import Highlighter
from reviewer.ui.code.layout import RowLayout
from reviewer.ui.code.motion import Place
from reviewer.ui.code.rows import Rows, stretches_to_fold
from reviewer.ui.look.theme import Theme

_LAYOUTS = 400
_NARROWEST = 20
"""Characters of a wrapped row at least."""


class Page:
    """`wrap`: rows as wide as the window; `folded`: only what is marked and around it; `blanks`: tabs and blanks at ends are seen."""

    def __init__(self, document: Document, marks: Sequence[Mark]) -> None:
        self.document = document
        self.highlighter = Highlighter(document)
        self.marks: Mapping[int, Mark] = {mark.line: mark for mark in sorted(marks, key=is_run)}
        self.explanations = _explanations(marks, document)
        self.flags: dict[int, list[Flag]] = {}
        for flag in document.flags:
            self.flags.setdefault(flag.line, []).append(flag)
        self.wrap, self.folded, self.blanks = True, False, False
        self.cards: dict[int, QTextLayout] = {}
        self._unfolded: set[int] = set()
        self._layouts: dict[tuple[int, int], RowLayout] = {}
        self.rows = Rows(document.widths, 1)

    def arrange(self, height: int, characters: int, card_width: int) -> None:
        """Give everything its place: rows of `height` pixels with room for so many characters, cards of a width."""
        document = self.document
        # A card belongs below its line: below the last of its pieces.
        self.cards = {
            document.last_piece(line): card_layout(text, card_width) for line, text in self.explanations.items()
        }
        wrap = max(characters, _NARROWEST) if self.wrap and not document.is_bytes else None
        heights = {piece: card_height(layout) for piece, layout in self.cards.items()}
        folds: list[tuple[int, int]] = []
        if self.folded:
            folds = stretches_to_fold(len(document.pieces), self._worth_seeing())
            folds = [fold for fold in folds if not any(fold[0] <= piece <= fold[1] for piece in self._unfolded)]
        self.rows = Rows(document.widths, height, wrap=wrap, cards=heights, folds=folds)
        self.forget_layouts()

    def fold_unmarked(self, *, folded: bool) -> None:
        """Fold everything that is not worth seeing, or nothing. Takes effect with the next `arrange`."""
        self.folded = folded
        self._unfolded.clear()

    def unfold(self, piece: int) -> bool:
        """Keep the stretch around a piece open from the next `arrange` on; false where it is open already."""
        fold = self.rows.fold_at(self.rows.row_of(piece))
        if fold is None:
            return False
        self._unfolded.add(fold[0])
        return True

    def _worth_seeing(self) -> Iterable[int]:
        lines = {*self.marks, *self.flags, *(flag.target[0] for flags in self.flags.values() for flag in flags)}
        for line in lines:
            yield from range(self.document.first_piece(line), self.document.last_piece(line) + 1)

    def forget_layouts(self) -> None:
        """Colours, fonts or places changed."""
        self._layouts.clear()

    def text(self, piece: int) -> str:
        """What is shown of a piece."""
        return show(self.document.pieces[piece], blanks=self.blanks).text

    def layout(self, piece: int, start: int, font: QFont, theme: Theme) -> RowLayout:
        """The row that begins at a character of a piece, ready to draw."""
        key = piece, start
        if key in self._layouts:
            return self._layouts[key]
        shown = self.highlighter.shown(piece, blanks=self.blanks)
        end = None if self.rows.wrap is None else start + self.rows.wrap
        spans = self.highlighter.spans(piece)
        made = RowLayout(shown.text[start:end], start, spans or (), shown.labels, font, theme)
        if spans is not None:
            if len(self._layouts) > _LAYOUTS:
                self._layouts.clear()
            self._layouts[key] = made
        return made

    def place(self, line: int, column: int = 1) -> Place:
        """The piece and shown column of a line and column of the file (from 1)."""
        piece, rest = self.document.place(line, column)
        return piece, shown_column(self.document.pieces[piece], rest)

    def worth_a_look(self) -> list[int]:
        """The lines that are marked or flagged, in order."""
        return sorted({line for line in (*self.marks, *self.flags) if 1 <= line <= self.document.line_count})


def is_run(mark: Mark) -> bool:
    """Whether a mark is about a run step."""
    return mark.kind in (MarkKind.RUN, MarkKind.HIDDEN_RUN)


def _explanations(marks: Sequence[Mark], document: Document) -> dict[int, str]:
    """One card for each line, with everything that is to be said there."""
    found: dict[int, list[str]] = {}
    for mark in marks:
        if 1 <= mark.line <= document.line_count and mark.explanation not in ("", *found.get(mark.line, ())):
            found.setdefault(mark.line, []).append(mark.explanation)
    return {
        line: "\n".join(visible(part) for text in texts for part in text.split("\n")) for line, texts in found.items()
    }
