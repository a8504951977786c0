r"""strace's log is read as strace 6.1 writes it with -f -y -k -xx; nothing that a program is called can forge a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.sandbox.events import EventKind, Events
from reviewer.sandbox.trace import Call, Frame, Log, Start, split_words, unhex


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


ADDRESS_6 = 'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)'
ADDRESS = f'inet_addr("{hexed("203.0.113.9")}")'


def calls(*lines: str) -> list[Call]:
    log = Log()
    return [*log.read(lines), *log.end()]


def begun() -> Events:
    """Process 1 is the first."""
    events = Events()
    assert list(events.begin(1)) == []
    return events


def told(*lines: str) -> list[tuple[EventKind, str, str]]:
    events = begun()
    return [(event.kind, event.what, event.refused) for call in calls(*lines) for event in events.of(call, late=False)]


def test_a_call_has_words_result_and_stack() -> None:
    (call,) = calls(
        f'12 openat(AT_FDCWD<{hexed("/work")}>, "{hexed("a b")}", O_RDONLY|O_CLOEXEC) = 3<{hexed("/work/a b")}>',
        " > /cache/o/1/helper(os.linux.x86_64.syscall3+0x30) [0xb93e0]",
        " > /cache/o/1/helper(evil.steal+0x3d) [0x15f40d]",
        " > /usr/lib/libc.so.6() [0x26480]",
    )
    assert (call.pid, call.name, call.result, call.error, call.returned) == (12, "openat", 3, "", "/work/a b")
    assert call.stack[:2] == (
        Frame("/cache/o/1/helper", "os.linux.x86_64.syscall3", 0xB93E0),
        Frame("/cache/o/1/helper", "evil.steal", 0x15F40D),
    )


@pytest.mark.parametrize(
    ("line", "expected"), [("+++ exited with 3 +++", (3, "")), ("+++ killed by SIGKILL +++", (-1, "SIGKILL"))]
)
def test_the_end_of_a_process_is_told(line: str, expected: tuple[int, str]) -> None:
    (call,) = calls(f"5 {line}")
    assert (call.pid, call.name, (call.result, call.error)) == (5, "exit", expected)


def test_a_call_that_others_interrupt_is_put_together() -> None:
    found = calls(
        f"7 connect(3, {{sa_family=AF_INET, sin_port=htons(443), sin_addr={ADDRESS}}}, 16 <unfinished ...>",
        f'8 unlink("{hexed("/x")}") = -1 ENOENT (No such file or directory)',
        "7 <... connect resumed>) = -1 ENETUNREACH (Network is unreachable)",
    )
    assert [(call.pid, call.name, call.error) for call in found] == [
        (8, "unlink", "ENOENT"),
        (7, "connect", "ENETUNREACH"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'1 open("{hexed("/etc/passwd")}", O_RDONLY) = -1 EACCES (Permission denied)', [("read", "/etc/passwd", "EACCES")]),
        (f'1 open("{hexed("/o")}", O_WRONLY|O_CREAT|O_TRUNC, 0644) = 4<{hexed("/o")}>', [("write", "/o", "")]),
        (
            f'1 openat(AT_FDCWD<{hexed("/w")}>, "{hexed("o")}", O_RDWR|O_CREAT, 0644) = 4<{hexed("/w/o")}>',
            [("write", "/w/o", ""), ("read", "/w/o", "")],
        ),
        (f'1 unlinkat(5<{hexed("/w/d")}>, "{hexed("f")}", 0) = 0', [("delete", "/w/d/f", "")]),
        (f'1 rename("{hexed("/a")}", "{hexed("/b")}") = 0', [("write", "/b", ""), ("delete", "/a", "")]),
        (f'1 fchmodat(AT_FDCWD<{hexed("/w")}>, "{hexed("x")}", 0755) = 0', [("make executable", "/w/x", "")]),
        (f'1 fchmod(3<{hexed("/w/y")}>, 0644) = 0', [("write", "/w/y", "")]),
        (f'1 execve("{hexed("/bin/sh")}", ["{hexed("sh")}", "{hexed("-c")}"], 0x7ffe /* 3 vars */) = 0', [("start", "/bin/sh", "")]),
        ('1 bind(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0', [("listen", "0.0.0.0:80", "")]),
        (
            f"1 connect(3, {{sa_family=AF_INET6, sin6_port=htons(443), {ADDRESS_6}, sin6_scope_id=0}}, 28) = -1 ENETUNREACH (x)",
            [("connect", "[2001:db8::1]:443", "ENETUNREACH")],
        ),
        (
            f'1 connect(3, {{sa_family=AF_UNIX, sun_path="{hexed("/run/x.sock")}"}}, 110) = -1 ENOENT (x)',
            [("unix socket", "/run/x.sock", "ENOENT")],
        ),
        (f'1 memfd_create("{hexed("m")}", MFD_CLOEXEC) = 3', [("file in memory", "m", "")]),
    ],
)  # fmt: skip
def test_each_call_is_told_in_words(line: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(line) == expected


def test_the_name_in_a_dns_question_is_told() -> None:
    question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04evil\x07example\x00\x00\x01\x00\x01"
    packet = "".join(f"\\x{byte:02x}" for byte in question)
    assert told(f'1 sendto(3<{hexed("socket:[1]")}>, "{packet}", 30, MSG_NOSIGNAL, NULL, 0) = 30') == [
        ("connect", "evil.example", "")
    ]


def test_processes_are_told_apart_and_threads_are_not() -> None:
    events = begun()
    lines = (
        f'1 execve("{hexed("/bin/a")}", ["{hexed("a")}"], 0x1) = 0',
        "1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD) = 50",
        f'50 execve("{hexed("/bin/b")}", ["{hexed("b")}"], 0x1) = 0',
        "50 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 51",
        f'51 unlink("{hexed("/x")}") = 0',
    )
    found = [event for call in calls(*lines) for event in events.of(call, late=False)]
    assert [(event.process.number, event.process.parent, event.process.program) for event in found] == [
        (1, 0, "/bin/a"),
        (2, 1, "/bin/b"),
        (2, 1, "/bin/b"),
    ]


def test_a_process_that_does_something_before_its_maker_is_told_belongs_to_it_all_the_same() -> None:
    events = begun()
    lines = (
        f'1 execve("{hexed("/bin/a")}", ["{hexed("a")}"], 0x1) = 0',
        "1 vfork( <unfinished ...>",
        f'2 unlink("{hexed("/x")}") = 0',
        f'2 execve("{hexed("/bin/b")}", ["{hexed("b")}"], 0x1) = 0',
        "1 <... vfork resumed>) = 2",
        f'2 unlink("{hexed("/y")}") = 0',
    )
    *_, last = [event for call in calls(*lines) for event in events.of(call, late=False)]
    assert (last.process.parent, last.process.program, last.process.command) == (1, "/bin/b", ("b",))
    assert [process.number for process in events.processes.values()] == [1, 2]


def test_what_nobody_made_is_told_in_the_end_and_a_number_can_be_anothers() -> None:
    events = begun()
    lines = (
        "1 clone(child_stack=NULL, flags=SIGCHLD) = 2",
        f'2 execve("{hexed("/bin/b")}", ["{hexed("b")}"], 0x1) = 0',
        "2 +++ exited with 0 +++",
        f'2 unlink("{hexed("/x")}") = 0',
        "1 clone(child_stack=NULL, flags=SIGCHLD) = 2",
        *(f"{pid} clone(child_stack=NULL, flags=SIGCHLD) = {pid + 1}" for pid in range(5000, 10, -1)),
        f'5001 unlink("{hexed("/y")}") = 0',
    )
    found = [event for call in calls(*lines) for event in events.of(call, late=False)]
    assert [(event.what, event.process.number, event.process.parent) for event in found] == [
        ("/bin/b", 2, 1),
        ("/x", 3, 1),
    ]
    (last,) = events.end()
    assert (last.what, events.processes[last.process.parent].number > 3) == ("/y", True)


def test_what_sets_up_the_sandbox_is_not_the_command_and_neither_is_what_waits_for_its_children() -> None:
    start = Start(("keeper",))
    lines = (
        "1 execve(0x7ffd6935d980, 0x7ffd6935ee78, 0x7ffd6935eee0) = 0",
        f'1 open("{hexed("/setup")}", O_RDONLY) = 3',
        f'1 execve("{hexed("/bin/sh")}", ["{hexed("keeper")}", "x"], 0x1) = 0',
        "1 clone(flags=SIGCHLD) = 2",
        f'2 open("{hexed("/command")}", O_RDONLY) = 3',
        "1 clone(flags=SIGCHLD) = 3",
        f'3 open("{hexed("/sleep")}", O_RDONLY) = 3',
        "2 +++ exited with 0 +++",
        f'4 open("{hexed("/late")}", O_RDONLY) = 3',
        "1 +++ exited with 0 +++",
    )
    assert [unhex(call.words[0]) for call in calls(*lines) if start.is_past(call)] == ['"/command"', '"/late"']
    assert start.all_has_ended


@given(st.binary(max_size=60))
def test_a_name_of_any_bytes_is_one_argument_and_comes_back(name: bytes) -> None:
    word = '"' + "".join(f"\\x{byte:02x}" for byte in name) + '"'
    assert split_words(f"AT_FDCWD<\\x2f>, {word}, O_RDONLY") == ["AT_FDCWD<\\x2f>", word, "O_RDONLY"]
    assert unhex(word[1:-1]).encode("utf-8", "surrogateescape") == name


@given(st.lists(st.text(max_size=80), max_size=8))
def test_no_line_whatever_makes_it_fail(lines: list[str]) -> None:
    told(*lines, *(f"1 {line}" for line in lines), *(f"1 open({line}) = 0" for line in lines))


def test_a_symbol_that_is_a_list_of_lines_hides_nothing_of_what_the_command_does() -> None:
    # strace writes symbol names as they are. 10 is the keeper, 11 the command; the forged lines claim that it belongs to the sandbox,
    # that its call ended otherwise, and that it began another one.
    start = Start(("keeper",))
    key = hexed("/home/build/.ssh/id_ed25519")
    past = [
        call
        for call in calls(
            "10 execve(0x7ffd6935d980, 0x7ffd6935ee78, 0x7ffd6935eee0) = 0",
            f'10 execve("/bin/sh", ["{hexed("keeper")}"], 0x1) = 0',
            "10 clone(child_stack=NULL, flags=SIGCHLD) = 11",
            f'11 mkdir("{hexed("/tmp/x")}", 0777) = 0',
            " > /cache/o/1/gen(a+0x1) [0x1]",
            "10 clone(child_stack=NULL, flags=SIGCHLD) = 11",
            "10 clone(child_stack=NULL, flags=SIGCHLD) = 12",
            "11 getpid( <unfinished ...>",
            " > /cache/o/1/gen(b+0x1) [0x1]",
            "11 vfork( <unfinished ...>",
            "11 <... vfork resumed>) = 12",
            f'11 openat(AT_FDCWD<{hexed("/")}>, "{key}", O_RDONLY <unfinished ...>',
            "11 getpid( <unfinished ...>",
            "11 <... openat resumed>) = 3",
            f'12 unlink("{hexed("/tmp/y")}") = 0',
        )
        if start.is_past(call)
    ]
    assert [(call.pid, call.name) for call in past] == [(11, "mkdir"), (11, "vfork"), (11, "openat"), (12, "unlink")]


def test_a_symbol_of_brackets_is_read_in_no_time() -> None:
    # An expression that tries every bracket with every number would take hours.
    symbol = "(" * 300_000 + "+0x1)" * 100_000
    (call,) = calls(f'11 mkdir("{hexed("/tmp/x")}", 0777) = 0', f" > /gen({symbol}+0x1) [0x12]", f" > /gen({symbol}")
    assert call.stack[0].offset == 0x12
    assert len(call.stack[0].symbol) <= 4096
