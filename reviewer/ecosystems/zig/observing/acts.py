"""From events in the sandbox to what they mean for a reviewer: portable names, what was declared, and the line that did it."""

import itertools
import os
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems.zig.configured.sandboxed import SandboxedZig
from reviewer.ecosystems.zig.interpreters import CODE_FOLLOWS, executed_word, is_interpreter
from reviewer.ecosystems.zig.observing.record import Recorded
from reviewer.ecosystems.zig.packages.table import PackageTable
from reviewer.model.graph import Graph, Location, Run
from reviewer.model.observation import MAX_ACTS, MAX_WORDS, Act
from reviewer.sandbox.canaries import DECOYS
from reviewer.sandbox.events import Event, EventKind, Process
from reviewer.sandbox.observe import Observed
from reviewer.sandbox.policy import HOME
from reviewer.sandbox.source_lines import SourceLines
from reviewer.sandbox.trace import Frame

_SYSTEM = (
    "/usr/",
    "/lib",
    "/bin/",
    "/sbin/",
    "/etc/ld.so",
    "/etc/alternatives/",
    "/proc/self/",
    "/proc/filesystems",
    "/sys/",
)
"""What every program reads to start at all."""
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
_SCRATCH = ("/tmp/", "/dev/shm/")  # noqa: S108 - inside the sandbox, folders of its own
_OUTPUT_DEPTH = 2
_LINE = 60
"""Characters of a line of shell."""
_SHELLS = ("sh", "bash", "dash", "zsh", "fish", "ksh")
_SECRETS = tuple(
    {name.split("/")[0] for name in DECOYS} | {".kube", ".docker", ".password-store", ".electrum", "Library/Keychains"}
)

_CAPABILITIES = {
    EventKind.CONNECT: "net.out",
    EventKind.LISTEN: "net.listen",
    EventKind.UNIX: "ipc.unix",
    EventKind.IN_MEMORY: "code.dynamic",
    EventKind.SIGNAL: "proc.inject",
    EventKind.INSPECT: "proc.inject",
    EventKind.MAKE_EXECUTABLE: "fs.write.exec",
    EventKind.LEAK: "fs.read.sensitive",
}


_BUILT = re.compile(r"\[[^\]/]+\]")


def may_have_lines(run: Run) -> bool:
    """Whether it is a program built from source that does the work. What the system's programs do, also with a script, has no line, and
    looking for one makes a run that starts many others take far longer."""
    return run.executes is not None and any(_BUILT.fullmatch(word) for word in run.command)


class Acts:
    """Knows the step that is observed: its command, what it may touch, and where packages lie."""

    def __init__(
        self,
        zig: SandboxedZig,
        recorded: Recorded,
        graph: Graph,
        table: PackageTable,
        *,
        outside: Callable[[str], Path] = Path,
    ) -> None:
        """`outside`: where a file lies that the step sees under this path."""
        self._zig = zig
        self._outside = outside
        self._recorded = recorded
        self._homes = (str(HOME), str(Path.home()))
        folders = {str(p.folder): p.package for p in table.packages if p.folder is not None}
        for p in table.packages:  # as zig names them, where they have a hash
            if not p.package.is_path and p.table_name:
                folders[str(zig.shown_shared / "p" / p.table_name)] = p.package
        self._packages = sorted(folders.items(), key=lambda item: -len(item[0]))
        self._toolchain = (str(zig.toolchain.lib), str(zig.overlay.folder))
        self._own = graph.root_package.id
        self._inputs = tuple(folders)
        self._words = [posixpath.normpath(posixpath.join(recorded.cwd, word)) for word in self._paths_in_command()]
        self._lines: dict[str, SourceLines] = {}
        self._places: dict[tuple[Frame, ...], Location | None] = {}

    def _paths_in_command(self) -> Iterator[str]:
        """Words that name a path, also behind a prefix such as `--out=` or `-I`; a line of shell is none."""
        for word in self._recorded.command:
            option, equals, rest = word.partition("=")
            if not word.startswith("-"):
                yield word
            if equals and "/" not in option:
                yield rest
            at = word.find("/")
            if at > 0 and word.startswith(("-", "@")) and not any(char.isspace() for char in word):
                yield word[at:]

    def output_folders(self) -> list[Path]:
        """Folders that zig would have made for outputs: those of the words that lie in its cache, and where no link of it leads out."""
        cache = str(self._zig.local)
        inside = [word for word in self._words if word.startswith(f"{cache}/") and ".." not in Path(word).parts]
        missing = [Path(word).parent for word in inside if not Path(word).exists()]
        return [folder for folder in missing if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(cache))]

    def act(self, event: Event, *, follow: bool) -> Act:
        """What an event means; `follow`: also the line of source, which takes seconds for the first of a program."""
        capability = self._capability(event)
        return Act(
            kind=event.kind.value,
            what=self._portable(event.what),
            capability=capability,
            refused=event.refused,
            detail=visible(event.detail) or self._decoy(event),
            late=event.late,
            place=self._place(event.stack) if follow and capability else None,
            by=(self._named(event.process),) if event.process.program else (),
        )

    def all(self, observed: Observed) -> tuple[Act, ...]:
        """Every act once, with how often, in the order of the first of each; at most MAX_ACTS, the remarkable ones first to stay."""
        parents = {process.number: process for process in observed.processes}
        found: dict[Act, int] = {}
        for event in observed.events:
            act = self.act(event, follow=True)._replace(by=self._chain(event.process, parents))
            found[act] = found.get(act, 0) + 1
        acts = [act._replace(times=times) for act, times in found.items()]
        if len(acts) > MAX_ACTS:
            kept = sorted(acts, key=lambda act: not act.capability)[:MAX_ACTS]
            acts = [act for act in acts if act in set(kept)]
        return tuple(acts)

    def unused(self, observed: Observed) -> tuple[str, ...]:
        """Paths of the command that the run never touched: declared inputs not read, outputs not written."""
        touched = {event.what for event in observed.events if not event.refused}
        words = [word for word in dict.fromkeys(self._words[1:]) if self._lies_somewhere(word)]
        return tuple(
            self._portable(word)
            for word in words
            if word not in touched and not any(path.startswith(f"{word}/") for path in touched)
        )[:MAX_WORDS]

    def _lies_somewhere(self, word: str) -> bool:
        tops = (str(self._zig.local), *(folder for folder, _ in self._packages))
        inside = any(word.startswith(f"{top}/") for top in tops) and word != str(self._recorded.cwd)
        return inside and (word.startswith(f"{self._zig.local}/") or Path(word).exists())

    def _chain(self, process: Process, parents: dict[int, Process]) -> tuple[str, ...]:
        chain: list[str] = []
        seen: set[int] = set()
        current: Process | None = process
        while current is not None and current.number not in seen:
            seen.add(current.number)
            if current.program:
                chain.append(self._named(current))
            current = parents.get(current.parent)
        return tuple(dict.fromkeys(reversed(chain)))[-MAX_WORDS:]

    def _named(self, process: Process) -> str:
        """The program, and where that only executes what it is given, that: a script, or the beginning of a line of shell."""
        program, words = self._portable(process.program), process.command
        if not is_interpreter(posixpath.basename(process.program)):
            return program
        script = executed_word(words)
        if script:
            path = posixpath.normpath(posixpath.join(str(self._recorded.cwd), words[script]))
            return f"{program} {self._portable(path)}"
        line = next((after for word, after in itertools.pairwise(words) if word in CODE_FOLLOWS), "")
        if not line:
            return program
        return f"{program} {visible(line)}" if len(line) <= _LINE else f"{program} {visible(line[:_LINE])}\u2026"

    def _capability(self, event: Event) -> str:
        path = event.what
        if event.kind in (EventKind.READ, EventKind.WRITE, EventKind.DELETE, EventKind.MAKE_EXECUTABLE):
            if self._is_secret(path):
                return "fs.read.sensitive" if event.kind is EventKind.READ else "fs.write"
            if self._is_declared(path, writes=event.kind is not EventKind.READ) or path in _DEVICES:
                return ""
        if event.kind is EventKind.READ:
            system = (*_SYSTEM, *(f"{folder}/" for folder in self._toolchain))
            ordinary = path.startswith(system) or self._is_scratch(path) or path in ("/", str(self._recorded.cwd))
            missing = event.refused == "ENOENT" and path.startswith(
                "/etc/"
            )  # looked for by libc, and not in the sandbox
            return "" if ordinary or missing or path.startswith("/proc/") else "fs.read"
        if event.kind is EventKind.WRITE:
            there = event.refused == "EEXIST"  # as `mkdir -p` finds each folder above
            return "" if there or self._is_scratch(path) else "fs.write"
        if event.kind is EventKind.DELETE:
            return "" if self._is_scratch(path) else "fs.delete"
        if event.kind is EventKind.START:
            return self._of_start(event)
        if event.kind is EventKind.UNIX and event.refused and path.startswith("/var/run/nscd/"):
            return ""  # libc asks a name service that is not there
        return _CAPABILITIES.get(event.kind, "")

    def _of_start(self, event: Event) -> str:
        if event.refused == "ENOENT":  # looked for along PATH
            return ""
        if event.process.number == 1 and event.process.command[:1] == self._recorded.command[:1]:
            return ""
        shell = posixpath.basename(event.what) in _SHELLS and "-c" in event.process.command
        return "proc.shell" if shell else "proc.spawn"

    def _is_secret(self, path: str) -> bool:
        for home in self._homes:
            if path.startswith(f"{home}/"):
                inside = path[len(home) + 1 :]
                if any(inside == secret or inside.startswith(f"{secret}/") for secret in _SECRETS):
                    return True
        return path.startswith(("/etc/shadow", "/etc/ssh/"))

    def _decoy(self, event: Event) -> str:
        """What lies in a home folder of the sandbox was put there by us."""
        inside = any(event.what.startswith(f"{home}/") for home in self._homes)
        there = event.kind is EventKind.READ and not event.refused
        return "a decoy" if there and inside and self._is_secret(event.what) else ""

    def _is_scratch(self, path: str) -> bool:
        """In a folder of the sandbox's own; a project or cache that lies below /tmp is none."""
        tops = (str(self._zig.local), str(self._zig.shown_shared), *self._inputs)
        return path.startswith(_SCRATCH) and not any(f"{path}/".startswith(f"{top}/") for top in tops)

    def _is_declared(self, path: str, *, writes: bool) -> bool:
        """Named by the command, or in a folder that it names; the program itself. The command is the attacker's: what it names of the
        machine, or would change of a package, is no input or output that zig knows of."""
        top = str(self._recorded.prefix)
        if f"{path}/".startswith(f"{top}/") and any(word.startswith(f"{path}/") for word in self._words):
            return True  # a folder above, of where the project is installed to
        if writes:  # an output is a file or folder in a folder of its own: o/HASH/NAME, tmp/NUMBER/NAME
            words = [word for word in self._words if word.startswith(f"{self._zig.local}/")]
            words = [word for word in words if len(Path(word).relative_to(self._zig.local).parts) > _OUTPUT_DEPTH]
            words += [word for word in self._words if word.startswith(f"{self._recorded.prefix}/")]
        else:
            tops = (str(self._zig.local), str(self._zig.shown_shared), *self._inputs)
            words = [word for word in self._words if any(f"{word}/".startswith(f"{top}/") for top in tops)]
        return any(path == word or path.startswith(f"{word}/") for word in words)

    def _portable(self, path: str) -> str:
        """By what it belongs to; what is left of a home folder is the sandbox's, with its decoys."""
        if path.startswith(f"{self._zig.local}/"):  # which may lie in the project's folder
            return visible("[cache]/" + posixpath.basename(path))
        for folder, package in self._packages:
            if path == folder or path.startswith(f"{folder}/"):
                own = package.id == self._own
                return visible(("[project]/" if own else f"{package.name}:") + path[len(folder) + 1 :])
        if path.startswith(f"{self._zig.shown_shared}/"):
            return visible("[cache]/" + posixpath.basename(path))
        if path == str(self._recorded.prefix) or path.startswith(f"{self._recorded.prefix}/"):
            return visible("[prefix]" + path[len(str(self._recorded.prefix)) :])
        for folder in self._toolchain:
            if path.startswith(f"{folder}/"):
                return visible("[zig]" + path[len(folder) :])
        for home in self._homes:
            if path == home or path.startswith(f"{home}/"):
                return visible("[home]" + path[len(home) :])
        return visible(path)

    def _place(self, stack: tuple[Frame, ...]) -> Location | None:
        """The innermost code whose source lies in a package."""
        if stack not in self._places:
            self._places[stack] = next(self._places_in(stack), None)
        return self._places[stack]

    def _places_in(self, stack: tuple[Frame, ...]) -> Iterator[Location]:
        for frame in stack:
            if not frame.file.startswith(f"{self._zig.local}/"):
                continue
            if frame.file not in self._lines:
                self._lines[frame.file] = SourceLines(self._outside(frame.file))
            for source, line in self._lines[frame.file].all_at(frame.offset):
                for folder, package in self._packages:
                    if source.startswith(f"{folder}/"):
                        yield Location(package.id, source[len(folder) + 1 :], line, 0, visible(frame.symbol))
