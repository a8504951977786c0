"""Questions with one thing to do and Cancel."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def agrees(parent: QWidget, what: str, question: str, text: str = "", *, loses: bool = False) -> bool:
    """Whether the reviewer says yes. `what` is the window's title and the button's text; `loses`: something is gone afterwards."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(what)
    box.setText(question)
    box.setInformativeText(text)
    role = QMessageBox.ButtonRole.DestructiveRole if loses else QMessageBox.ButtonRole.AcceptRole
    yes = box.addButton(what, role)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is yes
