"""Any file of a package can be read, whatever its size, its line ends and its bytes."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.progress import CancelledError, Progress
from reviewer.review.document import PIECE, Document, open_document


def document(folder: Path, content: bytes) -> Document:
    (folder / "file.zig").write_bytes(content)
    return open_document(folder, "file.zig")


def test_lines_end_as_every_system_ends_them(tmp_path: Path) -> None:
    for content in (b"one\ntwo\n", b"one\r\ntwo\r\n", b"one\rtwo\r", b"one\ntwo"):
        assert list(document(tmp_path, content).pieces) == ["one", "two"]
    assert list(document(tmp_path, b"").pieces) == [""]
    assert document(tmp_path, b"one\rtwo\r").notes == ["line ends: CR only, so most compilers see one line"]
    assert document(tmp_path, b"one\ntwo\r\n").notes == ["line ends: mixed (CRLF and LF)"]


def test_a_carriage_return_inside_a_line_shows_where_some_programs_begin_a_new_one(tmp_path: Path) -> None:
    found = document(tmp_path, b"# comment\rimport os\nx\n")
    assert list(found.pieces) == ["# comment\r", "import os", "x"]
    assert [found.line_of(piece) for piece in range(3)] == [1, 1, 2]
    assert "carriage return" in found.notes[0]
    assert "CARRIAGE RETURN" in found.flags[0].text or "U+000D" in found.flags[0].text


def test_a_line_of_a_megabyte_is_cut_into_pieces_and_all_of_it_is_there(tmp_path: Path) -> None:
    line = "".join(random.Random(1).choices("abc ;", k=1_000_000))
    found = document(tmp_path, f"first\n{line}\nlast\n".encode())
    assert found.line_count == 3
    assert "".join(found.pieces[1:-1]) == line
    assert max(found.widths) <= PIECE
    assert found.first_piece(3) == len(found.pieces) - 1
    assert found.place(2, 500_001) == (1 + 500_000 // PIECE, 0)
    assert found.column(1 + 500_000 // PIECE, 0) == 500_001


@given(st.lists(st.tuples(st.integers(0, 3 * PIECE), st.booleans()), min_size=1, max_size=6))
def test_lines_and_pieces_lead_to_each_other(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[int, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("package")
    text = "\n".join("x" * length + ("\ry" if broken else "") for length, broken in lines) + "\n."
    found = document(folder, text.encode())
    assert found.line_count == len(lines) + 1
    for line in range(1, found.line_count + 1):
        first, last = found.first_piece(line), found.last_piece(line)
        assert found.starts_line(first)
        assert {found.line_of(piece) for piece in range(first, last + 1)} == {line}
        assert not any(found.starts_line(piece) for piece in range(first + 1, last + 1))
    for piece in range(len(found.pieces)):
        line = found.line_of(piece)
        assert found.place(line, found.column(piece, 0)) in {(piece, 0), (piece - 1, len(found.pieces[piece - 1]))}


def test_what_hides_is_flagged_with_the_way_to_it(tmp_path: Path) -> None:
    text = "ok\nconst a = 1;" + " " * 300 + "evil();\n\u200bx\nb.\u0430dd()\n" + "\n" * 60 + "late();\n"
    flags = {flag.line: flag for flag in document(tmp_path, text.encode()).flags}
    assert "column 313" in flags[2].text
    assert flags[2].target == (2, 313)
    assert "ZERO WIDTH SPACE" in flags[3].text
    assert "\u201cadd\u201d" in flags[4].text or "60 blank lines" in flags[4].text
    assert (65, 1) in {flag.target for flag in document(tmp_path, text.encode()).flags}


def test_bytes_that_are_not_text_are_shown_as_bytes_with_what_they_are(tmp_path: Path) -> None:
    found = document(tmp_path, b"\x7fELF" + bytes(range(256)) * 300)
    assert found.is_bytes
    assert found.kind == "ELF program or library"
    assert found.size == 76_804
    assert found.notes[0].startswith("entropy 8.0")
    assert found.pieces[0] == "00000000  7f 45 4c 46 00 01 02 03  04 05 06 07 08 09 0a 0b  .ELF............"
    assert len(found.pieces) == 4_801
    assert found.pieces[-1].startswith("00012c00  fc fd fe ff  ")


def test_source_with_a_few_odd_bytes_stays_text_and_says_so(tmp_path: Path) -> None:
    found = document(tmp_path, b'const a = "\xff\xfe";\0 // and enough to read around it\n' * 3)
    assert not found.is_bytes
    assert found.notes == ["6 bytes that are not UTF-8, shown as \ufffd"]
    assert "U+0000" in found.flags[0].text


def test_either_way_of_showing_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    assert open_document(tmp_path, "a", as_bytes=True).pieces[0].endswith("text            ")
    (tmp_path / "b").write_bytes(b"\x7fELF\n")
    assert not open_document(tmp_path, "b", as_bytes=False).is_bytes


def test_gigabytes_are_paged(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.seek(3 << 30)
        file.write(b"end")
    found = open_document(tmp_path, "large")
    assert found.size == (3 << 30) + 3
    assert found.pieces[1_000_000].startswith("00f42400  00 00")
    assert "only the first gigabyte is shown" in found.notes


def test_opening_can_be_cancelled_and_stays_inside_the_package(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n" * 500_000)
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        open_document(tmp_path, "a", progress=progress)
    with pytest.raises(ReviewerError):
        open_document(tmp_path, "../a")
