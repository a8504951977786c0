"""Any program may be given: what is none stays as it is."""

import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reviewer.sandbox.followable import patched

HEADER = b"\x7fELF\x02\x01".ljust(32, b"\0") + struct.pack("<Q", 64) + bytes(14) + struct.pack("<HH", 56, 1) + bytes(6)


def program(table: int) -> bytes:
    return HEADER + struct.pack("<IIQ", 0x6474E550, 4, 120).ljust(56, b"\0") + bytes([1, 0x1B, 3, table])


def test_only_a_program_without_a_table_is_changed_and_only_by_one_word() -> None:
    assert patched(program(0x3B)) is None
    changed = patched(program(0xFF))
    assert changed is not None
    assert [at for at, (a, b) in enumerate(zip(program(0xFF), changed, strict=True)) if a != b] == [64, 65, 66, 67]
    assert patched(Path("/bin/sh").read_bytes()) is None
    assert patched(b"#!/bin/sh\n") is None


@given(st.binary(max_size=200), st.integers(0, 140))
def test_no_program_whatever_makes_it_fail(noise: bytes, at: int) -> None:
    data = bytearray(program(0xFF))
    data[at : at + len(noise)] = noise
    patched(bytes(data))
    patched(bytes(data[:at]))
