"""The filter's program, executed as the kernel would, for both machines whatever this one is."""

import errno
import re
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.sandbox.landlock.calls import landlock_deny_list
from reviewer.sandbox.policy import Network, Policy
from reviewer.sandbox.seccomp import DENY_LIST, Machine, Match, Rule, build_filter, deny_list

ALLOW, KILL, ERRNO, ASK = 0x7FFF0000, 0x80000000, 0x00050000, 0x7FC00000
X32 = 0x40000000

LISTS = {
    "bubblewrap": DENY_LIST,
    "Landlock": landlock_deny_list(Policy(), 6),
    "Landlock before signals": landlock_deny_list(Policy(), 5),
}
EVERY = LISTS["Landlock before signals"] + DENY_LIST

words = st.integers(0, 2**32 - 1)
near_numbers = st.sampled_from([n for rule in EVERY for machine in Machine if (n := rule.number(machine)) is not None])
near_values = st.sampled_from([value for rule in EVERY for value in rule.values])
calls = near_numbers | st.integers(0, 600) | words
arguments = st.tuples(
    *[st.integers(0, 2**64 - 1) | near_values | near_values.map(lambda value: value | 1 << 32) | st.just(0)] * 6
)


def execute(program: bytes, number: int, arch: int, values: tuple[int, ...]) -> int:
    """A classic BPF machine with the four instructions that are used."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *values)
    instructions = list(struct.iter_unpack("<HBBI", program))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = instructions[at]
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += if_true if holds else if_false


def expected(rules: Sequence[Rule], machine: Machine, number: int, values: tuple[int, ...]) -> int:
    if machine is Machine.x86_64 and number >= X32:
        return ERRNO | errno.ENOSYS
    for rule in rules:
        if rule.number(machine) != number:
            continue
        argument = values[rule.argument] & 0xFFFFFFFF
        refused = {
            Match.ALWAYS: True,
            Match.HAS_BIT: any(argument & value for value in rule.values),
            Match.EQUALS: argument in rule.values,
            Match.DIFFERS: argument not in rule.values,
            Match.LACKS_BIT: not any(argument & value for value in rule.values),
        }[rule.match]
        if refused:
            return ASK if rule.judged else ERRNO | rule.error
    return ALLOW


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize("rules", LISTS.values(), ids=LISTS)
@given(number=calls, values=arguments)
def test_every_call_is_judged_by_the_deny_list(
    machine: Machine, rules: Sequence[Rule], number: int, values: tuple[int, ...]
) -> None:
    program = build_filter(machine, rules)
    assert execute(program, number, machine, values) == expected(rules, machine, number, values)


@pytest.mark.parametrize("machine", Machine)
@given(number=calls, arch=words)
def test_calls_of_another_architecture_end_the_process(machine: Machine, number: int, arch: int) -> None:
    verdict = execute(build_filter(machine), number, arch, (0,) * 6)
    assert (verdict == KILL) == (arch != machine)


@pytest.mark.parametrize("machine", Machine)
def test_each_argument_has_one_rule_and_the_program_fits_the_kernel(machine: Machine) -> None:
    judged = [(rule.number(machine), rule.argument) for rule in DENY_LIST if rule.number(machine) is not None]
    assert len(judged) == len(set(judged))
    assert all(len(build_filter(machine, rules)) // 8 <= 4096 for rules in LISTS.values())


@pytest.mark.parametrize("machine", Machine)
@pytest.mark.parametrize(
    ("network", "families"),
    [(Network.NONE, set()), (Network.UNIX, {1}), (Network.GATED, {2, 10}), (Network.HOST, {2, 10})],
)
def test_a_policy_says_which_sockets_may_be_made(machine: Machine, network: Network, families: set[int]) -> None:
    program = build_filter(machine, deny_list(Policy(network=network)))
    number = 41 if machine is Machine.x86_64 else 198
    may = {family for family in range(50) if execute(program, number, machine, (family, 1, 0, 0, 0, 0)) == ALLOW}
    assert may == families


@pytest.mark.parametrize("machine", Machine)
def test_a_policy_says_whether_files_may_be_in_memory_only(machine: Machine) -> None:
    number = 319 if machine is Machine.x86_64 else 279
    for allowed, verdict in ((True, ALLOW), (False, ERRNO | errno.ENOSYS)):
        program = build_filter(machine, deny_list(Policy(memory_files=allowed)))
        assert execute(program, number, machine, (0,) * 6) == verdict


@pytest.mark.parametrize(
    ("machine", "header"),
    [
        (Machine.x86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        (Machine.aarch64, "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_the_numbers_are_those_of_the_kernel(machine: Machine, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    known = {
        name: int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text())
    }
    ours = {rule.name: rule.number(machine) for rule in EVERY if rule.name in known}
    assert ours == {name: known[name] for name in ours}
    assert len(ours) > 40
