"""Both themes are whole, readable, and switch without a restart."""

import re

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from reviewer.ui.look.settings import THEMES, Settings
from reviewer.ui.look.theme import Look, Theme, code_font, load_theme, stylesheet, ui_font

READABLE = (
    ("text", "base"), ("text", "panel"), ("text", "card"), ("muted", "panel"), ("muted", "base"), ("muted", "card"),
    ("muted", "chip"), ("selection_text", "selection"), ("text", "selection"), ("red", "red_fill"), ("amber", "amber_fill"),
    ("purple", "purple_fill"), ("purple_text", "purple_fill"), ("green", "green_fill"), ("trust_text", "trust"),
    ("reject_text", "reject"), ("code_keyword", "base"), ("code_function", "base"), ("code_string", "base"),
    ("code_comment", "base"), ("code_number", "base"), ("code_builtin", "base"),
)  # fmt: skip


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(theme: Theme, ink: str, ground: str) -> float:
    bright, dark = sorted((luminance(theme.color(ink)), luminance(theme.color(ground))), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("ink", "ground"), READABLE)
def test_text_can_be_read(name: str, ink: str, ground: str) -> None:
    assert contrast(load_theme(name), ink, ground) >= (7 if name.startswith("contrast") else 4.2)


@pytest.mark.parametrize("name", THEMES)
def test_the_style_sheet_knows_every_colour_that_it_names(name: str) -> None:
    sheet = stylesheet(load_theme(name))
    assert not re.search(r"@[a-z]", sheet)
    assert load_theme(name).panel in sheet


def test_switching_the_theme_reaches_what_is_on_screen(look: Look, qtbot: QtBot) -> None:
    with qtbot.waitSignal(look.changed):
        look.fix("light")
    assert look.theme is load_theme("light")
    look.fix("dark")
    assert look.theme is load_theme("dark")


def test_larger_text_grows_fonts_and_the_room_around_them_but_not_the_lines(look: Look) -> None:
    look.use(Settings(ui_size=26, code_size=20))
    try:
        assert ui_font().pixelSize() == 26
        assert code_font().pixelSize() == 20
        sheet = stylesheet(look.theme)
        assert "font-size: 24px" in sheet
        assert "border: 1px" in sheet
    finally:
        look.use(Settings())
    assert ui_font().pixelSize() == 13
