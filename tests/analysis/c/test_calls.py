"""C and C++ in the reach of a run step: what it calls is found in its tokens, and what could hide a call is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.analysis.c.calls import read_calls

ASKED = {"system", "open", "connect", "fopen", "ifstream", "asm", "remove"}


def calls(text: str, path: str = "a.c") -> list[tuple[int, int, str]]:
    return [(call.line, call.column, call.name) for call in read_calls(text, path, ASKED.__contains__)[0]]


def gaps(text: str, path: str = "a.c") -> list[int]:
    return [gap.line for gap in read_calls(text, path, ASKED.__contains__)[1]]


@pytest.mark.parametrize(
    "code",
    [
        'system("ls");',
        'return system ("ls");',
        "x = 1; /* here */ system(command);",
        "NOTHING system(command);",
        "run = system;",
        "table[0] = &system;",
        "#define go system",
        "#define go(x) (1, system(x))",
        "::system(command);",
        "a * system(command);",
        '"\\""; system(command); \'"\';',
        "1'000'000; system(command);",
        "if (defined) system\n(command);",
    ],
)
def test_a_call_is_found_at_its_place(code: str) -> None:
    column = code.index("system") + 1
    assert calls(f"\n{code}\n") == [(2, column, "system")]


@pytest.mark.parametrize(
    "code",
    [
        'puts("system(1)");',
        "// system(1)\n",
        "// goes on \\\nsystem(1)\n",
        "/* system(1)\n system(2) */",
        "/* never closed system(1)",
        "int system(const char *command);",
        "extern FILE *fopen(const char *, const char *);",
        "device.open(1); device->connect(2);",
        "#define open my_open",
        "subsystem(1); system_name(2); int open = 1;",
        'char c = \'"\'; puts("connect(");',
    ],
)
def test_what_is_no_call_is_left_out(code: str) -> None:
    assert calls(code) == []


def test_assembly_and_what_the_library_of_cpp_opens_count() -> None:
    assert calls('__volatile__; asm volatile ("nop");')[0][2] == "asm"
    assert calls('std::ifstream in("/etc/passwd");', "a.cpp")[0][2] == "ifstream"
    assert calls('auto text = R"x(system(1) " )x"; open("a", 0);', "a.cpp") == [(1, 34, "open")]


def test_the_strings_of_a_call_are_told_with_it() -> None:
    (call,), _ = read_calls('system("curl -o x " URL); puts("other");', "a.c", ASKED.__contains__)
    assert call.words == ("curl -o x ",)


@pytest.mark.parametrize(
    "code",
    ["#define join(a, b) a ## b", "join(sys, %:%:)", "sys\\\ntem(1);", "#define int", 'R"(" ; system(1); ")"'],
)
def test_what_could_hide_a_call_is_marked(code: str) -> None:
    assert gaps(f"int x;\n{code}\n") == [2]


@given(st.text(alphabet="/*\"'\\\n R(#)a;system=&.%:", max_size=300))
def test_any_text_is_read_with_places_in_it(text: str) -> None:
    lines = text.split("\n")
    for line, column, name in calls(text):
        assert lines[line - 1][column - 1 :].startswith(name)
