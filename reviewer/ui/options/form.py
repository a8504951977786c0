"""The page of build options: one field for each that the project declares, made for its type."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from reviewer.ecosystems import ecosystem_named
from reviewer.errors import ReviewerError
from reviewer.model.graph import BuildOption, Evidence, Graph
from reviewer.ui.look.text import counted, one_line
from reviewer.ui.look.widgets import label, plain_tip, take_any_width
from reviewer.ui.options.words import LISTS, Chosen, can_be_set, chosen_by, joined, split_words, words_of

MOST_FIELDS = 200
_SIZE = QSize(620, 560)


class OptionsForm(QDialog):
    """`applied` with the words, for which the project is then configured in the sandbox."""

    applied = Signal(tuple)

    def __init__(self, window: QWidget, graph: Graph, options: Sequence[str]) -> None:
        """`options` are those that hold now."""
        super().__init__(window)
        self._ecosystem = graph.ecosystem
        self.setWindowTitle(self.tr("Build options"))
        self.setAccessibleName(self.tr("Build options"))
        self.resize(_SIZE.boundedTo(window.size()))
        shown = graph.declared_options[:MOST_FIELDS]
        chosen = chosen_by(options, shown)
        self.fields: dict[str, QCheckBox | QComboBox | QLineEdit] = {}
        self._declared = {option.name: option for option in shown}
        self.other = QLineEdit(joined(chosen.other))
        self.other.setAccessibleName(self.tr("Further options"))
        self.other.setPlaceholderText("--release=safe -fsys=name -Dname=value")
        self.error = label("", "bad", wrap=True)
        take_any_width(self.error)
        self.error.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self.apply = QPushButton(self.tr("Apply"))
        self.apply.setProperty("kind", "primary")
        self.buttons.addButton(self.apply, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._apply)
        self.buttons.rejected.connect(self.reject)
        self.reset = self.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        self.reset.clicked.connect(self._reset)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 18)
        whole.setSpacing(14)
        whole.addWidget(self._introduction(graph))
        whole.addWidget(self._scrolling(shown, chosen.values), 1)
        if more := len(graph.declared_options) - len(shown):
            whole.addWidget(label(f"{self.tr('Not shown')}: {counted(more, 'option')}", "muted"))
        whole.addWidget(self.error)
        whole.addWidget(self.buttons)

    def _introduction(self, graph: Graph) -> QWidget:
        text = f"{self.tr('What you see holds for')} {one_line(graph.options_text, 200)}."
        if graph.evidence is Evidence.READ:
            text += " " + self.tr(
                "Applying runs the project\u2019s build scripts in the sandbox, without network and without your home folder."
            )
        else:
            text += " " + self.tr("Other options may lead to other steps.")
        made = label(text, "muted", wrap=True)
        take_any_width(made)
        return made

    def _scrolling(self, shown: Sequence[BuildOption], values: Mapping[str, tuple[str, ...]]) -> QWidget:
        body = QWidget()
        body.setObjectName("pageBody")
        form = QFormLayout(body)
        form.setContentsMargins(0, 0, 8, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for option in shown:
            name = label(one_line(option.name, 40))
            field = self._field(option)
            explained = QVBoxLayout()
            explained.setSpacing(3)
            explained.addWidget(field)
            explained.addWidget(label(one_line(option.description, 300), "small", wrap=True))
            form.addRow(name, explained)
            if option.name in values and field.isEnabled():
                _set(field, values[option.name])
        if not shown:
            form.addRow(label(self.tr("The project declares no options that are known here."), "muted"))
        form.addRow(label(self.tr("Further options")), self.other)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        return scroll

    def _field(self, option: BuildOption) -> QCheckBox | QComboBox | QLineEdit:
        default = one_line(option.default, 60) if option.default is not None else ""
        field: QCheckBox | QComboBox | QLineEdit
        if option.type == "bool":
            field = _Switch(option.default)
        elif option.choices and option.type == "enum":
            field = QComboBox()
            field.addItem(f"{self.tr('default')}: {default}" if default else self.tr("default"), None)
            for choice in option.choices[:MOST_FIELDS]:
                field.addItem(one_line(choice, 60), choice)
        else:
            field = QLineEdit()
            hint = self.tr("values, separated by commas") if option.type in LISTS else one_line(option.type, 20)
            field.setPlaceholderText(f"{hint}, {self.tr('default')}: {default}" if default else hint)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        field.setAccessibleName(one_line(option.name, 80))
        field.setToolTip(plain_tip(one_line(option.description, 400)))
        if can_be_set(option) and option.name not in self.fields:
            self.fields[option.name] = field
        else:
            field.setEnabled(False)
            field.setToolTip(self.tr("This name cannot be written as -Dname=value"))
        return field

    @property
    def words(self) -> tuple[str, ...]:
        """What the page says now. Raises ReviewerError for what is no build option."""
        values = {}
        for name, field in self.fields.items():
            if given := _given(field, self._declared[name]):
                values[name] = given
        try:
            other = split_words(self.other.text())
        except ValueError as error:
            raise ReviewerError(f"{self.other.accessibleName()}: {error}") from error
        words = words_of(Chosen(values, other))
        ecosystem_named(self._ecosystem).check_options(words)
        return words

    def _apply(self) -> None:
        try:
            words = self.words
        except ReviewerError as error:
            self.error.setText(one_line(str(error), 400))
            self.error.show()
            return
        self.accept()
        self.applied.emit(words)

    def _reset(self) -> None:
        for field in self.fields.values():
            _set(field, ())
        self.other.clear()
        self.error.hide()


class _Switch(QCheckBox):
    """On and off, beginning with the default; where that is not known, a third state leaves it to the project."""

    def __init__(self, default: str | None) -> None:
        super().__init__()
        self.default = {"true": Qt.CheckState.Checked, "false": Qt.CheckState.Unchecked}.get(
            default or "", Qt.CheckState.PartiallyChecked
        )
        self.setTristate(self.default is Qt.CheckState.PartiallyChecked)
        self.setCheckState(self.default)
        self.checkStateChanged.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        partly = self.checkState() is Qt.CheckState.PartiallyChecked
        self.setText(
            self.tr("as the project decides") if partly else self.tr("on") if self.isChecked() else self.tr("off")
        )


def _given(field: QCheckBox | QComboBox | QLineEdit, option: BuildOption) -> tuple[str, ...]:
    """What a field sets its option to; nothing where it is left to the project."""
    if isinstance(field, _Switch):
        state = field.checkState()
        return () if state is field.default else ("true" if state is Qt.CheckState.Checked else "false",)
    if isinstance(field, QComboBox):
        return () if field.currentData() is None else (str(field.currentData()),)
    assert isinstance(field, QLineEdit)
    text = field.text().strip()
    if option.type in LISTS:
        return tuple(value.strip() for value in text.split(",") if value.strip())
    return (text,) if text else ()


def _set(field: QCheckBox | QComboBox | QLineEdit, values: tuple[str, ...]) -> None:
    """Show these values; none: left to the project."""
    if isinstance(field, _Switch):
        on = Qt.CheckState.Checked if values[-1:] == ("true",) else Qt.CheckState.Unchecked
        field.setCheckState(on if values else field.default)
    elif isinstance(field, QComboBox):
        field.setCurrentIndex(max(0, field.findData(values[-1])) if values else 0)
    elif isinstance(field, QLineEdit):
        field.setText(", ".join(values))
