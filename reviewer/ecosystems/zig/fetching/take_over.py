"""From the folder where zig put what it fetched to where zig looks for packages; each appears there whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.outputs import check_outputs

_UNFINISHED = ".reviewer-"


def take_over(packages: Iterable[Path], store: Path) -> None:
    """Move fetched packages (folders named by their hash) into `store`; one that is there already stays.

    Raises ReviewerError for a package with what none may have, such as a link that leads out of it, and where `store` cannot be written.
    """
    if store.is_symlink():
        raise ReviewerError("is a symbolic link", where=visible(str(store)), cure="replace it by a folder")
    try:
        store.mkdir(parents=True, exist_ok=True)
        for left in store.glob(f"{_UNFINISHED}*"):  # by a Reviewer that was killed
            shutil.rmtree(left, ignore_errors=True)
        for package in packages:
            check_outputs(package)
            _move(package, store)
    except OSError as error:
        raise ReviewerError(f"cannot be written ({error.strerror})", where=visible(str(store))) from error


def _move(package: Path, store: Path) -> None:
    target = store / package.name
    unfinished = store / f"{_UNFINISHED}{secrets.token_hex(8)}"
    try:
        if os.lstat(package).st_dev == os.lstat(store).st_dev:
            package.rename(unfinished)
        else:
            shutil.copytree(package, unfinished, symlinks=True)
        if not os.path.lexists(target):
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
