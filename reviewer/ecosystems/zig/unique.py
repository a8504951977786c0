"""Names of steps and modules, which build code may choose alike, told apart."""

from collections.abc import Iterable


def unique(names: Iterable[str]) -> list[str]:
    """Equal names as `name`, `name #2`, …; also where a name itself looks like that, no two are alike."""
    used: set[str] = set()
    last: dict[str, int] = {}
    result = []
    for name in names:
        found, number = name, last.get(name, 1)
        while found in used:
            number += 1
            found = f"{name} #{number}"
        last[name] = number
        used.add(found)
        result.append(found)
    return result
