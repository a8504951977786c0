"""Which words may be passed on to `zig build` as build options."""

import re
from collections.abc import Sequence

from reviewer.content.text import visible
from reviewer.errors import ReviewerError

_MOST = 200
_LONGEST = 4096
_OPTION = re.compile(r"-D[^=]+(=.*)?|--release(=(off|any|fast|safe|small))?|-f(no-)?sys=.+", re.DOTALL)
"""What zig 0.14 to 0.17 hand to the project's build script (std.Build.addUserInputOption, release_mode, system_integration_options).

Anything else would change what the sandboxed `zig build` does, not what the project is: name a step, write files, print something else.
"""


def check_options(options: Sequence[str]) -> tuple[str, ...]:
    """The options, in the order given. Raises ReviewerError for a word that is none, so that nothing else ever reaches zig."""
    for option in options:
        if not _OPTION.fullmatch(option):
            raise ReviewerError(
                f"“{visible(option[:100])}” is not a build option",
                where="after --",
                cure="there can be -Dname=value, --release=fast|safe|small|any|off, -fsys=name and -fno-sys=name",
            )
        if len(option) > _LONGEST or visible(option) != option:
            raise ReviewerError(
                "the option is too long or has characters that cannot be seen", where=visible(option[:60])
            )
    if len(options) > _MOST:
        raise ReviewerError(f"{len(options)} build options are too many", cure=f"name at most {_MOST}")
    return tuple(options)
