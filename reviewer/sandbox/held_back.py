"""The command's environment, kept from everything that starts the command.

It steers whatever begins with it: LD_PRELOAD and LD_LIBRARY_PATH bring in code, before it was looked what is shown, and into the tracer
itself. So the gates (supervise), the tracer and its keeper (observe) find each variable only as the value of one with a name of Reviewer's;
the shell that becomes the command runs `ADOPT` last.
"""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_OF_SHELLS = frozenset(("BASHOPTS", "EUID", "LINENO", "OPTIND", "PPID", "SHELLOPTS", "UID"))
"""Which a shell takes from nobody."""

ADOPT = (
    '_reviewer=0; while eval "[ \\"\\${_reviewer_$_reviewer+x}\\" ]"; do '
    'eval "export \\"\\$_reviewer_$_reviewer\\"; unset _reviewer_$_reviewer"; _reviewer=$((_reviewer+1)); done; '
)
"""In a shell: from here on the environment is the command's."""


def held_back(environment: Mapping[str, str]) -> dict[str, str]:
    """What those that start the command are given instead. Names that a shell cannot set are left out."""
    kept = (
        f"{name}={value}" for name, value in environment.items() if _NAME.fullmatch(name) and name not in _OF_SHELLS
    )
    return {f"_reviewer_{number}": variable for number, variable in enumerate(kept)}
