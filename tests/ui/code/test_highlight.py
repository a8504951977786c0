"""Colours belong to the right words, and a chunk of any file is coloured by itself."""

from reviewer.ui.code.highlight import CHUNK, Highlighter, lexer_for, spans


def colored(line: str, path: str = "build.zig") -> list[tuple[str, str]]:
    text, found = Highlighter(path, [line]).line(0)
    return [(text[span.start : span.start + span.length], span.role) for span in found]


def test_zig_is_coloured_as_in_the_design() -> None:
    words = colored('    const super_mod = b.addModule("super", .{});')
    assert ("const", "code_keyword") in words
    assert ("addModule", "code_function") in words
    assert ("super", "code_string") in words
    assert "super_mod" not in dict(words)


def test_zon_is_zig_and_the_unknown_is_plain() -> None:
    assert ('"', "code_string") in colored('.name = "x",', "build.zig.zon")
    assert colored("const x", "LICENSE") == []


def test_hidden_characters_stand_out() -> None:
    assert ("\u27e6U+202E\u27e7", "red") in colored('const a = "\u202e";')


def test_every_line_of_a_large_file_keeps_its_own_text() -> None:
    lines = [f"const a{number} = {number};" for number in range(5 * CHUNK + 3)]
    highlighter = Highlighter("x.zig", lines)
    for number in (5 * CHUNK + 2, 0, CHUNK - 1, CHUNK, 3 * CHUNK + 7):
        assert highlighter.line(number)[0] == lines[number]


def test_spans_stay_on_their_line_when_a_token_spans_several() -> None:
    first, second = spans(lexer_for("x.c"), ["/* one", "two */ int x;"])
    assert [(span.start, span.length) for span in first] == [(0, 6)]
    assert (0, 6) in [(span.start, span.length) for span in second]
