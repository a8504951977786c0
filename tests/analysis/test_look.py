"""Tricks with characters, code out of sight, packed data and programs: told where they matter, in every type of file."""

from pathlib import Path

import pytest

from reviewer.analysis.look import look
from reviewer.progress import CancelledError, Progress
from tests.analysis.helpers import analysed, found
from tests.ecosystems.zig.reading.helpers import BUILD, write_package

ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
FAR = "x = 1;" + " " * 300 + "evil();\n"


def with_files(root: Path, files: dict[str, bytes | str]) -> Path:
    """A project whose dependency `dep` ships these files."""
    write_package(root / "app", BUILD % '_ = b.dependency("dep", .{});', {"dep": "../dep"})
    write_package(
        root / "dep", BUILD % '_ = b.addModule("dep", .{ .root_source_file = b.path("root.zig") });', name="dep"
    )
    for path, content in files.items():
        (root / "dep" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "dep" / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return root / "app"


@pytest.mark.parametrize(
    ("path", "content", "capability", "line"),
    [
        ("src/a.c", "int a;\n/* \u202e } */\n", "obf.unicode", 2),
        ("tool.py", "a = '\u2066'\n", "obf.unicode", 1),
        ("a.sh", "echo \U000e0041\n", "obf.unicode", 1),
        ("root.zig", "\n" + FAR, "obf.offscreen", 2),
        ("lib/a.js", "a();\n" + "\n" * 90 + "evil();\n", "obf.offscreen", 92),
        ("lib/libx.so", ELF, "src.binary", 1),
        ("bin/tool", ELF, "src.binary", 1),
        ("x.exe", b"MZ\x90\0" + bytes(200), "src.binary", 1),
        ("x.wasm", b"\0asm\1\0\0\0" + bytes(50), "src.binary", 1),
        ("libx.a", b"!<arch>\n" + bytes(100), "src.binary", 1),
        ("logo.png", ELF, "src.binary", 1),
        ("tests/logo.png", ELF, "src.binary", 1),
        ("logo.jpg", "#!/bin/sh\necho\n", "src.binary", 1),
        ("notes.txt", b"PK\x03\x04" + bytes(100), "src.binary", 1),
        ("a\u202egnp.zig", "", "obf.unicode", 1),
    ],
)  # fmt: skip
def test_what_is_hardly_ever_there_for_a_good_reason_is_told_anywhere(
    tmp_path: Path, path: str, content: bytes | str, capability: str, line: int
) -> None:
    assert (capability, path, line) in found(analysed(with_files(tmp_path, {path: content})))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("README.md", "\u202e\u05e9\u05dc\u05d5\u05dd\n \U0001f469\u200d\U0001f4bb \ufe0f"),
        ("src/tables.zig", "const t = .{ '\u0430', '\u0435', '\u200b' }; // аи"),
        ("src/data.zig", 'const key = "' + "QUJDREVGR0hJSktM" * 80 + '";\n'),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8),
        ("font.ttf", b"\0\1\0\0\0" + bytes(range(256)) * 8),
        ("tests/data/a.zip", b"PK\x03\x04" + bytes(range(256)) * 8),
        ("tests/data/program", ELF),
        ("MZ.txt", "MZ is how it begins\n"),
        ("script.sh", "#!/bin/sh\necho hello\n"),
        ("src/macro.h", "#define A(x)" + " " * 200 + "\\\n  x\n"),
        ("src/a.c", "int a;" + " " * 250 + "/* told in the margin */\n"),
    ],
)
def test_harmless_files_stay_quiet(tmp_path: Path, path: str, content: bytes | str) -> None:
    assert found(analysed(with_files(tmp_path, {path: content}))) == []


@pytest.mark.parametrize(
    ("line", "capability"),
    [
        ("// \u202e reversed", "obf.unicode"),
        ("const x = 1; // zero\u200bwidth", "obf.unicode"),
        ('const @"\u0430dd" = 1; // Cyrillic a', "obf.unicode"),
        ("const y = 1;" + " " * 130 + "evil();", "obf.offscreen"),
        ('const blob = "' + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3ODkx" * 9 + '";', "obf.encoded"),
        ("const bytes = .{" + ", ".join(f"0x{n % 251:02x}" for n in range(200)) + "};", "obf.encoded"),
    ],
)
def test_code_that_runs_while_building_is_looked_at_closely(tmp_path: Path, line: str, capability: str) -> None:
    app = with_files(tmp_path, {"helper.zig": "\n" + line + "\n"})
    build = tmp_path / "dep/build.zig"
    build.write_text('const helper = @import("helper.zig");\n' + build.read_text())
    assert (capability, "helper.zig", 2) in found(analysed(app))


def test_a_second_look_reads_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_files(tmp_path, {"bin/tool": ELF, "root.zig": FAR})
    first = analysed(app)
    assert len(first.findings) == 2

    def never(*_: object) -> None:
        raise AssertionError("looked again")

    monkeypatch.setattr("reviewer.analysis.look.look", never)
    assert analysed(app).findings == first.findings


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "a.zig").write_text("")
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        list(look(tmp_path, progress))


def test_a_package_full_of_oddities_is_told_in_bounds(tmp_path: Path) -> None:
    app = with_files(tmp_path, {f"bin/tool{n}": ELF for n in range(200)})
    findings = analysed(app).findings
    assert len(findings) == 51
    assert findings[-1].capability == "unanalyzed"
