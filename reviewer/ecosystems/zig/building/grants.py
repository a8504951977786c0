"""What each grant of a decision lets a run step do in its sandbox (CAPABILITIES.md).

A value of `fs.*` is a path: absolute, or relative to the step's package, or in the words of an observation (`[project]/x`, `package:x`,
`[home]/x`, …). What a package names of itself stays inside it, whatever links it has; a path outside of all packages is the
reviewer's own word. `net.*` has `host:port`, `env.read` names of variables, `ipc.unix` paths of sockets; capabilities that no sandbox
restricts need nothing.
"""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.connect_gate import Place, parse_place
from reviewer.sandbox.narrow import held, opened
from reviewer.sandbox.policy import Bind, Network, Policy

HOOK = "build.hook"
"""The escape hatch: the step is held by the build's own sandbox alone."""

_READ = ("fs.read", "fs.read.sensitive")
_WRITE = ("fs.write", "fs.write.exec", "fs.write.source", "fs.delete")
_CONNECT = ("net.out", "net.download")

Words = Mapping[str, tuple[Bind, ...]]
"""What the beginning of a path stands for (`[project]`, `package:`): a folder, and where it is seen inside, in one place or several."""


class Granted(NamedTuple):
    """Grants as they are to be carried out."""

    read: tuple["_Path", ...] = ()
    write: tuple["_Path", ...] = ()
    delete: tuple["_Path", ...] = ()
    variables: tuple[str, ...] = ()
    all_variables: bool = False
    network: Network = Network.NONE
    places: tuple[Place, ...] = ()
    hook: bool = False

    def environment(self, user: Mapping[str, str]) -> dict[str, str]:
        """The variables of the user's that the step gets."""
        names = user if self.all_variables else self.variables
        return {name: user[name] for name in names if name in user}

    def widen(self, policy: Policy) -> tuple[Policy, tuple[Path, ...]]:
        """The policy with the granted paths, and the files that were made for it: empty, and to be removed if they stay so.

        Only a file that is there can be bound. Raises ReviewerError for a path that leads out of its package.
        """
        made: list[Path] = []
        write = [path.for_removal() for path in self.delete] + list(self.write)
        tops = sorted(write, key=lambda path: len(path.host.parts))
        writable: dict[Path, Bind] = {}
        for path in tops:
            if not any(path.host.is_relative_to(top) for top in (bind.host for bind in writable.values())):
                try:
                    path.make(made, is_folder=any(path.host in other.host.parents for other in write))
                except OSError as error:
                    what = f"was granted to be written, and cannot be made ({error.strerror})"
                    raise ReviewerError(what, where=visible(path.text)) from error
                writable.update({bind.inside: bind for bind in path.binds()})
        readable = {bind.inside: bind for path in self.read if path.host.exists() for bind in path.binds()}
        readable = {bind.inside: bind for bind in policy.read_only} | readable
        writable |= {bind.inside: bind for bind in policy.writable}
        return replace(
            policy,
            read_only=tuple(bind for inside, bind in readable.items() if inside not in writable),
            writable=tuple(writable.values()),
            network=self.network,
        ), tuple(made)


class _Path(NamedTuple):
    """`host` as it was granted; `inside` where it is seen; `top` the folder that it stays in, None for a path of the reviewer's own."""

    host: Path
    inside: tuple[Path, ...]
    top: Path | None
    text: str

    def for_removal(self) -> "_Path":
        """What must be writable for it to be removed: the folder above, unless it is a folder, which can be emptied."""
        if self.host.is_dir() and not self.host.is_symlink():
            return self
        above = self._replace(host=self.host.parent, inside=tuple(inside.parent for inside in self.inside))
        if above.host == self.top or len(above.host.parts) < 3:
            raise ReviewerError(
                "could be removed only by a step that may change all that lies beside it",
                where=visible(self.text),
                cure="grant fs.delete for the folder, or have it generated elsewhere",
            )
        return above

    def make(self, made: list[Path], *, is_folder: bool) -> None:
        """Make what is to be written, where it is not there yet."""
        if os.path.lexists(self.host):
            return
        folder = self.host if is_folder or self.text.endswith("/") else self.host.parent
        if self.top is None and not folder.parent.is_dir():
            raise ReviewerError("is to be written in a folder that is not there", where=visible(self.text))
        self._require_inside(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if folder != self.host:
            real = Path(os.path.realpath(folder))
            self._require_inside(real)
            with opened(real) as descriptor:
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
                os.close(os.open(self.host.name, flags, 0o666, dir_fd=descriptor))
            made.append(real / self.host.name)

    def binds(self) -> Iterator[Bind]:
        """Raises ReviewerError where it leads out, or is not there."""
        real = Path(os.path.realpath(self.host))
        self._require_inside(real)
        for inside in self.inside:
            yield held(Bind(real, inside))

    def _require_inside(self, path: Path) -> None:
        if self.top is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.top)):
            raise ReviewerError("was granted, and is a link that leads out of its package", where=visible(self.text))


def remove_unused(made: Iterable[Path]) -> None:
    """Remove files that were made for a grant and that nobody wrote to, as far as they are still there and no link is in the way."""
    for path in made:
        with contextlib.suppress(OSError, ReviewerError), opened(path.parent) as folder:
            status = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and status.st_size == 0:
                os.unlink(path.name, dir_fd=folder)


def read_grants(grants: Mapping[str, tuple[str, ...]], words: Words, base: tuple[Bind, ...]) -> Granted:
    """`base` is the step's package. Raises ReviewerError for a grant that no sandbox could hold to."""
    places = [parse_place(text) for capability in _CONNECT for text in grants.get(capability, ())]
    free = any(capability in grants and not grants[capability] for capability in _CONNECT)
    sockets = grants.get("ipc.unix", ())
    network = Network.NONE
    if "ipc.unix" in grants:
        network = Network.UNIX
    if places or "net.listen" in grants:
        network = Network.GATED
    if free:
        network = Network.HOST
    if "ipc.unix" in grants and network is not Network.UNIX:
        raise ReviewerError("net.* and ipc.unix cannot be granted to one step", cure="leave one of them out")
    return Granted(
        read=tuple(_paths(grants, _READ, words, base)) + tuple(_path(text, words, base) for text in sockets),
        write=tuple(_paths(grants, [each for each in _WRITE if each != "fs.delete"], words, base)),
        delete=tuple(_paths(grants, ["fs.delete"], words, base)),
        variables=tuple(grants.get("env.read", ())),
        all_variables="env.read" in grants and not grants["env.read"],
        network=network,
        places=() if free else tuple(dict.fromkeys(places)),
        hook=HOOK in grants,
    )


def _paths(
    grants: Mapping[str, tuple[str, ...]], capabilities: Iterable[str], words: Words, base: tuple[Bind, ...]
) -> Iterator[_Path]:
    for capability in capabilities:
        if capability in grants and not grants[capability]:
            raise ReviewerError(f"{capability} is granted for no path", cure=f"name them: --grant {capability}=PATH")
        for text in grants.get(capability, ()):
            yield _path(text, words, base)


def _path(text: str, words: Words, base: tuple[Bind, ...]) -> _Path:
    if "\0" in text or ".." in Path(text).parts:
        raise ReviewerError("is no plain path to be granted", where=visible(text))
    if text == "[cache]" or text.startswith("[cache]/"):
        what = "lies in zig's own cache, where a step is given its declared outputs and nothing else"
        raise ReviewerError(what, where=visible(text), cure="have it declared in build.zig")
    for word in sorted(words, key=len, reverse=True):
        if text == word or text.startswith(word if word.endswith(":") else f"{word}/"):
            return _below(words[word], text[len(word) :].lstrip("/"), text)
    if not text.startswith("/"):
        return _below(base, text, text)
    path = Path(os.path.normpath(text))
    around = [
        (folder, binds)
        for binds in (base, *words.values())
        for bind in binds
        for folder in (bind.host, bind.inside)
        if path.is_relative_to(folder)
    ]
    if not around:
        return _Path(path, (path,), None, text)
    folder, binds = max(around, key=lambda each: len(each[0].parts))
    return _below(binds, str(path.relative_to(folder)), text)


def _below(binds: tuple[Bind, ...], relative: str, text: str) -> _Path:
    top = binds[0].host
    return _Path(top / relative, tuple(bind.inside / relative for bind in binds), top, text)
