"""What a reviewer does with the map: look, point, walk, open, search, save."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from reviewer.lock.decision import Verdict
from reviewer.lock.status import Status
from reviewer.model.graph import PackageEdge
from reviewer.review.review import Review
from reviewer.ui.look.theme import Look
from reviewer.ui.map.card import card_text
from reviewer.ui.map.pane import MapPane
from reviewer.ui.map.picture import View
from reviewer.ui.state.session import Session
from tests.ui.hands import CONTROL, SHIFT, click, press, type_into
from tests.ui.map.conftest import Show, box, labels, session_of
from tests.ui.map.test_maker import chained, many_packages
from tests.ui.sample import ROOT, package_id, sample_graph

HELPER = f"{package_id('super')}/helper"


def place(pane: MapPane, label: str) -> QPoint:
    return pane.map.place_of(box(pane, label).id).toPoint()


@pytest.fixture
def on_helper(pane: MapPane, session: Session) -> MapPane:
    session.selection.select_step(HELPER)
    return pane


# Pointing


def test_a_click_on_a_box_selects_it_everywhere(on_helper: MapPane, session: Session) -> None:
    click(on_helper.map, place(on_helper, "compile dummy"))
    assert session.selection.now.step == f"{package_id('super')}/compile obj dummy"
    session.selection.back()
    click(on_helper.map, place(on_helper, "wayland-gen"))
    assert session.selection.now.package == package_id("wayland-gen")


def test_a_drag_moves_the_map_and_selects_nothing(on_helper: MapPane, session: Session) -> None:
    before, now = place(on_helper, "compile dummy"), session.selection.now
    QTest.mousePress(on_helper.map, Qt.MouseButton.LeftButton, pos=before)
    QTest.mouseMove(on_helper.map, before + QPoint(0, 20))
    QTest.mouseMove(on_helper.map, before + QPoint(0, 40))
    QTest.mouseRelease(on_helper.map, Qt.MouseButton.LeftButton, pos=before + QPoint(0, 40))
    assert place(on_helper, "compile dummy") == before + QPoint(0, 40)
    assert session.selection.now == now
    press(Qt.Key.Key_Home)
    assert place(on_helper, "compile dummy") == before


def test_the_wheel_scales_around_the_mouse(on_helper: MapPane) -> None:
    spot = QPointF(place(on_helper, "compile dummy"))
    far = QPointF(place(on_helper, "compile helper")).x()
    on_helper.map.zoom(1.5, spot)
    assert on_helper.map.box_at(spot) == box(on_helper, "compile dummy")
    assert place(on_helper, "compile helper").x() > far


def test_resting_the_mouse_on_a_box_explains_it_in_plain_words(on_helper: MapPane, review: Review) -> None:
    told = card_text(review, box(on_helper, "run exe helper"))
    assert "executes code that the project's build never names" in told
    assert "of super: unreviewed" in told
    assert "Runs because: install \u2192 install app" in told
    spot = place(on_helper, "run exe helper")
    QApplication.sendEvent(on_helper.map, QHelpEvent(QEvent.Type.ToolTip, spot, on_helper.map.mapToGlobal(spot)))
    assert QToolTip.text().startswith("run exe helper\nHidden run step")


def test_a_click_unfolds_the_other_packages_and_what_was_there_stays(on_helper: MapPane) -> None:
    click(on_helper.map, place(on_helper, "5 other packages"))
    assert {"toml-parser", "cli-flags"} <= labels(on_helper)
    assert "run exe helper" in labels(on_helper)


def test_a_double_click_shows_the_neighbours_of_a_box(on_helper: MapPane) -> None:
    spot = place(on_helper, "run exe helper")
    click(on_helper.map, spot)
    QTest.mouseDClick(on_helper.map, Qt.MouseButton.LeftButton, pos=spot)
    menu = menu_at(on_helper, place(on_helper, "run exe helper"))
    assert "Hide its neighbours" in [action.text() for action in menu.actions()]


def test_the_menu_of_a_box_offers_what_can_be_done_and_decides(on_helper: MapPane, session: Session) -> None:
    menu = menu_at(on_helper, place(on_helper, "run exe helper"))
    texts = [action.text() for action in menu.actions()]
    for offered in ("Select", "Go to build.zig:8", "Why does it run?", "Show its neighbours", "Copy its id"):
        assert offered in texts
    next(a for a in menu.actions() if a.text() == "Copy its id").trigger()
    assert QGuiApplication.clipboard().text() == HELPER
    next(a for a in menu.actions() if a.text() == "Trust: super").trigger()
    assert session.review.status(package_id("super")) is Status.TRUSTED


def test_the_menu_of_the_project_itself_decides_nothing(on_helper: MapPane) -> None:
    texts = [a.text() for a in menu_at(on_helper, place(on_helper, "install \u2192 app")).actions()]
    assert not any(text.startswith(("Trust", "Reject")) for text in texts)


def test_the_menu_beside_the_boxes_is_about_the_map(on_helper: MapPane) -> None:
    texts = [action.text() for action in menu_at(on_helper, QPoint(2, 2)).actions()]
    assert {"Fit the map", "Outline of the map", "Packages"} <= set(texts)


def menu_at(pane: MapPane, spot: QPoint) -> QMenu:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, pane.map.mapToGlobal(spot))
    QApplication.sendEvent(pane.map, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.hide()
    return menu


# The keyboard


def test_arrow_keys_walk_along_the_arrows_and_enter_selects(on_helper: MapPane, session: Session) -> None:
    def here() -> str:
        assert on_helper.map.here is not None
        return on_helper.map.here.label

    assert here() == "run exe helper"
    walked = []
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Down):
        press(key)
        walked.append(here())
    assert walked[:4] == ["compile dummy", "module super", "install \u2192 app", "module super"]
    assert walked[4] != "module super"
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Return)
    assert session.selection.now.step == f"{package_id('super')}/compile obj dummy"


def test_space_opens_and_closes_a_box(on_helper: MapPane) -> None:
    for _ in range(3):
        press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Space)
    assert "module app" in labels(on_helper)
    press(Qt.Key.Key_Space)
    assert "module app" not in labels(on_helper)


def test_plus_minus_and_zero_scale(on_helper: MapPane) -> None:
    def wide() -> float:
        return (
            on_helper.map.place_of(box(on_helper, "compile helper").id).x()
            - on_helper.map.place_of(box(on_helper, "module super").id).x()
        )

    usual = wide()
    press(Qt.Key.Key_Minus)
    assert wide() < usual
    press(Qt.Key.Key_Plus)
    press(Qt.Key.Key_Plus)
    assert wide() > usual
    press(Qt.Key.Key_0)
    assert wide() == pytest.approx(usual)


def test_ctrl_f_finds_boxes_and_escape_gives_the_keyboard_back(on_helper: MapPane) -> None:
    press(Qt.Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is on_helper.find_line.line
    type_into(on_helper.find_line.line, "compile")
    assert on_helper.find_line.count.text() == "2 matches"
    first = on_helper.map.here
    press(Qt.Key.Key_Return)
    assert on_helper.map.here != first
    press(Qt.Key.Key_Return, SHIFT)
    assert on_helper.map.here == first
    press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is on_helper.map
    assert not on_helper.find_line.isVisible()


def test_back_and_forward_are_those_of_the_selection(on_helper: MapPane, session: Session) -> None:
    click(on_helper.map, place(on_helper, "wayland-gen"))
    session.selection.back()
    assert session.selection.now.step == HELPER
    assert "run exe helper" in on_helper.headline.text()


# Staying oriented


def test_a_decision_changes_the_signs_and_moves_nothing(on_helper: MapPane, session: Session) -> None:
    on_helper.show_view(View.PACKAGES)
    before = {b.label: on_helper.map.place_of(b.id) for b in on_helper.map.boxes()}
    session.review.decide([package_id("super")], Verdict.TRUSTED)
    assert box(on_helper, "super").sign.value == "trusted"
    assert {b.label: on_helper.map.place_of(b.id) for b in on_helper.map.boxes()} == before


def test_the_same_project_gives_the_same_picture(show: Show, review: Review) -> None:
    def picture() -> dict[str, QPointF]:
        session = Session(review)
        session.open_first()
        pane = show(session)
        pane.show_view(View.PACKAGES)
        return {b.label: pane.map.place_of(b.id) for b in pane.map.boxes()}

    assert picture() == picture()


def test_a_project_that_was_loaded_again_is_shown_as_it_was(show: Show, tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    before = show(session_of(graph))
    before.show_view(View.PACKAGES)
    before.map.zoom(1.3)
    before.map.pan(QPointF(-17, 11))
    new = graph.packages[3]._replace(id="zig:new@1#new", name="a-new-one")
    after = show(
        session_of(
            graph._replace(
                packages=(*graph.packages[:2], new, *graph.packages[2:]),
                package_edges=(PackageEdge(ROOT, new.id), *graph.package_edges),
            )
        )
    )
    after.carry_on(before)
    assert after.view is View.PACKAGES
    assert "a-new-one" in labels(after)

    def order(pane: MapPane) -> list[str]:
        there = {b.label: pane.map.place_of(b.id) for b in pane.map.boxes() if b.label != "a-new-one"}
        return sorted(there, key=lambda label: (round(there[label].x() / 90), there[label].y()))

    assert order(after) == order(before)
    chosen = next(b.id for b in before.map.boxes() if b.chosen)
    assert after.map.place_of(chosen) == before.map.place_of(chosen)


def test_the_overview_shows_where_one_is_and_leads_elsewhere(on_helper: MapPane) -> None:
    assert not on_helper.map.minimap.isVisible(), "all is in sight"
    on_helper.map.zoom(3)
    assert on_helper.map.minimap.isVisible()
    before = place(on_helper, "compile helper")
    QTest.mouseClick(on_helper.map.minimap, Qt.MouseButton.LeftButton, pos=QPoint(8, 40))
    assert place(on_helper, "compile helper").x() > before.x()


def test_colours_and_letters_follow_the_theme_at_once(on_helper: MapPane, look: Look) -> None:
    dark = on_helper.map.grab().toImage().pixelColor(2, 2)
    look.fix("light")
    try:
        assert on_helper.map.grab().toImage().pixelColor(2, 2).lightness() > 200 > 60 > dark.lightness()
    finally:
        look.fix("dark")


def test_huge_and_hostile_names_stay_in_their_boxes(show: Show, tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)
    helper = graph.step[HELPER]._replace(name="<img src=x>&\u202e" + "W" * 3_000)
    pane = show(session_of(graph._replace(steps=tuple(helper if s.id == HELPER else s for s in graph.steps))))
    pane.show_view(View.STEPS)
    shown = next(b for b in pane.map.boxes() if b.id == HELPER)
    assert pane.map.scene.place(HELPER).width() <= 240
    assert "\u202e" not in shown.label + shown.spoken + card_text(Review(graph, None), shown)


def test_without_anything_to_show_the_map_says_so(show: Show, tmp_path: Path) -> None:
    graph = sample_graph(tmp_path)._replace(steps=(), modules=())
    pane = show(session_of(graph))
    pane.show_view(View.STEPS)
    assert not pane.map.boxes()
    assert pane.headline.text().startswith("Nothing runs here")
    pane.show_view(View.MODULES)
    assert pane.headline.text() == "No modules are known"
    assert "configured in the sandbox" in pane.map.scene.picture.hint


# Large projects


def test_a_large_project_starts_near_the_selection_and_shows_everything_on_demand(
    show: Show, tmp_path: Path, qtbot: QtBot
) -> None:
    pane = show(session_of(many_packages(sample_graph(tmp_path), 3_000)))
    pane.show_view(View.PACKAGES)
    qtbot.waitUntil(lambda: pane.everything.isVisible())
    assert len(pane.map.boxes()) <= 120
    ticks = []
    timer = pane.startTimer(0)
    pane.timerEvent = lambda event: ticks.append(event.timerId())  # type: ignore[method-assign]
    click(pane.everything)
    assert pane.busy, "it is drawn in the background"
    qtbot.waitUntil(lambda: len(pane.map.boxes()) == 3_013 and pane.map.is_sharp, timeout=20_000)
    pane.killTimer(timer)
    assert len(ticks) > 10, "meanwhile the window answered"
    assert box(pane, "p1500").label == "p1500"
    click(pane.everything)
    qtbot.waitUntil(lambda: len(pane.map.boxes()) <= 120)


def test_the_newest_wish_wins_and_cancelling_leaves_what_was_there(show: Show, tmp_path: Path, qtbot: QtBot) -> None:
    pane = show(session_of(many_packages(sample_graph(tmp_path), 3_000)))
    qtbot.waitUntil(lambda: not pane.busy)
    for view in (View.PACKAGES, View.STEPS, View.MODULES):
        pane.show_view(view)
    qtbot.waitUntil(lambda: not pane.busy)
    assert labels(pane) == {"module app", "module super"}
    pane.show_view(View.PACKAGES)
    pane.cancel()
    qtbot.waitUntil(lambda: not pane.busy)
    assert labels(pane) == {"module app", "module super"}
    assert pane.view is View.MODULES
    assert pane.buttons[View.MODULES].isChecked()
    assert "cancelled" in pane.headline.text()


def test_in_a_long_chain_the_fold_opens_by_a_click(show: Show, tmp_path: Path) -> None:
    session = session_of(chained(sample_graph(tmp_path), 20))
    session.selection.select_step("link 19")
    pane = show(session)
    click(pane.map, place(pane, "16 more"))
    assert "link 10" in labels(pane)
    assert pane.map.minimap.isVisible(), "it no longer fits"


# Files


def test_the_saved_svg_has_every_label_as_text(on_helper: MapPane, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "map.svg"
    on_helper.save_to(file)
    qtbot.waitUntil(lambda: file.exists() and "Saved" in on_helper.headline.text())
    root = ElementTree.fromstring(file.read_text())
    texts = {"".join(text.itertext()).strip() for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert labels(on_helper) <= texts


def test_names_in_a_saved_svg_are_only_text(show: Show, tmp_path: Path, qtbot: QtBot) -> None:
    graph = sample_graph(tmp_path)
    evil = graph.packages[1]._replace(name="</text><script>&")
    pane = show(session_of(graph._replace(packages=(graph.packages[0], evil, *graph.packages[2:]))))
    pane.show_view(View.PACKAGES)
    file = tmp_path / "map.svg"
    pane.save_to(file)
    qtbot.waitUntil(lambda: file.exists() and "Saved" in pane.headline.text())
    root = ElementTree.fromstring(file.read_text())
    assert "</text><script>&" in {"".join(text.itertext()).strip() for text in root.iter()}
    assert not any("script" in element.tag for element in root.iter())


def test_the_saved_png_is_a_sharp_picture(on_helper: MapPane, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "map.png"
    on_helper.save_to(file)
    qtbot.waitUntil(lambda: file.exists() and "Saved" in on_helper.headline.text())
    image = QImage(str(file))
    assert image.width() == round((on_helper.map.scene.width + 40) * 2)
    colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colors) > 5


def test_where_nothing_can_be_written_the_reviewer_is_told(
    on_helper: MapPane, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.failed) as told:
        on_helper.save_to(tmp_path / "missing" / "map.svg")
    assert "the map cannot be written" in told.args[0]


# In words


def test_the_outline_tells_the_same_graph_and_picks_like_the_map(on_helper: MapPane, session: Session) -> None:
    on_helper.toggle_outline()
    outline = on_helper.outline
    assert QApplication.focusWidget() is outline
    assert said(on_helper) >= {b.spoken for b in on_helper.map.boxes()}
    index = outline.tree.find(f"{package_id('super')}/compile obj dummy")
    outline.setCurrentIndex(index)
    press(Qt.Key.Key_Return)
    assert session.selection.now.step == f"{package_id('super')}/compile obj dummy"
    on_helper.toggle_outline()
    assert QApplication.focusWidget() is on_helper.map


def test_screen_readers_hear_what_a_box_waits_for(on_helper: MapPane) -> None:
    on_helper.toggle_outline()
    tree = on_helper.outline.tree
    told = tree.data(tree.find(HELPER), Qt.ItemDataRole.AccessibleDescriptionRole)
    assert told == "waits for 1: compile helper; 1 waits for it: compile dummy"


def test_the_outline_of_a_cycle_ends(show: Show, review: Review) -> None:
    step = review.graph.step
    first, second = f"{ROOT}/install", f"{ROOT}/install app"
    circle = (
        step[first]._replace(depends_on=(second,)),
        step[second]._replace(depends_on=(first,)),
    )
    pane = show(session_of(review.graph._replace(steps=circle, modules=())))
    pane.show_view(View.STEPS)
    pane.toggle_outline()
    pane.outline.expandAll()
    assert sorted(said(pane)) == sorted(
        [
            "install, step of terminal_app",
            "install app, step of terminal_app",
            "install, step of terminal_app (see above)",
        ]
    )


def said(pane: MapPane) -> set[str]:
    """Every line of the outline."""
    tree, found = pane.outline.tree, set()
    pending = [tree.index(row, 0) for row in range(tree.rowCount())]
    while pending:
        index = pending.pop()
        found.add(str(tree.data(index)))
        pending += [tree.index(row, 0, index) for row in range(tree.rowCount(index))]
    return found
