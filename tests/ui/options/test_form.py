"""A reviewer sets the project's own build options and sees the graph that they make."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from reviewer.model.graph import BuildOption, Evidence, Graph
from reviewer.review.review import Review
from reviewer.ui.options.form import MOST_FIELDS, OptionsForm
from reviewer.ui.shell.window import Window
from tests.ui.hands import click, type_into

DECLARED = (
    BuildOption("shout", "bool", "Make it loud", (), "false"),
    BuildOption("strip", "bool", "Leave out debug information"),
    BuildOption("mode", "enum", "How", ("fast", "slow"), "fast"),
    BuildOption("name", "string", "Whom to greet", (), "world"),
    BuildOption("parts", "list", "Which parts"),
)


@pytest.fixture
def graph(review: Review) -> Graph:
    return review.graph._replace(declared_options=DECLARED)


def form_for(window: Window, graph: Graph, *options: str) -> OptionsForm:
    made = OptionsForm(window, graph, options)
    made.show()
    return made


def test_each_option_has_the_field_that_its_type_asks_for(window: Window, graph: Graph) -> None:
    fields = form_for(window, graph).fields
    shout, strip, mode, name = (fields[word] for word in ("shout", "strip", "mode", "name"))
    assert isinstance(shout, QCheckBox)
    assert isinstance(strip, QCheckBox)
    assert (shout.isTristate(), shout.text(), strip.text()) == (False, "off", "as the project decides")
    assert isinstance(mode, QComboBox)
    assert [mode.itemText(i) for i in range(mode.count())] == ["default: fast", "fast", "slow"]
    assert isinstance(name, QLineEdit)
    assert "default: world" in name.placeholderText()


def test_nothing_changed_is_no_option_at_all(window: Window, graph: Graph) -> None:
    assert form_for(window, graph).words == ()


def test_what_holds_now_is_shown_and_can_be_changed_and_reset(window: Window, graph: Graph, qtbot: QtBot) -> None:
    form = form_for(window, graph, "-Dshout", "-Dmode=slow", "-Dparts=a", "-Dparts=b", "--release=fast")
    assert form.words == ("-Dshout=true", "-Dmode=slow", "-Dparts=a", "-Dparts=b", "--release=fast")
    strip, name = form.fields["strip"], form.fields["name"]
    assert isinstance(strip, QCheckBox)
    strip.setCheckState(Qt.CheckState.Unchecked)
    type_into(name, "moon")
    with qtbot.waitSignal(form.applied) as applied:
        click(form.apply)
    words = ("-Dshout=true", "-Dstrip=false", "-Dmode=slow", "-Dname=moon", "-Dparts=a", "-Dparts=b", "--release=fast")
    assert applied.args == [words]
    click(form.reset)
    assert not form.words


@pytest.mark.parametrize("further", ["test", "-Dx='open"])
def test_what_is_no_build_option_is_told_and_the_page_stays(window: Window, graph: Graph, further: str) -> None:
    form = form_for(window, graph)
    type_into(form.other, further)
    click(form.apply)
    assert form.isVisible()
    assert form.error.isVisible()
    assert form.error.text()


def test_hostile_names_are_plain_bounded_text_and_set_nothing_else(window: Window, graph: Graph) -> None:
    hostile = tuple(
        BuildOption(name, "string", "<b>bold</b> " * 1000, ("<i>",), "<u>\u202e")
        for name in ("target=evil", "<img src>", "a\x1b[31mb", "x" * 5000)
    )
    many = tuple(BuildOption(f"o{i}", "bool", "") for i in range(5000))
    form = form_for(window, graph._replace(declared_options=(*hostile, *many)))
    assert form.fields.keys() == {"<img src>", *(f"o{i}" for i in range(MOST_FIELDS - len(hostile)))}
    labels = form.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert all(len(label.text()) <= 400 and label.text().isprintable() for label in labels)
    assert any(f"Not shown: {4_804:,} options" in label.text() for label in labels)


def test_applied_in_the_window_the_project_is_configured_with_them_and_says_so(
    window: Window, demo: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.loaded, timeout=20_000):
        window.open_project(demo, Evidence.READ)
    window.actions_["options"].trigger()
    (form,) = window.findChildren(OptionsForm)
    optimize = form.fields["optimize"]
    assert isinstance(optimize, QComboBox)
    optimize.setCurrentIndex(optimize.findData("ReleaseFast"))
    with qtbot.waitSignal(window.loaded, timeout=120_000):
        click(form.apply)
    assert window.workspace is not None
    graph = window.workspace.session.review.graph
    assert (graph.evidence, graph.options) == (Evidence.CONFIGURED, ("-Doptimize=ReleaseFast",))
    assert window.header.options.isVisible()
    assert window.header.options.text() == "-Doptimize=ReleaseFast"
    with qtbot.waitSignal(window.loaded, timeout=120_000):
        window.reload()
    assert window.workspace.session.review.graph.options == ("-Doptimize=ReleaseFast",)
