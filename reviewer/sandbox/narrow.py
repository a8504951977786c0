"""From the sandbox of a build to that of one of its steps: a part of what is seen there, and no more.

Where the build writes, untrusted code may have put links, and may put them while this looks. So each path is opened step by step to where
it really leads, which must be inside what the build is shown; and whatever is mounted in the end must be the very file that was opened here
(`Bind.same`).
"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.policy import Bind, Limits, Policy

MAX_PATHS = 20_000


def narrow(
    outer: Policy,
    *,
    read: Iterable[Path],
    write: Iterable[Path],
    workdir: Path,
    environment: Mapping[str, str],
    limits: Limits,
) -> Policy:
    """A policy in which only these paths are seen, where `outer` has them; all are absolute paths inside. `workdir` is there, if
    only empty. What is to be read and is not there is left out.

    Raises ReviewerError for one that `outer` does not show, or that leads out of what it shows.
    """
    writable = {path: shown(outer, path) for path in write}
    wanted = [path for path in dict.fromkeys(read) if path not in writable]
    readable = {path: shown(outer, path) for path in wanted if os.path.lexists(outside(outer, path)[1])}
    if len(writable) + len(readable) > MAX_PATHS:
        raise ReviewerError(f"a step is given more than {MAX_PATHS} files and folders")
    paths = set(readable) | set(writable)
    needed = {above for path in paths for above in (path, *path.parents)}
    for bind in (*outer.read_only, *outer.writable):
        # A folder that is shown holds others that are mounted in it: whatever of those is shown needs them to be there.
        if bind.inside in needed and not paths.isdisjoint(bind.inside.parents):
            readable.setdefault(bind.inside, shown(outer, bind.inside))
    return Policy(
        read_only=tuple(readable.values()),
        writable=tuple(writable.values()),
        folders=(workdir,),
        workdir=workdir,
        environment=environment,
        limits=limits,
    )


def shown(outer: Policy, inside: Path) -> Bind:
    """The bind that shows the same under the same path. Raises ReviewerError."""
    bind, path = outside(outer, inside)
    host = Path(os.path.realpath(path))
    if not host.is_relative_to(os.path.realpath(bind.host)):
        raise ReviewerError(f"is a link that leads out, to {visible(str(host))}", where=visible(str(inside)))
    return held(Bind(host, inside))


def outside(outer: Policy, inside: Path) -> tuple[Bind, Path]:
    """The bind that shows a path, and what the path is outside, links not looked at. Raises ReviewerError where nothing is shown."""
    path = Path(os.path.normpath(inside))
    binds = {bind.inside: bind for bind in (*outer.read_only, *outer.writable)}
    for above in (path, *path.parents):
        if above in binds:
            return binds[above], binds[above].host / path.relative_to(above)
    raise ReviewerError("is not part of the build", where=visible(str(inside)))


def held(bind: Bind) -> Bind:
    """The same, to hold for the file that is there now. Raises ReviewerError where there is none, or it is reached by a link."""
    with opened(bind.host) as descriptor:
        status = os.fstat(descriptor)
    return replace(bind, same=(status.st_dev, status.st_ino))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """What lies there, to be looked at or to name what lies in it. Raises ReviewerError where there is nothing, or a link is in the way."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise ReviewerError(f"cannot be shown ({error.strerror})", where=visible(str(path))) from error
    try:
        if Path(f"/proc/self/fd/{descriptor}").readlink() != path:
            raise ReviewerError("is reached by a link", where=visible(str(path)))
        yield descriptor
    finally:
        os.close(descriptor)
