"""How to learn a project: one folder per build system, added by the folder and one line in `_FOLDERS`."""

import importlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph
from reviewer.model.observation import Act, Observation
from reviewer.progress import Progress

_FOLDERS = ("zig",)


class Toolchains(NamedTuple):
    """What was found: a line for each toolchain, in the order in which they are taken; `missing` where none of them can be used."""

    lines: tuple[str, ...]
    missing: ReviewerError | None


class KeptVersion(NamedTuple):
    """A version of a package that the build system has: its pin, and where its content is (which is not checked)."""

    version: str
    pin: str
    folder: Path


class FetchFailure(NamedTuple):
    """Why a package did not come: where it is asked for, what happened, what to do; `mismatch`: it is not what its pin says."""

    where: str
    text: str
    cure: str
    mismatch: bool

    def __str__(self) -> str:
        """One line."""
        return str(ReviewerError(self.text, where=self.where, cure=self.cure))


class Fetched(NamedTuple):
    """The pins of the packages that came, and what did not."""

    pins: tuple[str, ...]
    failures: tuple[FetchFailure, ...]


class BuildWords(NamedTuple):
    """The words of a build, checked: `options` shape the graph, `words` are for the build system, the options among them.

    `arguments` are for the programs that its steps start. `steps` are what to make (none: its default), `prefix` where to install it to,
    and `shown` what it may look into besides.
    """

    options: tuple[str, ...]
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    steps: tuple[str, ...]
    prefix: Path
    shown: tuple[Path, ...] = ()


class Refusal(NamedTuple):
    """A run step (its id) that failed under what it was allowed, and what of it was refused when it was run once more and watched."""

    step: str
    acts: tuple[Act, ...]


class BuildOrder(NamedTuple):
    """An enforced build. `grants`: by step id, what a run step may do beyond what it declares.

    `approve` and `refused` are called on any thread: `approve` when all is configured and before anything of it is made, for what forbids
    it now (empty: nothing); `refused` for what to tell of a step that failed. `tell`: what is known only once the build has failed.
    """

    words: BuildWords
    grants: Mapping[str, Mapping[str, tuple[str, ...]]]
    approve: Callable[[], str]
    refused: Callable[[Refusal], str]
    tell: Callable[[str], None]


class NotAsApprovedError(ReviewerError):
    """What was about to be built, or what it did, is not what was approved: the build was stopped."""


class Ecosystem(Protocol):
    """What the module `reviewer.ecosystems.<name>` offers. Nothing but `load` with configured evidence and `observe` executes anything."""

    def recognises(self, root: Path) -> bool:
        """Whether the folder looks like a project of this build system."""

    def load(
        self,
        root: Path,
        evidence: Evidence,
        progress: Progress,
        *,
        toolchain: Path | None = None,
        options: Sequence[str] = (),
        full: bool = False,
    ) -> Graph:
        """Everything that is known with this evidence, by this toolchain or else one that fits, for these build options.

        `full`: content digests known from before are not believed. Raises ReviewerError or CancelledError.
        """

    def check_options(self, options: Sequence[str]) -> Sequence[str]:
        """The build options, in the order given. Raises ReviewerError for a word that is none."""

    def configure_refusal(self, root: Path, *, toolchain: Path | None = None) -> ReviewerError | None:
        """Why `configured` cannot be had of this project on this machine (no sandbox, no toolchain), with the cure; None if it can."""

    def observe(
        self,
        root: Path,
        step: str,
        progress: Progress,
        *,
        toolchain: Path | None = None,
        options: Sequence[str] = (),
        listener: Callable[[Act], None] | None = None,
    ) -> Observation:
        """Run one step of the configured graph (its id) in the sandbox, and tell what it did; `listener` hears of each act at once.

        Cancelling `progress` while it runs keeps what was seen. Raises ReviewerError or CancelledError.
        """

    def fetch(
        self,
        root: Path,
        progress: Progress,
        *,
        toolchain: Path | None = None,
        options: Sequence[str] = (),
        lazy: bool = False,
    ) -> Fetched:
        """Bring the packages that are missing, with the network on; `lazy`: also those that the build only may ask for.

        Raises ReviewerError or CancelledError, and then nothing came.
        """

    def address_of(self, root: Path, pin: str, note: str, manifests: Iterable[str], progress: Progress) -> str:
        """Where the package with this pin can be fetched from, used or not; empty where nobody says so.

        `note` is that of the decision about it, `manifests` are texts of manifests that may name it.
        """

    def fetched_again(
        self, root: Path, pin: str, address: str, progress: Progress, *, toolchain: Path | None = None
    ) -> AbstractContextManager[Path]:
        """The package with this pin from an address, used or not, in a folder that is there until the end of the block.

        Raises ReviewerError where it does not come or is not what the pin says, and CancelledError.
        """

    def build_words(self, root: Path, words: Sequence[str]) -> BuildWords:
        """What was typed for a build of the project. Raises ReviewerError for a word that an enforced build cannot have."""

    def build(self, graph: Graph, order: BuildOrder, progress: Progress, *, toolchain: Path | None = None) -> int:
        """Run the real build, each run step of this (configured, approved) graph in a sandbox of its own; the build system's exit code.

        Standard streams are the build's own. Raises ReviewerError where it could not begin, NotAsApprovedError or CancelledError.
        """

    def found_toolchains(self) -> Toolchains:
        """Which toolchains this machine has."""

    def install_toolchain(self, version: str, progress: Progress) -> Path:
        """Bring a toolchain of Reviewer's own; its program. Raises ReviewerError or CancelledError, and then nothing is left behind."""

    def package_folder(self, root: Path, pin: str) -> Path | None:
        """Where the build system still has the package with this pin, used or not. Its content is not checked."""

    def ships(self, read: Callable[[str], bytes | None]) -> Callable[[str], bool]:
        """Which paths of its source a package ships, by its manifest; `read` gives a file's content, None where there is none.

        Raises ReviewerError for a manifest that cannot be read.
        """

    def kept_versions(self, root: Path, name: str) -> Sequence[KeptVersion]:
        """Every version of the package with this name that the build system still has, used or not, in the order of their versions."""

    def build_files(self) -> Sequence[str]:
        """Files at the top of a package that run when it is built."""

    def link_lines(self, source: str, line: int) -> Sequence[int]:
        """Lines, from 1, of a build file that tie what `line` creates into something else."""


def ecosystem_of(root: Path) -> Ecosystem:
    """The ecosystem of a project folder. Raises ReviewerError when it is not a project."""
    if not root.is_dir():
        what = "this is not a folder" if root.exists() else "there is no such folder"
        raise ReviewerError(what, where=str(root), cure="name the folder of a project")
    for name in _FOLDERS:
        ecosystem = ecosystem_named(name)
        if ecosystem.recognises(root):
            return ecosystem
    raise ReviewerError(
        "this is not a project: it has no build.zig", where=str(root), cure="name the folder with the build.zig"
    )


def ecosystem_of_files(paths: Container[str]) -> Ecosystem | None:
    """The ecosystem of a package with these files; None where none is known."""
    ecosystems = (ecosystem_named(name) for name in _FOLDERS)
    return next((found for found in ecosystems if any(file in paths for file in found.build_files())), None)


def ecosystem_named(name: str) -> Ecosystem:
    """The ecosystem that a graph names."""
    return cast(Ecosystem, importlib.import_module(f"reviewer.ecosystems.{name}"))
