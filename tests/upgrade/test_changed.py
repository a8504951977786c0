"""The files of an upgrade: in which order, under which names, and what cannot be read of them."""

from pathlib import Path

from reviewer.progress import Progress
from reviewer.upgrade.changed import ChangedFile, Fate, Part, Unread, changed_files, is_source, more_than_blanks
from reviewer.upgrade.files import files_in
from reviewer.upgrade.lines import Hunk

CODE = "".join(f"const value_{number} = {number};\n" for number in range(20))


def part_of(path: str) -> Part:
    known = {"build.zig": Part.BUILD, "tool.zig": Part.REACH}
    return known.get(path, Part.SOURCE if is_source(path) else Part.REST)


def compared(tmp_path: Path, old: dict[str, bytes], new: dict[str, bytes]) -> list[ChangedFile]:
    sides = []
    for name, contents in (("old", old), ("new", new)):
        for path, content in contents.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (tmp_path / name).mkdir(exist_ok=True)
        sides.append(files_in(tmp_path / name))
    return list(changed_files(sides[0], sides[1], part_of, Progress()))


def test_build_code_comes_first_then_what_steps_run_then_source_then_the_rest(tmp_path: Path) -> None:
    names = ["README.md", "a.zig", "build.zig", "tool.zig"]
    found = compared(tmp_path, dict.fromkeys(names, b"1\n"), dict.fromkeys(names, b"2\n"))
    assert [file.path for file in found] == ["build.zig", "tool.zig", "a.zig", "README.md"]


def test_a_file_that_only_moved_is_told_as_renamed_and_has_no_lines_to_read(tmp_path: Path) -> None:
    (file,) = compared(tmp_path, {"a.zig": CODE.encode()}, {"src/a.zig": CODE.encode()})
    assert (file.fate, file.old and file.old.path, file.path, file.hunks) == (Fate.RENAMED, "a.zig", "src/a.zig", ())


def test_a_file_that_moved_and_changed_is_compared_with_what_it_was(tmp_path: Path) -> None:
    new = CODE.replace("= 7;", "= 8;").encode()
    (file,) = compared(tmp_path, {"a.zig": CODE.encode()}, {"src/b.zig": new})
    assert (file.fate, file.added, file.removed) == (Fate.RENAMED, 1, 1)


def test_of_a_change_only_what_is_more_than_white_space_can_be_told(tmp_path: Path) -> None:
    old, new = b"a;\nb;\nc;\nd;\n", b"  a;\n\tb2;\n  c;\nd ;\n"
    (file,) = compared(tmp_path, {"a.zig": old + CODE.encode() + b"x;\n"}, {"a.zig": new + CODE.encode() + b" x;\n"})
    assert file.hunks == (Hunk((0, 4), (0, 4)), Hunk((24, 25), (24, 25)))
    assert more_than_blanks(file) == ((Hunk((1, 2), (1, 2)),), ())


def test_what_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    (file,) = compared(tmp_path, {}, {"tool": b"\x7fELF" + bytes(100)})
    assert (file.fate, file.unread) == (Fate.ADDED, Unread.BINARY)


def test_a_new_executable_bit_is_a_change(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new/run.sh").write_bytes(b"true\n")
    (tmp_path / "new/run.sh").chmod(0o755)
    (file,) = compared(tmp_path, {"run.sh": b"true\n"}, {})
    assert (file.fate, file.notes) == (Fate.ALTERED, ("executable",))
