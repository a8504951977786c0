"""Colours and fonts: the theme files of resources/themes, and how they reach Qt."""

import re
import tomllib
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from reviewer.resources import resource
from reviewer.ui.look.settings import SYSTEM, Settings

UI_PIXELS = 13
"""Height of the window's text, as in the design picture."""

_PIXELS = re.compile(r"\b(\d+)px")
_HAIRLINE = 2
"""Pixels up to which a length of the style sheet is a line, which stays as fine as it is when text grows."""


class Theme(NamedTuple):
    """Every colour of the window by its role, `#rrggbb`; the names are the keys of the theme files."""

    base: str
    panel: str
    card: str
    chip: str
    card_hover: str
    line: str
    text: str
    muted: str
    faint: str
    selection: str
    selection_edge: str
    selection_text: str
    focus: str
    edge: str
    red: str
    red_fill: str
    red_edge: str
    amber: str
    amber_fill: str
    amber_edge: str
    amber_row: str
    green: str
    green_fill: str
    green_edge: str
    purple: str
    purple_fill: str
    purple_edge: str
    purple_rim: str
    purple_text: str
    trust: str
    trust_hover: str
    trust_edge: str
    trust_text: str
    reject: str
    reject_hover: str
    reject_edge: str
    reject_text: str
    code_keyword: str
    code_function: str
    code_string: str
    code_number: str
    code_comment: str
    code_builtin: str

    def color(self, role: str) -> QColor:
        """The colour of a role."""
        return QColor(getattr(self, role))


@cache
def load_theme(name: str) -> Theme:
    """The theme of this name of `settings.THEMES`."""
    return Theme(**tomllib.loads(resource(f"themes/{name}.toml").read_text("utf-8")))


def stylesheet(theme: Theme) -> str:
    """The window's style sheet in this theme's colours, its lengths scaled to the size of text that was chosen."""
    template = resource("themes/window.qss").read_text("utf-8").partition("*/")[2]
    sheet = re.sub(r"@([a-z_]+)\b(?=[;\s])", lambda match: str(getattr(theme, match[1])), template)
    return _PIXELS.sub(lambda match: f"{_length(int(match[1]))}px", sheet)


def _length(pixels: int) -> int:
    return (
        pixels if pixels <= _HAIRLINE else int(pixels * _Text.chosen.ui_size / UI_PIXELS)
    )  # a radius never above half


def palette(theme: Theme) -> QPalette:
    """What Fusion draws by itself (menus, checks, disabled text) in this theme's colours."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.card,
        role.Text: theme.text,
        role.Button: theme.card,
        role.ButtonText: theme.text,
        role.BrightText: theme.red,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.selection_text,
        role.PlaceholderText: theme.faint,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.Link: theme.focus,
        role.Light: theme.line,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Accent: theme.focus,
    }
    result = QPalette()
    for which, color in colors.items():
        result.setColor(which, QColor(color))
    for which in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.faint))
    return result


class _Text:
    """The fonts and sizes in force: one choice for the whole program, made by its Look."""

    chosen = Settings()


def scaled(pixels: float) -> int:
    """A length of the design, grown or shrunk with the size of text that was chosen."""
    return round(pixels * _Text.chosen.ui_size / UI_PIXELS)


def ui_font(pixels: float = UI_PIXELS, *, bold: bool = False) -> QFont:
    """The font of the window, of a size as in the design."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if _Text.chosen.ui_font:
        font.setFamily(_Text.chosen.ui_font)
    font.setPixelSize(scaled(pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def code_font(pixels: float = UI_PIXELS) -> QFont:
    """The font of code: equal widths, of a size as in the design."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if _Text.chosen.code_font:
        font.setFamily(_Text.chosen.code_font)
    font.setPixelSize(round(pixels * _Text.chosen.code_size / UI_PIXELS))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font


class Look(QObject):
    """Theme, fonts and sizes in force: those of the settings. Follows the system's colours and contrast live where they say so.

    `changed` after every switch. `fixed` is a theme that is used whatever settings and system say.
    """

    changed = Signal()

    def __init__(
        self, application: QApplication, *, fixed: str | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(application)
        self._application = application
        self._fixed = fixed
        self.settings = settings or Settings()
        application.setStyle("Fusion")
        hints = application.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self._apply())
        hints.accessibility().contrastPreferenceChanged.connect(lambda _: self._apply())
        self._apply()

    def _apply(self) -> None:
        self.theme = load_theme(self._fixed or self._chosen())
        _Text.chosen = self.settings
        self._application.setFont(ui_font())
        self._application.setPalette(palette(self.theme))
        self._application.setStyleSheet(stylesheet(self.theme))
        self.changed.emit()

    def _chosen(self) -> str:
        if self.settings.theme != SYSTEM:
            return self.settings.theme
        hints = self._application.styleHints()
        scheme = "light" if hints.colorScheme() == Qt.ColorScheme.Light else "dark"
        strong = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        return f"contrast-{scheme}" if strong else scheme

    def use(self, settings: Settings) -> None:
        """Show at once what was chosen; `scale` takes effect when the program starts."""
        self.settings = settings
        self._apply()

    def fix(self, name: str | None) -> None:
        """Use this theme whatever settings and system say; None asks them again."""
        self._fixed = name
        self._apply()
