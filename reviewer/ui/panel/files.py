"""The files of a package that should be read, those worth most first, with their viewed marks."""

from functools import partial

from reviewer.ui.look.text import counted
from reviewer.ui.panel.fold import Fold
from reviewer.ui.panel.rows import MOST, Rows
from reviewer.ui.state.session import Session

_VIEWED, _NOT_VIEWED = "\u2713", "\u25cb"


class FilesFold(Fold):
    """Follows the viewed marks too."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, self.tr("What to read"), is_open=True)
        session.viewed_changed.connect(self.refresh)

    def has_something(self) -> bool:
        """Whether the package has anything to read."""
        return self.package is not None and bool(self.session.review.reading(self.package))

    def summary(self) -> str:
        """`1 of 4 viewed`."""
        package = self.package or ""
        files = self.session.review.reading(package)
        viewed = sum(self.session.is_viewed(package, file.path) for file in files)
        return self.tr("{} of {} viewed").format(viewed, len(files))

    def fill(self, rows: Rows) -> None:
        """A line for each file."""
        package, review = self.package or "", self.session.review
        files = review.by_interest(package)
        for file in files[:MOST]:
            mark = _VIEWED if review.is_viewed(package, file.path) else _NOT_VIEWED
            found = review.findings_in(package, file.path)
            lines = counted(file.lines, "line")
            go = partial(self.session.selection.select_place, package, file.path)
            beside = counted(found, "finding") if found else lines
            rows.link(f"{mark} {file.path}", f"{file.role}, {lines}", go, beside=beside)
        if len(files) > MOST:
            rows.say(self.tr("and {} more").format(len(files) - MOST))
