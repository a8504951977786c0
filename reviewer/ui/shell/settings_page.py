"""The settings: what is chosen is seen at once, and taken back by Cancel."""

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from reviewer.ui.look.settings import SCALES, SYSTEM, TEXT_SIZES, THEMES, Settings, save_settings
from reviewer.ui.look.theme import Look
from reviewer.ui.look.widgets import label


class SettingsPage(QDialog):
    """Follows the Look that it changes."""

    def __init__(self, window: QWidget, look: Look) -> None:
        super().__init__(window)
        self._look, self._before = look, look.settings
        self.setWindowTitle(self.tr("Settings"))
        self.setAccessibleName(self.tr("Settings"))
        self.theme = self._choice((SYSTEM, *THEMES), self._theme_names(), look.settings.theme)
        families = QFontDatabase.families()
        fixed = [family for family in families if QFontDatabase.isFixedPitch(family)]
        system = self.tr("System")
        self.ui_font = self._choice(("", *families), (system, *families), look.settings.ui_font)
        self.code_font = self._choice(("", *fixed), (system, *fixed), look.settings.code_font)
        self.ui_size, self.code_size = self._size(look.settings.ui_size), self._size(look.settings.code_size)
        self.scale = self._choice(SCALES, [f"{scale} %" for scale in SCALES], look.settings.scale)
        self.restore = QCheckBox(self.tr("Come back to the windows and places that were left"))
        self.restore.setChecked(look.settings.restore)
        self.watch = QCheckBox(self.tr("Notice when files or review.lock change on disk"))
        self.watch.setChecked(look.settings.watch)
        for box in (self.restore, self.watch):
            box.toggled.connect(self._show)
        self._note = label(
            self.tr("The size of everything changes when Reviewer starts the next time."), "small", wrap=True
        )
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(9)
        for text, field in (
            (self.tr("&Theme"), self.theme),
            (self.tr("&Font of the window"), self.ui_font),
            (self.tr("&Size of its text"), self.ui_size),
            (self.tr("Font of &code"), self.code_font),
            (self.tr("Size of co&de"), self.code_size),
            (self.tr("Size of &everything"), self.scale),
        ):
            field.setAccessibleName(text.replace("&", ""))
            form.addRow(text, field)
        form.addRow("", self._note)
        form.addRow(self.tr("Projects"), self.restore)
        form.addRow("", self.watch)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).clicked.connect(self._defaults)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 18)
        whole.setSpacing(16)
        whole.addLayout(form)
        whole.addWidget(self.buttons)

    def _theme_names(self) -> tuple[str, ...]:
        return (
            self.tr("As the system"),
            self.tr("Dark"),
            self.tr("Light"),
            self.tr("High contrast on black"),
            self.tr("High contrast on white"),
        )

    def _choice(self, values: object, names: object, chosen: object) -> QComboBox:
        box = QComboBox()
        for value, name in zip(values, names, strict=True):  # type: ignore[call-overload]
            box.addItem(name, value)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.currentIndexChanged.connect(self._show)
        return box

    def _size(self, chosen: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(TEXT_SIZES.start, TEXT_SIZES.stop - 1)
        box.setSuffix(self.tr(" px"))
        box.setValue(chosen)
        box.valueChanged.connect(self._show)
        return box

    @property
    def chosen(self) -> Settings:
        """What the page says now."""
        return self._before._replace(
            theme=self.theme.currentData(),
            ui_font=self.ui_font.currentData(),
            ui_size=self.ui_size.value(),
            code_font=self.code_font.currentData(),
            code_size=self.code_size.value(),
            scale=self.scale.currentData(),
            restore=self.restore.isChecked(),
            watch=self.watch.isChecked(),
        )

    def _show(self) -> None:
        self._look.use(self.chosen)

    def _defaults(self) -> None:
        new = Settings()
        for box, value in (
            (self.theme, new.theme),
            (self.ui_font, new.ui_font),
            (self.code_font, new.code_font),
            (self.scale, new.scale),
        ):
            box.setCurrentIndex(box.findData(value))
        self.ui_size.setValue(new.ui_size)
        self.code_size.setValue(new.code_size)
        self.restore.setChecked(new.restore)
        self.watch.setChecked(new.watch)

    def accept(self) -> None:
        """Keep the choice."""
        if not save_settings(self.chosen):
            self._note.setText(self.tr("The settings cannot be kept: Reviewer's own folder cannot be written."))
            return
        super().accept()

    def reject(self) -> None:
        """Take the choice back."""
        self._look.use(self._before)
        super().reject()
