"""One row of code as Qt draws it: its text laid out, coloured, with hidden characters boxed and lookalikes underlined."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextCharFormat, QTextLayout, QTextOption

from reviewer.content.shown import Label
from reviewer.content.tricks import lookalikes
from reviewer.ui.code.highlight import Span
from reviewer.ui.look.text import reorders
from reviewer.ui.look.theme import Theme

_LEFT_TO_RIGHT = "\u202d"
"""Put before a row with right-to-left letters, so that it is drawn in the order in which it is stored."""


class RowLayout:
    """What a row shows: `text` begins at character `start` of its piece. Columns are those of the piece."""

    def __init__(
        self, text: str, start: int, spans: Sequence[Span], labels: Sequence[Label], font: QFont, theme: Theme
    ) -> None:
        self.text = text
        self.start = start
        self.labels = [label for label in labels if start <= label.start < start + len(text)]
        self._shift = 1 if reorders(text) else 0
        self.drawn = QTextLayout(_LEFT_TO_RIGHT * self._shift + text, font)
        option = QTextOption()
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        self.drawn.setTextOption(option)
        formats = [self._range(span.start, span.length, _colored(theme, span.role)) for span in spans]
        if not text.isascii():
            in_comment = [span for span in spans if span.role == "code_comment"]
            for word in lookalikes(text):
                at = start + word.start
                if not any(span.start <= at < span.start + span.length for span in in_comment):
                    formats.append(self._range(at, word.length, _lookalike(theme)))
            formats += [self._range(label.start, label.length, _boxed(theme)) for label in self.labels]
        self.drawn.setFormats([made for made in formats if made.length > 0])
        self.drawn.beginLayout()
        self._line = self.drawn.createLine()
        self.drawn.endLayout()

    def _range(self, start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        first, last = max(start - self.start, 0), min(start + length - self.start, len(self.text))
        made.start, made.length = first + self._shift, last - first
        made.format = form
        return made

    @property
    def width(self) -> float:
        """Pixels of the text."""
        return self._line.naturalTextWidth()

    @property
    def height(self) -> float:
        """Pixels of the text."""
        return self._line.height()

    def x(self, column: int) -> float:
        """Where a column begins, in pixels from the start of the row."""
        # PySide answers with the place and the column it is at, its stubs know the place only.
        place: object = self._line.cursorToX(min(max(column - self.start, 0), len(self.text)) + self._shift)
        x = place[0] if isinstance(place, tuple) else place
        assert isinstance(x, float)
        return x

    def column(self, x: float) -> int:
        """The column nearest to a place in pixels."""
        return self.start + max(0, self._line.xToCursor(x) - self._shift)


def _colored(theme: Theme, role: str) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(theme.color(role))
    return form


def _boxed(theme: Theme) -> QTextCharFormat:
    form = _colored(theme, "red")
    form.setBackground(theme.color("red_fill"))
    form.setFontWeight(QFont.Weight.Bold)
    return form


def _lookalike(theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setBackground(theme.color("amber_fill"))
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    form.setUnderlineColor(theme.color("red"))
    return form
