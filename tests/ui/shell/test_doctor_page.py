"""In the window, what works on this machine is on a page that can be copied."""

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from reviewer.ui.shell.doctor_page import DoctorPage
from reviewer.ui.shell.window import Window


def test_the_menu_opens_it_and_it_names_the_sandbox_and_its_holes(window: Window, qtbot: QtBot) -> None:
    window.actions_["doctor"].trigger()
    page = window.findChild(DoctorPage)
    assert page is not None
    qtbot.waitUntil(page.copy.isEnabled, timeout=20_000)
    text = page.text.toPlainText()
    assert "known hole: " in text
    assert "Qt " in text
    page.copy.click()
    assert QGuiApplication.clipboard().text() == text
    page.close()


def test_closing_it_early_stops_what_it_was_trying(window: Window, qtbot: QtBot) -> None:
    window.actions_["doctor"].trigger()
    page = window.findChild(DoctorPage)
    assert page is not None
    with qtbot.waitSignal(page.destroyed):
        page.close()
