"""The page of a crash report: what it holds is all there is, and it goes nowhere by itself."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from reviewer.ui.look.theme import code_font, scaled
from reviewer.ui.look.widgets import label


class ReportPage(QDialog):
    """Shows a report and where it lies, to be read before it is sent to anyone."""

    def __init__(self, window: QWidget, report: str, where: str) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("What happened"))
        self.setAccessibleName(self.tr("What happened"))
        text = self.tr(
            "Reviewer failed. This report holds nothing of your project and is sent to nobody. If you like, attach it to a bug report."
        )
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Report"))
        self.text.setFont(code_font(12))
        self.text.setMinimumSize(scaled(620), scaled(280))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(12)
        column.addWidget(label(text, wrap=True))
        column.addWidget(self.text)
        column.addWidget(label(where, "small", wrap=True))
        column.addWidget(buttons)
