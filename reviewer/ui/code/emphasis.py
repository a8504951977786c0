"""Which words of an explanation stand out. No Qt."""

import re

_STRONG = re.compile(
    "(?P<code>`[^`\n]+`)|(?P<bold>Run step \u201c[^\u201d\n]*\u201d|no inputs and no outputs|\u201c[^\u201d\n]*\u201d)"
)


def emphasis(text: str) -> tuple[tuple[str, str], ...]:
    """An explanation as (stretch, `plain`, `bold` or `code`) parts: names and what matters stand out, backticks enclose code."""
    parts: list[tuple[str, str]] = []
    end = 0
    for match in _STRONG.finditer(text):
        parts.append((text[end : match.start()], "plain"))
        parts.append((match["code"].strip("`"), "code") if match["code"] else (match["bold"], "bold"))
        end = match.end()
    parts.append((text[end:], "plain"))
    return tuple((piece, kind) for piece, kind in parts if piece)
