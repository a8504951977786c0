"""Lines and words that changed."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.upgrade.lines import Hunk, changed_words, enclosing, hunks, lines_of

TEXTS = st.lists(st.sampled_from(["a", "b", "  b", "", "c \t", "\x00"]), max_size=30).map("\n".join).map(str.encode)


@given(TEXTS, TEXTS)
def test_replacing_the_hunks_makes_the_new_out_of_the_old(old: bytes, new: bytes) -> None:
    before, after = old.split(b"\n"), new.split(b"\n")
    if before[-1] == b"":
        before.pop()
    if after[-1] == b"":
        after.pop()
    made, at = [], 0
    for hunk in hunks(old, new):
        made += before[at : hunk.old[0]] + after[slice(*hunk.new)]
        at = hunk.old[1]
    assert made + before[at:] == after


def test_white_space_can_be_left_out() -> None:
    assert hunks(b"if (a) {\n", b"    if (a)  {\n", blanks=False) == ()
    assert hunks(b"if (a) {\n", b"    if (a)  {\n") == (Hunk((0, 1), (0, 1)),)


def test_words_inside_a_line_are_marked_and_lines_with_nothing_in_common_are_not() -> None:
    old, new = "const url = safe(1);", "const url = evil(1, 2);"
    removed, added = changed_words(old, new)
    assert [old[start:end] for start, end in removed] == ["safe"]
    assert [new[start:end] for start, end in added] == ["evil", ", 2"]
    assert changed_words("const a = 1;", "while (true) try run();") == ((), ())


def test_what_is_no_text_is_made_text() -> None:
    assert lines_of(b"a\xff\n\nb") == ["a\ufffd", "", "b"]


def test_a_change_is_told_to_be_in_the_function_around_it() -> None:
    lines = [
        "pub fn build(b: *std.Build) void {",
        "    const x = 1;",
        "    if (x) {",
        "        run();",
        "    }",
        "    const y = struct {",
        "        fn inner() void {",
        "            a();",
        "",
        "            b();",
        "        }",
        "    };",
        "}",
        "const top = 1;",
    ]
    told = ["pub fn build(b: *std.Build) void {", "fn inner() void {", ""]
    assert [enclosing(lines, at) for at in (3, 8, 13)] == told
    assert [enclosing(lines, at) for at in (1, 9, 0)] == told
    assert enclosing([], 0) == ""
