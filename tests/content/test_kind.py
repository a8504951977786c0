"""What a file is, is told from its bytes."""

import os
import sys
from pathlib import Path

import pytest

from reviewer.content.kind import entropy, file_kind


def test_programs_pictures_and_archives_are_known_by_their_first_bytes() -> None:
    assert file_kind(Path(sys.executable).read_bytes()[:4096]).name == "ELF program or library"
    assert file_kind(b"\x89PNG\r\n\x1a\n\0\0").binary
    assert file_kind(b"PK\x03\x04rest").name == "zip archive"
    assert file_kind(b"\0" * 257 + b"ustar\0").name == "tar archive"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"const x = 1;\n",
        "gr\u00fc\u00dfe \u6f22\u5b57".encode(),
        b"a\rb\rc",
        b"caf\xe9 au lait\n",
        b"int main(){}\0\n" * 3,
    ],
)
def test_source_stays_readable_though_some_bytes_are_odd(text: bytes) -> None:
    assert not file_kind(text).binary


def test_bytes_that_are_no_text_are_binary_and_so_is_text_that_no_compiler_reads() -> None:
    assert file_kind(os.urandom(4096)).binary
    assert file_kind("hello".encode("utf-16")) == ("UTF-16 text", True)


def test_a_character_cut_at_the_end_of_what_is_looked_at_does_not_matter() -> None:
    assert not file_kind("\u6f22".encode() * 30_000).binary


def test_entropy_tells_source_from_what_is_packed() -> None:
    assert entropy(b"") == entropy(b"aaaa") == 0
    assert entropy(bytes(range(256))) == pytest.approx(8)
    assert entropy(os.urandom(1 << 16)) > 7.9
    assert 3 < entropy(Path(__file__).read_bytes()) < 6
