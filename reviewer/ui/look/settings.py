"""What a user may choose, kept in a plain file of Reviewer's own folder. No Qt."""

from typing import Any, NamedTuple, cast

from reviewer.places import remember, remembered

THEMES = ("dark", "light", "contrast-dark", "contrast-light")
"""The files of resources/themes."""

SYSTEM = "system"
TEXT_SIZES = range(10, 33)
"""Pixels; 13 is the design's."""

SCALES = (100, 125, 150, 175, 200, 250, 300)
"""Percent of everything's size; Qt takes it over when the program starts."""

_FILE = "settings.json"


class Settings(NamedTuple):
    """Sizes in logical pixels, `scale` in percent; an empty font is the system's."""

    theme: str = SYSTEM
    ui_font: str = ""
    ui_size: int = 13
    code_font: str = ""
    code_size: int = 13
    scale: int = 100
    restore: bool = True
    watch: bool = True

    def with_text(self, by: int) -> "Settings":
        """Both texts larger by so many pixels, as far as they go together; by none: as large as usual."""
        usual = Settings()
        ui, code = (self.ui_size + by, self.code_size + by) if by else (usual.ui_size, usual.code_size)
        return self._replace(ui_size=ui, code_size=code) if ui in TEXT_SIZES and code in TEXT_SIZES else self


def load_settings() -> Settings:
    """What was chosen; for everything that is missing or makes no sense, what a new user gets."""
    value = remembered(_FILE)
    chosen = Settings()
    for name, item in value.items() if isinstance(value, dict) else ():
        if _makes_sense(name, item):
            chosen = chosen._replace(**cast(dict[str, Any], {name: item}))
    return chosen


def save_settings(settings: Settings) -> bool:
    """Keep the choice; false where that is not possible."""
    return remember(_FILE, settings._asdict())


def _makes_sense(name: object, item: object) -> bool:
    match name:
        case "theme":
            return item in (SYSTEM, *THEMES)
        case "ui_size" | "code_size":
            return type(item) is int and item in TEXT_SIZES
        case "scale":
            return item in SCALES
        case "restore" | "watch":
            return isinstance(item, bool)
        case "ui_font" | "code_font":
            return isinstance(item, str) and len(item) < 200 and item.isprintable()
    return False
