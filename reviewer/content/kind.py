"""What a file is, told from its bytes and never from its name."""

from collections import Counter
from math import log2
from typing import NamedTuple

_LOOKED_AT = 64 << 10
_MEASURED = 1 << 20

# Magic numbers as file(1) knows them: where, which bytes, what it is.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x7fELF", "ELF program or library"),
    (0, b"MZ", "Windows program or library"),
    (0, b"\xcf\xfa\xed\xfe", "Mach-O program or library"),
    (0, b"\xce\xfa\xed\xfe", "Mach-O program or library"),
    (0, b"\xfe\xed\xfa\xce", "Mach-O program or library"),
    (0, b"\xfe\xed\xfa\xcf", "Mach-O program or library"),
    (0, b"\xca\xfe\xba\xbe", "Java class or universal Mach-O"),
    (0, b"\0asm", "WebAssembly"),
    (0, b"BC\xc0\xde", "LLVM bitcode"),
    (0, b"!<arch>\n", "static library (ar)"),
    (0, b"dex\n", "Android bytecode"),
    (0, b"PK\x03\x04", "zip archive"),
    (0, b"\x1f\x8b", "gzip archive"),
    (0, b"BZh", "bzip2 archive"),
    (0, b"\xfd7zXZ\0", "xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "zstd archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-zip archive"),
    (257, b"ustar", "tar archive"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (0, b"\xff\xd8\xff", "JPEG picture"),
    (0, b"GIF8", "GIF picture"),
    (0, b"RIFF", "RIFF (sound, picture or film)"),
    (0, b"OggS", "Ogg sound"),
    (0, b"fLaC", "FLAC sound"),
    (0, b"%PDF-", "PDF document"),
    (0, b"SQLite format 3\0", "SQLite database"),
    (0, b"wOFF", "font (WOFF)"),
    (0, b"wOF2", "font (WOFF2)"),
    (0, b"\0\1\0\0\0", "font (TrueType)"),
    (0, b"OTTO", "font (OpenType)"),
    (0, b"\xed\xab\xee\xdb", "RPM package"),
)


class FileKind(NamedTuple):
    """`name` in words; `binary`: not made to be read as text."""

    name: str
    binary: bool


def file_kind(head: bytes) -> FileKind:
    """What the beginning of a file says that it is."""
    for start, magic, name in _MAGIC:
        if head.startswith(magic, start):
            return FileKind(name, binary=True)
    if head.startswith(b"#!"):
        return FileKind("script", binary=_is_binary(head))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind("UTF-16 text", binary=True)
    return FileKind("unknown bytes", binary=True) if _is_binary(head) else FileKind("text", binary=False)


def _is_binary(head: bytes) -> bool:
    """Whether over a tenth is neither UTF-8 nor plain control characters: a stray NUL in a source must not hide the source."""
    part = head[:_LOOKED_AT]
    text = part.decode(errors="replace").removesuffix("\ufffd")  # the end may cut a character
    odd = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f") + text.count("\ufffd")
    return odd * 10 > len(text)


def entropy(content: bytes) -> float:
    """Bits of information in each byte of the first megabyte: 0 for one value only, about 5 for source, near 8 for packed ones."""
    part = content[:_MEASURED]
    return sum(-count / len(part) * log2(count / len(part)) for count in Counter(part).values()) if part else 0.0
