"""One selection with a history, as a browser has it."""

from reviewer.ui.state.selection import Selected
from reviewer.ui.state.session import Session
from tests.ui.sample import package_id

SUPER, TABLES = package_id("super"), package_id("unicode-tables")


def test_back_returns_to_where_one_was_reading_and_forward_takes_that_back(session: Session) -> None:
    selection = session.selection
    assert not selection.can_go_back
    selection.select_package(SUPER)
    selection.select_line(10)
    selection.select_place(SUPER, "evil.zig", 3)
    selection.select_place(TABLES, "build.zig", 4)

    selection.back()
    assert (selection.now.file, selection.now.line) == ("evil.zig", 3)
    selection.back()
    assert (selection.now.file, selection.now.line) == ("build.zig", 10), "the line last read, not the first shown"
    selection.forward()
    selection.forward()
    assert (selection.now.package, selection.now.line) == (TABLES, 4)
    assert not selection.can_go_forward


def test_moving_within_a_file_makes_no_places_to_come_back_to(session: Session) -> None:
    selection = session.selection
    selection.select_package(SUPER)
    before = selection.can_go_back
    for line in range(1, 9):
        selection.select_line(line)
    assert selection.can_go_back == before


def test_a_new_way_forgets_the_one_that_was_taken_back(session: Session) -> None:
    selection = session.selection
    selection.select_package(SUPER)
    selection.select_package(TABLES)
    selection.back()
    selection.select_place(SUPER, "evil.zig")
    assert not selection.can_go_forward
    selection.back()
    assert selection.now.file == "build.zig"


def test_any_file_of_a_package_can_be_opened_and_a_missing_one_leads_to_the_package(session: Session) -> None:
    root = session.review.graph.root_package
    session.selection.select_place(root.id, "deps/super/root.zig")
    assert session.selection.now.file != "deps/super/root.zig", "there is no such file"
    session.selection.select_place(root.id, "deps/super/evil.zig", 2)
    assert session.selection.now == Selected(root.id, None, "deps/super/evil.zig", 2)


def test_what_leaves_the_package_is_not_opened(session: Session) -> None:
    session.selection.select_place(SUPER, "../../build.zig")
    assert session.selection.now.file == "build.zig"
    assert session.selection.now.package == SUPER
