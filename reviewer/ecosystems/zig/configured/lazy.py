"""Lazy packages that are not here: fine until build code asks for one."""

import re

from reviewer.ecosystems.zig.configured.report import parse_report
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.errors import ReviewerError

_FETCHING = re.compile(r"build\.zig\.zon:\d+:\d+: error: ")


def needed_lazy(data: bytes | None, secret: str, told: str, table: PackageTable) -> ReviewerError | None:
    """Why a configure failed, if that is because of a lazy package that zig tried to fetch in the sandbox; `told` is zig's first error.

    The hook's report names them. Zig 0.17 ends inside `dependency()`, before the hook: then it may be any that is missing.
    """
    missing = [package for package in table.packages if package.package.lazy and not package.package.fetched]
    needed: set[str] = set()
    if data is not None:
        try:
            needed = set(parse_report(data, secret).needed)
        except ReviewerError:
            return None
    if needed:
        missing = [package for package in missing if package.table_name in needed]
    elif not _FETCHING.search(told):
        return None
    if not missing:
        return None
    names = ", ".join(package.package.name for package in missing)
    one = (
        "a lazy package that is"
        if len(missing) == 1
        else "lazy packages that are"
        if needed
        else "one of the lazy packages that are"
    )
    what = f"build code asks for {one} not fetched: {names}"
    return ReviewerError(what, where="configure", cure="run `reviewer fetch --all`")
