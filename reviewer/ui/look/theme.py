"""Colours and fonts: the theme files of resources/themes, and how they reach Qt."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from reviewer.resources import resource

UI_PIXELS = 13
"""Height of the window's text, as in the design picture."""

THEMES = ("dark", "light")


@dataclass(frozen=True, slots=True)
class Theme:
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
    """The theme `dark` or `light`."""
    return Theme(**tomllib.loads(resource(f"themes/{name}.toml").read_text("utf-8")))


def stylesheet(theme: Theme) -> str:
    """The window's style sheet in this theme's colours."""
    template = resource("themes/window.qss").read_text("utf-8")
    return re.sub(r"@([a-z_]+)\b(?=[;\s])", lambda match: str(getattr(theme, match[1])), template.partition("*/")[2])


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


def ui_font(pixels: float = UI_PIXELS, *, bold: bool = False) -> QFont:
    """The system's font for windows."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(round(pixels))
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def code_font(pixels: float = UI_PIXELS) -> QFont:
    """The system's font of equal widths."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(round(pixels))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    return font


class Look(QObject):
    """The theme in force. Follows the system's colour scheme unless one was fixed; `changed` after every switch."""

    changed = Signal()

    def __init__(self, application: QApplication, *, fixed: str | None = None) -> None:
        super().__init__(application)
        self._application = application
        self._fixed = fixed
        application.setStyle("Fusion")
        application.setFont(ui_font())
        application.styleHints().colorSchemeChanged.connect(lambda _: self._apply())
        self._apply()

    def _apply(self) -> None:
        light = self._application.styleHints().colorScheme() == Qt.ColorScheme.Light
        self.theme = load_theme(self._fixed or ("light" if light else "dark"))
        self._application.setPalette(palette(self.theme))
        self._application.setStyleSheet(stylesheet(self.theme))
        self.changed.emit()

    def fix(self, name: str | None) -> None:
        """Use this theme whatever the system says; None follows the system again."""
        self._fixed = name
        self._apply()
