"""Colours belong to the right words, and a chunk of any file is coloured by itself."""

from reviewer.ui.code.highlight import CHUNK, Highlighter, lexer_for, spans
from tests.ui.code.documents import document


def colored(line: str, path: str = "build.zig") -> list[tuple[str, str]]:
    highlighter = Highlighter(document(line, path))
    highlighter.keep(0, highlighter.color(0))
    text = highlighter.shown(0).text
    return [(text[span.start : span.start + span.length], span.role) for span in highlighter.spans(0) or ()]


def test_zig_is_coloured_as_in_the_design() -> None:
    words = colored('    const super_mod = b.addModule("super", .{});')
    assert ("const", "code_keyword") in words
    assert ("addModule", "code_function") in words
    assert ("super", "code_string") in words
    assert "super_mod" not in dict(words)


def test_zon_is_zig_and_the_unknown_is_plain() -> None:
    assert ('"', "code_string") in colored('.name = "x",', "build.zig.zon")
    assert colored("const x", "LICENSE") == []
    assert ("def", "code_keyword") in colored("def f():", "setup.py")


def test_a_name_that_would_choose_an_odd_lexer_chooses_plain_text() -> None:
    assert type(lexer_for("x.brainfuck")).__name__ == "TextLexer"


def test_every_chunk_of_a_large_file_keeps_its_own_colours() -> None:
    highlighter = Highlighter(document("".join(f"const a{number} = {number};\n" for number in range(5 * CHUNK + 3))))
    for number in (5, 0, 3):
        highlighter.keep(number, highlighter.color(number))
    for piece in (5 * CHUNK + 2, 0, CHUNK - 1, 3 * CHUNK + 7):
        assert (0, 5, "code_keyword") in (highlighter.spans(piece) or ())
    assert highlighter.spans(CHUNK) is None, "nobody asked for it"


def test_a_comment_that_begins_far_above_is_still_a_comment() -> None:
    highlighter = Highlighter(document("/*\n" + "code();\n" * 1_000 + "*/ int x;\n", "x.c"))
    assert highlighter.color(7)[10] == ((0, 7, "code_comment"),)
    assert (3, 3, "code_builtin") in highlighter.color(1001 // CHUNK)[1001 % CHUNK]


def test_spans_stay_on_their_line_when_a_token_spans_several() -> None:
    first, second = spans(lexer_for("x.c"), ["/* one", "two */ int x;"])
    assert [(span.start, span.length) for span in first] == [(0, 6)]
    assert (0, 6) in [(span.start, span.length) for span in second]


def test_a_comment_stays_one_where_its_line_is_so_long_that_it_is_cut() -> None:
    highlighter = Highlighter(document("// " + "word " * 2_000 + "\nconst x = 1;\n"))
    colors = highlighter.color(0)
    assert [[span.role for span in spans] for spans in colors[:-1]] == [["code_comment"]] * 6
    assert colors[-1][0] == (0, 5, "code_keyword")


def test_a_line_too_long_to_be_followed_is_not_coloured_wrongly() -> None:
    highlighter = Highlighter(document("// " + "x" * 1_000_000 + "\nconst x = 1;\n"))
    last = 500 // CHUNK
    colors = highlighter.color(last)
    assert set(colors[:-1]) == {()}
    assert colors[-1][0] == (0, 5, "code_keyword")
