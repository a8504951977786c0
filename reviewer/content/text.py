"""Hostile text made safe to show: what cannot be seen is written out."""

# Printable by Unicode's categories, yet drawn as nothing: fillers, joiners and variation selectors (Default_Ignorable_Code_Point
# of DerivedCoreProperties.txt, as far as str.isprintable lets them pass) and the blank braille pattern.
_INVISIBLE = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)


class _Shown(dict[int, str]):
    """A str.translate table that learns each character when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = shown = f"<U+{code:04X}>" if is_hidden(character) else character
        return shown


_SHOWN = _Shown()


def is_hidden(character: str) -> bool:
    """Whether a character is a control, bidirectional, zero-width, odd blank or otherwise invisible one."""
    return character != " " and (character in _INVISIBLE or not character.isprintable())


def visible(text: str, *, keep: str = "") -> str:
    r"""The text with every control, bidirectional, zero-width or otherwise invisible character as `<U+202E>`.

    Characters in `keep` (say `"\n\t"`) stay as they are. Lone surrogates, as undecodable file names have them, are written out
    too, so the result can always be encoded.
    """
    if text.isascii() and text.isprintable():
        return text
    if not keep:
        return text.translate(_SHOWN)
    return text.translate(_Keeping({ord(character): character for character in keep}))


class _Keeping(dict[int, str]):
    def __missing__(self, code: int) -> str:
        return _SHOWN[code]
