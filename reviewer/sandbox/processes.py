"""How many processes there are, by what /proc shows. Looked at some fifty times a second while a run lasts."""

import os


def shown_in(folder: str) -> int:
    """Those that a /proc shows; 0 once it is gone."""
    try:
        return sum(name.isdigit() for name in os.listdir(folder))  # noqa: PTH208
    except OSError:
        return 0


def descendants(pid: int) -> int:
    """Those that this one has started, directly or not."""
    found = 0
    waiting = [str(pid)]
    while waiting:
        for child in _children(waiting.pop()):
            found += 1
            waiting.append(child)
    return found


def threads_of_user() -> int:
    """Threads of all processes of this user: what the kernel's limit on processes counts."""
    found = 0
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == os.getuid():  # noqa: PTH116
                    found += len(os.listdir(f"/proc/{name}/task"))  # noqa: PTH208
            except OSError:
                continue
    return found


def _children(pid: str) -> list[str]:
    found: list[str] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{thread}/children") as file:  # noqa: PTH123
                found += file.read().split()
    except OSError:  # ended since
        pass
    return found
