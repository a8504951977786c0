"""What is said about a line: to a screen reader, and under the mouse. No Qt."""

from reviewer.content.tricks import full_name
from reviewer.review.reading import MarkKind
from reviewer.ui.code.motion import Place
from reviewer.ui.code.page import Page
from reviewer.ui.look.text import one_line

_SAID = {
    MarkKind.RUN: " (creates a run step)",
    MarkKind.HIDDEN_RUN: " (creates a hidden run step)",
    MarkKind.LINK: " (ties a run step into the build)",
    MarkKind.FINDING: " (a finding)",
}
_LIMIT = 400


def about_line(page: Page, piece: int) -> str:
    """A line's number, what it is marked for, its text, its warnings and its explanation."""
    line = page.document.line_of(piece)
    mark = page.marks.get(line)
    said = f"Line {line}{_SAID[mark.kind] if mark is not None else ''}: {page.text(piece).strip()}"
    more = [flag.text for flag in page.flags.get(line, [])]
    if card := page.explanations.get(line):
        more.append(card)
    return one_line(". ".join([said, *more]), _LIMIT)


def about_place(page: Page, place: Place, *, in_gutter: bool) -> str:
    """What the label at a place stands for, else what the line is warned of; may be empty."""
    piece, column = place
    labels = () if in_gutter else page.highlighter.shown(piece).labels
    said = [full_name(label.character) for label in labels if label.start <= column <= label.start + label.length]
    if not said:
        said = [flag.text for flag in page.flags.get(page.document.line_of(piece), [])]
    return one_line("; ".join(said), _LIMIT)
