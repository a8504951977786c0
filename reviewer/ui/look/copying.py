"""The clipboard: what is copied is what is shown, so that nothing invisible leaves the window."""

from PySide6.QtGui import QGuiApplication

from reviewer.ui.look.text import visible


def copy(text: str) -> None:
    """Put a text on the clipboard, hidden characters written out."""
    QGuiApplication.clipboard().setText(visible(text))
