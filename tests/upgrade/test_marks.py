"""Changes are known again by what they say, so that marks outlive a rebase or a bump, and cover nothing else."""

from pathlib import Path

import pytest

from reviewer.progress import Progress
from reviewer.upgrade.changed import Part, changed_files
from reviewer.upgrade.files import files_in
from reviewer.upgrade.marks import Marks, marks_of

LINES = [f"const value_{number} = {number};" for number in range(60)]


def marks(tmp_path: Path, old: dict[str, str], new: dict[str, str]) -> dict[str, Marks]:
    """Of each changed file."""
    sides = []
    for contents in (old, new):
        folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for path, text in contents.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        sides.append(files_in(folder))
    return {file.path: marks_of(file) for file in changed_files(sides[0], sides[1], lambda _: Part.SOURCE, Progress())}


def text(*altered: tuple[int, str]) -> str:
    """The lines, some of them otherwise."""
    lines = list(LINES)
    for at, line in altered:
        lines[at] = line
    return "\n".join(lines) + "\n"


def changes(tmp_path: Path, old: str, new: str) -> tuple[str, ...]:
    return marks(tmp_path, {"a.zig": old}, {"a.zig": new})["a.zig"].changes


def test_a_later_version_with_more_changes_keeps_those_that_were_there(tmp_path: Path) -> None:
    first = changes(tmp_path, text(), text((5, "five"), (40, "forty")))
    second = changes(tmp_path, text(), text((5, "five"), (22, "twenty-two"), (40, "forty")))
    assert (first[0], first[1]) == (second[0], second[2])
    assert second[1] not in first


def test_lines_inserted_far_above_move_a_change_without_making_it_another(tmp_path: Path) -> None:
    more = "// one more\n"
    assert changes(tmp_path, more + text(), more + text((20, "twenty"))) == changes(
        tmp_path, text(), text((20, "twenty"))
    )


@pytest.mark.parametrize("other", [(19, "nineteen"), (21, "twenty-one")])
def test_the_same_line_in_other_surroundings_is_another_change(tmp_path: Path, other: tuple[int, str]) -> None:
    base = changes(tmp_path, text(), text((20, "twenty")))
    assert set(base).isdisjoint(changes(tmp_path, text(other), text(other, (20, "twenty"))))


def test_the_same_change_in_another_file_is_another_change(tmp_path: Path) -> None:
    found = marks(
        tmp_path, {"a.zig": text(), "b.zig": text()}, {"a.zig": text((5, "five")), "b.zig": text((5, "five"))}
    )
    assert found["a.zig"].changes != found["b.zig"].changes
    assert found["a.zig"].whole == found["b.zig"].whole


def test_what_is_said_twice_is_viewed_twice(tmp_path: Path) -> None:
    first, second = changes(tmp_path, text() * 2, text((20, "twenty")) * 2)
    assert first != second


def test_a_file_that_is_gone_or_only_renamed_is_one_change(tmp_path: Path) -> None:
    found = marks(tmp_path, {"a.zig": text(), "gone.zig": "const x = 1;\n"}, {"b.zig": text()})
    assert [len(each.changes) for each in found.values()] == [1, 1]
    assert found["gone.zig"].whole is None


def test_names_that_are_no_utf_8_can_be_marked(tmp_path: Path) -> None:
    name = b"\xff.bin".decode(errors="surrogateescape")
    found = marks(tmp_path, {}, {name: "\x00\x01", f"{name}.zig": "a\n"})
    assert all(each.changes for each in found.values())
    assert len({digest for each in found.values() for digest in each.changes}) == 2
