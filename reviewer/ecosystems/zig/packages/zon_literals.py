"""The literals of ZON: text of one token in, Python value out (Zig 0.17.1, string_literal.zig and number_literal.zig)."""

import re

from reviewer.content.text import visible

_MAX_DIGITS = 4000  # decimal; converting them takes time that grows with their square

# lib/std/zig/tokenizer.zig, Token.keywords
_KEYWORDS = re.compile(
    "addrspace|align|allowzero|and|anyframe|anytype|asm|break|callconv|catch|comptime|const|continue|defer|else|enum|errdefer|error|export|"
    "extern|fn|for|if|inline|linksection|noalias|noinline|nosuspend|opaque|or|orelse|packed|pub|resume|return|struct|suspend|switch|test|"
    "threadlocal|try|union|unreachable|var|volatile|while"
)

_ESCAPE = re.compile(r"\\(?:(?P<plain>[nrt\\'\"])|x(?P<byte>[0-9a-fA-F]{2})|u\{(?P<code>[0-9a-fA-F]+)\})")
_PLAIN = {"n": b"\n", "r": b"\r", "t": b"\t", "\\": b"\\", "'": b"'", '"': b'"'}

_DECIMAL = r"[0-9](?:_?[0-9])*+"
_HEX = r"[0-9a-fA-F](?:_?[0-9a-fA-F])*+"
_INTEGER = re.compile(rf"0x{_HEX}|0o[0-7](?:_?[0-7])*+|0b[01](?:_?[01])*+|0|(?!0){_DECIMAL}")
_FLOAT = re.compile(rf"(?:0|(?!0){_DECIMAL})(?:\.(?:{_DECIMAL})?)?(?:[eE][+-]?{_DECIMAL})?")
_HEX_FLOAT = re.compile(rf"0x(?=[0-9a-fA-F.])(?:{_HEX})?(?:\.(?:{_HEX})?)?(?:[pP][+-]?{_DECIMAL})?")


class LiteralError(Exception):
    """The token is not a literal of Zig; `offset` counts characters from its begin."""

    def __init__(self, what: str, offset: int = 0) -> None:
        super().__init__(what)
        self.offset = offset


def string(token: str) -> str:
    r"""A string literal with its quotes; bytes that are not UTF-8 become lone surrogates (surrogateescape)."""
    content = token[1:-1]
    return content if "\\" not in content else _unescaped(content, 1)


def name(token: str) -> str:
    """An identifier, plain or `@"…"`."""
    if not token.startswith("@"):
        if _KEYWORDS.fullmatch(token):
            raise LiteralError(f"'{token}' is a keyword: write it as '@\"{token}\"'")
        return token
    value = string(token[1:])
    if not value or "\0" in value:
        raise LiteralError("a name cannot be empty or hold a null byte")
    return value


def character(token: str) -> int:
    """A character literal with its quotes, as its code point."""
    content = token[1:-1]
    if content.startswith("\\"):
        escape = _ESCAPE.fullmatch(content)
        if escape is None:
            raise LiteralError("expected one character or escape sequence", 1)
        if escape["plain"]:
            return _PLAIN[escape["plain"]][0]
        return int(escape["byte"], 16) if escape["byte"] else _code_point(escape["code"], 1)
    if len(content) != 1:
        raise LiteralError("expected one character or escape sequence", 1)
    return ord(content)


def number(token: str) -> int | float:
    """A number literal without sign; floats are rounded to what Python holds, beyond that to infinity."""
    plain = token.replace("_", "")
    if _INTEGER.fullmatch(token):
        if plain[:2] in ("0x", "0o", "0b"):
            return int(plain[2:], {"x": 16, "o": 8, "b": 2}[plain[1]])
        if len(plain) > _MAX_DIGITS:
            raise LiteralError(f"more than {_MAX_DIGITS} digits")
        return int(plain)
    if _FLOAT.fullmatch(token):
        return float(plain)
    if _HEX_FLOAT.fullmatch(token) and not plain.startswith(("0x.p", "0x.P")) and plain != "0x.":
        try:
            return float.fromhex(plain)
        except OverflowError:
            return float("inf")
    raise LiteralError(f"'{visible(token[:40])}' is not a number")


def _unescaped(content: str, offset: int) -> str:
    parts: list[bytes] = []
    at = 0
    while (found := content.find("\\", at)) >= 0:
        parts.append(content[at:found].encode())
        escape = _ESCAPE.match(content, found)
        if escape is None:
            raise LiteralError(f"invalid escape sequence '{visible(content[found : found + 2])}'", offset + found)
        if escape["plain"]:
            parts.append(_PLAIN[escape["plain"]])
        elif escape["byte"]:
            parts.append(bytes.fromhex(escape["byte"]))
        else:
            code = _code_point(escape["code"], offset + found)
            if 0xD800 <= code <= 0xDFFF:
                raise LiteralError("not a Unicode scalar value", offset + found)
            parts.append(chr(code).encode())
        at = escape.end()
    parts.append(content[at:].encode())
    return b"".join(parts).decode(errors="surrogateescape")


def _code_point(digits: str, offset: int) -> int:
    value = int(digits, 16)
    if value > 0x10FFFF:
        raise LiteralError("not a Unicode code point", offset)
    return value
