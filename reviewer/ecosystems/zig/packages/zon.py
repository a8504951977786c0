r"""Zig Object Notation, as Zig 0.17.1 accepts it (lib/std/zig: tokenizer.zig, Parse.zig, ZonGen.zig, number_literal.zig).

Linear in the size of the text, with a stack of its own, so that no input can exhaust Python's.
"""

import re
from bisect import bisect_right

from reviewer.content.text import visible
from reviewer.ecosystems.zig.packages.zon_literals import LiteralError, character, name, number, string
from reviewer.ecosystems.zig.packages.zon_values import (
    ZonArray,
    ZonBool,
    ZonChar,
    ZonEnumLiteral,
    ZonField,
    ZonFloat,
    ZonInt,
    ZonNull,
    ZonString,
    ZonStruct,
    ZonValue,
)
from reviewer.errors import ReviewerError

MAX_SIZE = 10 << 20
"""Characters; Zig's own limit for a manifest (Manifest.max_bytes)."""

MAX_DEPTH = 200


class ZonError(ReviewerError):
    """The text is not ZON; `line` and `column` count from 1, columns in characters."""

    def __init__(self, what: str, where: str, line: int, column: int) -> None:
        super().__init__(what, where=f"{where}:{line}:{column}")
        self.line = line
        self.column = column


# What may stand between two tokens; `///` and `//!` are documentation, which ZON does not have, `////` is a comment again.
_REST = r"[^\x00-\x1f\x7f]*+(?=\r?\n|\Z)"
_COMMENT = rf"//(?:(?![/!])|//){_REST}"
_GAP = rf"(?:[ \t\r\n]++|{_COMMENT})*+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]++|\\[^\x00-\x1f\x7f])*+"'
_NAME = rf"[A-Za-z_][A-Za-z0-9_]*+|@{_QUOTED}"
_LINE = rf"\\\\{_REST}"
_TOKEN = re.compile(
    rf"(?P<gap>[ \t\r\n]++|{_COMMENT})"
    rf"|(?P<open>\.{_GAP}\{{)"
    rf"|(?P<field>\.{_GAP}(?P<field_name>{_NAME}){_GAP}=(?![=>]))"
    rf"|(?P<enum>\.{_GAP}(?P<enum_name>{_NAME}))"
    rf"|(?P<string>{_QUOTED})"
    rf"|(?P<lines>{_LINE}(?:{_GAP}{_LINE})*+)"
    r"|(?P<char>'(?:[^'\\\x00-\x1f\x7f]++|\\[^\x00-\x1f\x7f])*+')"
    r"|(?P<number>[0-9](?:[eEpP][+-]|\.(?=[0-9A-Za-z_])|[0-9A-Za-z_])*+)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*+)"
    r"|(?P<comma>,)|(?P<close>\})|(?P<minus>-)"
)
_LINE_OF_STRING = re.compile(rf"{_GAP}\\\\([^\x00-\x1f\x7f]*+)")

_WORDS = {"true": True, "false": False, "null": None, "inf": float("inf"), "nan": float("nan")}


def parse_zon(text: str, where: str = "ZON") -> ZonValue:
    """The one value in `text`; `where` names it in errors. Raises ZonError, and nothing else, for any other text."""
    return _Parser(text.removeprefix("\ufeff"), where).parse()


class _Open:
    """A `.{` that is not closed yet: which kind it is shows at its first element."""

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.fields: dict[str, ZonField] = {}
        self.items: list[ZonValue] = []
        self.pending: tuple[str, int, int] | None = None

    def add(self, value: ZonValue) -> None:
        if self.pending is None:
            self.items.append(value)
        else:
            key, line, column = self.pending
            self.fields[key] = ZonField(line, column, value)
            self.pending = None

    def closed(self) -> ZonValue:
        if self.items:
            return ZonArray(self.line, self.column, tuple(self.items))
        return ZonStruct(self.line, self.column, self.fields)


class _Parser:
    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self._at = 0

    def parse(self) -> ZonValue:
        self._check_text()
        stack: list[_Open] = []
        while True:
            value = self._element(stack)
            while value is not None:
                if not stack:
                    self._end()
                    return value
                stack[-1].add(value)
                value = self._after_element(stack)

    def _element(self, stack: list[_Open]) -> ZonValue | None:
        """One value, or None where a `.{` was opened or a field's name read and its value comes next."""
        start, token = self._next()
        opened = stack[-1] if stack else None
        if opened is not None and opened.pending is None:
            if token is not None and token.lastgroup == "close":
                stack.pop()
                return opened.closed()
            if token is not None and token.lastgroup == "field" and not opened.items:
                opened.pending = (self._field_name(opened, start, token), *self._place(start))
                return None
            if opened.fields:
                raise self._error(start, "expected a field such as '.name = value' or '}'")
        if token is None:
            raise self._error(start, "expected a value")
        if token.lastgroup == "open":
            if len(stack) >= MAX_DEPTH:
                raise self._error(start, f"values nested deeper than {MAX_DEPTH}", found=False)
            stack.append(_Open(*self._place(start)))
            return None
        return self._scalar(start, token)

    def _after_element(self, stack: list[_Open]) -> ZonValue | None:
        start, token = self._next()
        if token is not None and token.lastgroup == "close":
            return stack.pop().closed()
        if token is None or token.lastgroup != "comma":
            raise self._error(start, "expected ',' or '}'")
        return None

    def _field_name(self, opened: _Open, start: int, token: re.Match[str]) -> str:
        key = self._name(token, "field_name")
        if key in opened.fields:
            raise self._error(start, f"duplicate field '{visible(key)}'", found=False)
        return key

    def _scalar(self, start: int, token: re.Match[str]) -> ZonValue:
        line, column = self._place(start)
        text = token.group()
        try:
            match token.lastgroup:
                case "string":
                    return ZonString(line, column, string(text))
                case "enum":
                    return ZonEnumLiteral(line, column, self._name(token, "enum_name"))
                case "number":
                    return self._number(line, column, text)
                case "word" if text in _WORDS:
                    return self._word(line, column, text)
                case "lines":
                    return ZonString(line, column, "\n".join(match[1] for match in _LINE_OF_STRING.finditer(text)))
                case "char":
                    return ZonChar(line, column, character(text))
                case "minus":
                    return self._negative(line, column)
        except LiteralError as error:
            raise self._error(start + error.offset, str(error), found=False) from None
        raise self._error(start, "expected a value")

    def _negative(self, line: int, column: int) -> ZonValue:
        start, token = self._next()
        if token is not None and token.lastgroup == "number":
            try:
                return self._number(line, column, token.group(), sign=-1)
            except LiteralError as error:
                raise self._error(start + error.offset, str(error), found=False) from None
        if token is not None and token.group() == "inf":
            return ZonFloat(line, column, float("-inf"))
        raise self._error(start, "expected a number or 'inf' after '-'")

    @staticmethod
    def _number(line: int, column: int, text: str, sign: int = 1) -> ZonValue:
        value = number(text)
        if isinstance(value, float):
            return ZonFloat(line, column, sign * value)
        if sign < 0 and value == 0:
            raise LiteralError("'-0' is ambiguous: write '0' or '-0.0'")
        return ZonInt(line, column, sign * value)

    @staticmethod
    def _word(line: int, column: int, text: str) -> ZonValue:
        value = _WORDS[text]
        if value is None:
            return ZonNull(line, column)
        return ZonBool(line, column, value) if isinstance(value, bool) else ZonFloat(line, column, value)

    def _name(self, token: re.Match[str], group: str) -> str:
        try:
            return name(token[group])
        except LiteralError as error:
            raise self._error(token.start(group) + error.offset, str(error), found=False) from None

    def _end(self) -> None:
        start, _ = self._next()
        if start < len(self._text):
            raise self._error(start, "expected the end of the file")

    def _next(self) -> tuple[int, re.Match[str] | None]:
        """The next token and where it begins; None at the end and for what is no token of ZON, which then is not passed."""
        while (token := _TOKEN.match(self._text, self._at)) is not None:
            if token.lastgroup != "gap":
                self._at = token.end()
                return token.start(), token
            self._at = token.end()
        return self._at, None

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def _check_text(self) -> None:
        if len(self._text) > MAX_SIZE:
            raise ZonError(f"larger than {MAX_SIZE >> 20} MB", self._where, 1, 1)
        try:
            self._text.encode()
        except UnicodeEncodeError as error:
            raise self._error(error.start, "not UTF-8", found=False) from None

    def _error(self, offset: int, what: str, *, found: bool = True) -> ZonError:
        if found:
            what = f"{what}, found {_describe(self._text, offset)}"
        return ZonError(what, self._where, *self._place(offset))


def _describe(text: str, offset: int) -> str:
    """What stands at `offset`, in words and short."""
    token = _TOKEN.match(text, offset)
    if token is not None:
        shown = visible(token.group()[:40])
        return f"'{shown}…'" if len(token.group()) > 40 else f"'{shown}'"
    if offset >= len(text):
        return "the end of the file"
    for start, what in (
        ('"', "a string that is not closed on its line or holds a control character"),
        ('@"', "a name in quotes"),
        ("'", "a character that is not closed on its line"),
        ("\\\\", "a string line with a control character"),
        ("///", "a documentation comment"),
        ("//!", "a documentation comment"),
        ("//", "a comment with a control character"),
    ):
        if text.startswith(start, offset):
            return what
    return f"'{visible(text[offset])}'"
