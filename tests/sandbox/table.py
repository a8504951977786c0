"""What came of each attack, by kind of sandbox and user, as one table below the tests' own output (`pytest -v tests/sandbox`)."""

import re
from collections.abc import Mapping, Sequence

import pytest

FILES = ("test_attacks.py", "test_outputs.py", "test_quota.py", "landlock/test_guard.py")
COLUMNS = ("bubblewrap as root", "bubblewrap as a user", "Landlock as root", "Landlock as a user")
_SAYS = {"passed": "held", "failed": "OPEN", "skipped": "-"}
_NAME = re.compile(r"tests/sandbox/([\w/]+\.py)::(?:\w+::)?test_(\w+)(?:\[(.*)\])?$")


def table_lines(reports: Mapping[str, Sequence[pytest.TestReport]]) -> list[str]:
    """A line for each attack, in the order in which they were tried; none where no attack was."""
    rows: dict[str, dict[str, str]] = {}
    for outcome, says in _SAYS.items():
        for report in reports.get(outcome, ()):
            found = _NAME.match(report.nodeid)
            if found is None or found[1] not in FILES:
                continue
            case = found[3] or ""
            column = next((column for column in COLUMNS if column in case), None)
            if column is None and found[1].startswith("landlock/"):  # which is tried with this kind alone
                column = next((column for column in COLUMNS[2:] if column.removeprefix("Landlock ") in case), None)
                case = case.replace((column or "").removeprefix("Landlock "), "")
            if column is not None:
                rest = case.replace(column, "").strip("-")
                name = found[2].replace("_", " ") + (f" ({rest})" if rest else "")
                rows.setdefault(name, {})[column] = says
    if not rows:
        return []
    width = max(map(len, rows))
    lines = ["  ".join([f"{'attack':<{width}}", *COLUMNS])]
    for name, held in rows.items():
        cells = (f"{held.get(column, ''):<{len(column)}}" for column in COLUMNS)
        lines.append("  ".join([f"{name:<{width}}", *cells]).rstrip())
    return lines
