"""The palette finds what a few letters mean."""

from reviewer.ui.palette.targets import Target, places, rank
from reviewer.ui.state.session import Session


def targets(*names: str) -> list[Target]:
    return [Target("package", name, "") for name in names]


def test_names_that_begin_with_the_letters_come_first() -> None:
    found = rank("gen", targets("wayland-gen", "generate", "oxygen", "other"))
    assert [target.text for target in found] == ["generate", "wayland-gen", "oxygen"]


def test_letters_in_order_are_enough() -> None:
    assert [target.text for target in rank("uct", targets("unicode-tables", "super"))] == ["unicode-tables"]


def test_packages_steps_and_files_can_all_be_reached(session: Session) -> None:
    kinds = {target.kind for target in places(session)}
    assert kinds == {"package", "run step", "step", "file"}
    assert rank("evil", places(session))[0].text == "super/evil.zig"
