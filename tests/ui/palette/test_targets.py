"""The palette finds what a few letters mean."""

from reviewer.model.graph import Finding
from reviewer.review.review import Review
from reviewer.ui.palette.targets import Target, places, rank
from reviewer.ui.state.selection import Selected
from reviewer.ui.state.session import Session
from tests.ui.sample import package_id


def targets(*names: str) -> list[Target]:
    return [Target("package", name, "") for name in names]


def test_names_that_begin_with_the_letters_come_first() -> None:
    found = rank("gen", targets("wayland-gen", "generate", "oxygen", "other"))
    assert [target.text for target in found] == ["generate", "wayland-gen", "oxygen"]


def test_letters_in_order_are_enough() -> None:
    assert [target.text for target in rank("uct", targets("unicode-tables", "super"))] == ["unicode-tables"]


def test_a_wrong_letter_is_forgiven_once_there_are_enough_of_them() -> None:
    assert [target.text for target in rank("unicoed", targets("unicode-tables", "super"))] == ["unicode-tables"]
    assert rank("zq", targets("unicode-tables", "super")) == []


def test_what_was_gone_to_last_is_offered_first() -> None:
    known = targets("wayland-gen", "gen-one", "gen-two", "gen-six")
    assert [target.text for target in rank("", known, [known[2]])][:2] == ["gen-two", "wayland-gen"]
    assert [target.text for target in rank("gen", known, [known[3]])][:2] == ["gen-six", "gen-one"]
    assert rank("wayland", known, [known[2]])[0] == known[0]


def test_findings_lead_to_their_line(review: Review) -> None:
    finding = Finding(package_id("super"), "net.out", "build.zig", 8, 1, "opens a connection")
    session = Session(Review(review.graph._replace(findings=(finding,)), review.lock_path))
    found = rank("net.out", places(session))[0]
    assert found.kind == "finding"
    assert found.place == Selected(package_id("super"), None, "build.zig", 8)


def test_packages_steps_and_files_can_all_be_reached(session: Session) -> None:
    kinds = {target.kind for target in places(session)}
    assert kinds == {"package", "run step", "step", "file"}
    assert rank("evil", places(session))[0].text == "super/evil.zig"
