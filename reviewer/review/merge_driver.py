"""Having git merge review.lock by package: what that changes in the project and in this clone, before it is changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.gate.installed import Change, FileEdit, apply, read_file
from reviewer.lock.driver import ATTRIBUTE, Setting, apply_settings, missing_settings, with_attribute


class DriverPlan(NamedTuple):
    """A change of .gitattributes, which is committed, and of this clone's own configuration."""

    change: Change
    settings: tuple[Setting, ...]

    def __bool__(self) -> bool:
        """Whether anything is left to do."""
        return bool(self.change or self.settings)

    def lines(self) -> Iterator[str]:
        """What it changes, to be shown."""
        yield from self.change.diff().splitlines()
        yield from (f"+{ATTRIBUTE}" for edit in self.change.edits if edit.before is None)  # which a diff only counts
        yield from (f"git config {setting.key} = {setting.value}" for setting in self.settings)


def plan_driver(root: Path) -> DriverPlan:
    """Raises ReviewerError where the folder is in no git repository."""
    settings, before = missing_settings(root), read_file(root, ".gitattributes")
    after = with_attribute(before)
    edits = (FileEdit(".gitattributes", before, after),) if after != before else ()
    return DriverPlan(Change(root, edits), settings)


def install_driver(plan: DriverPlan) -> None:
    """Carry it out. Raises ReviewerError."""
    apply(plan.change)
    apply_settings(plan.change.root, plan.settings)
