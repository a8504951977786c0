"""The explanation cards of the code view: wrapped text, laid out line by line."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextCharFormat, QTextLayout, QTextOption

from reviewer.ui.code.emphasis import emphasis
from reviewer.ui.look.theme import code_font, scaled, ui_font

CARD_PAD = 14
CARD_EDGE = 4
"""Free pixels below a card."""


def card_layout(text: str, width: int) -> QTextLayout:
    """An explanation, wrapped to a width."""
    parts = emphasis(text)
    font = ui_font(12.5)
    layout = QTextLayout("".join(piece for piece, _ in parts).replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    layout.setTextOption(option)
    ranges, start = [], 0
    for piece, kind in parts:
        if kind != "plain":
            made = QTextLayout.FormatRange()
            made.start, made.length = start, len(piece)
            form = QTextCharFormat()
            if kind == "bold":
                form.setFontWeight(QFont.Weight.Bold)
            else:
                form.setFont(
                    code_font(12.5), QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesSpecifiedOnly
                )
            made.format = form
            ranges.append(made)
        start += len(piece)
    layout.setFormats(ranges)
    leading = (_line_height() - QFontMetrics(font).height()) / 2
    layout.beginLayout()
    number = 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, number * _line_height() + leading + 2))
        number += 1
    layout.endLayout()
    return layout


def card_height(layout: QTextLayout) -> int:
    """How much room a card takes below its line."""
    return layout.lineCount() * _line_height() + 10 + CARD_EDGE


def _line_height() -> int:
    return scaled(19)
