"""Zig projects: build.zig.zon and build.zig read without executing, or configured by real zig in the sandbox."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from reviewer.ecosystems import BuildOrder, BuildWords, Fetched, KeptVersion, Toolchains
from reviewer.errors import ReviewerError
from reviewer.model.graph import Evidence, Graph
from reviewer.model.observation import Act, Observation
from reviewer.progress import Progress


def recognises(root: Path) -> bool:
    """Whether the folder has a build.zig, or a manifest that lacks one."""
    return (root / "build.zig").exists() or (root / "build.zig.zon").exists()


def load(
    root: Path,
    evidence: Evidence,
    progress: Progress,
    *,
    toolchain: Path | None = None,
    options: Sequence[str] = (),
    full: bool = False,
) -> Graph:
    """The graph of a project, configured with these options by `toolchain` or else the zig that fits.

    Raises ReviewerError or CancelledError.
    """
    from reviewer.ecosystems.zig.loading import load_graph

    return load_graph(root, evidence, progress, zig=toolchain, options=options, full=full)


def check_options(options: Sequence[str]) -> Sequence[str]:
    """Words that `zig build` hands to the build script."""
    from reviewer.ecosystems.zig.options import check_options as check

    return check(options)


def configure_refusal(root: Path, *, toolchain: Path | None = None) -> ReviewerError | None:
    """Why this machine cannot configure the project; None if it can."""
    from reviewer.ecosystems.zig.packages.manifest import minimum_zig_version
    from reviewer.ecosystems.zig.toolchains.find import find_toolchain
    from reviewer.sandbox.probe import require_sandbox

    try:
        require_sandbox()
        find_toolchain(minimum_zig_version(root), toolchain)
    except ReviewerError as error:
        return error
    return None


def observe(
    root: Path,
    step: str,
    progress: Progress,
    *,
    toolchain: Path | None = None,
    options: Sequence[str] = (),
    listener: Callable[[Act], None] | None = None,
) -> Observation:
    """Run one step in the sandbox, after zig has built what it needs there, and tell what it did."""
    from reviewer.ecosystems.zig.observing.observe import observe_step

    return observe_step(root, step, progress, zig=toolchain, options=tuple(options), listener=listener)


def fetch(
    root: Path,
    progress: Progress,
    *,
    toolchain: Path | None = None,
    options: Sequence[str] = (),
    lazy: bool = False,
) -> Fetched:
    """What `zig build --fetch` brings, in a sandbox with a network."""
    from reviewer.ecosystems.zig.fetching.fetch import fetch_packages

    return fetch_packages(root, progress, zig=toolchain, options=options, lazy=lazy)


def address_of(root: Path, pin: str, note: str, manifests: Iterable[str], progress: Progress) -> str:
    """The url beside the hash, in the manifests of now and of then."""
    from reviewer.ecosystems.zig.fetching.again import address_of as found

    return found(root, pin, note, manifests, progress)


def fetched_again(
    root: Path, pin: str, address: str, progress: Progress, *, toolchain: Path | None = None
) -> AbstractContextManager[Path]:
    """As the only dependency of a project that is made for it."""
    from reviewer.ecosystems.zig.fetching.again import fetched_again as again

    return again(root, pin, address, progress, zig=toolchain)


def build_words(root: Path, words: Sequence[str]) -> BuildWords:
    """What can follow `zig build`."""
    from reviewer.ecosystems.zig.building.words import sort_words

    return sort_words(root, words)


def build(graph: Graph, order: BuildOrder, progress: Progress, *, toolchain: Path | None = None) -> int:
    """The real `zig build`, enforced."""
    from reviewer.ecosystems.zig.building.order import build_ordered

    return build_ordered(graph, order, progress, zig=toolchain)


def found_toolchains() -> Toolchains:
    """Every zig that was found, and for which projects it is taken."""
    from reviewer.ecosystems.zig.toolchains.find import find_toolchain, tell_toolchains

    try:
        find_toolchain()
    except ReviewerError as error:
        return Toolchains(tuple(tell_toolchains()), error)
    return Toolchains(tuple(tell_toolchains()), None)


def install_toolchain(version: str, progress: Progress) -> Path:
    """A release of zig, from the `ziglang` wheel on PyPI."""
    from reviewer.ecosystems.zig.toolchains.install import install_toolchain as install

    return install(version, progress).zig


def ships(read: Callable[[str], bytes | None]) -> Callable[[str], bool]:
    """What `.paths` of build.zig.zon lists; everything where there is none."""
    from reviewer.ecosystems.zig.packages.shipped import shipped_by

    return shipped_by(read)


def kept_versions(root: Path, name: str) -> Sequence[KeptVersion]:
    """In the project's `zig-pkg` and the global cache."""
    from reviewer.ecosystems.zig.packages.shipped import versions_kept

    return versions_kept(root, name)


def build_files() -> Sequence[str]:
    """Zig runs build.zig; the manifest says what it brings in."""
    return ("build.zig", "build.zig.zon")


def link_lines(source: str, line: int) -> Sequence[int]:
    """Lines that tie what `line` creates into a module or another step."""
    from reviewer.ecosystems.zig.reading.link_lines import find_link_lines

    return find_link_lines(source, line)


def package_folder(root: Path, pin: str) -> Path | None:
    """In the project's `zig-pkg` or the global cache, under its hash."""
    from reviewer.ecosystems.zig.packages.table import global_cache

    if not pin or "/" in pin or pin.startswith("."):  # a path package has no other content than the present one
        return None
    places = (folder / pin for folder in (root / "zig-pkg", global_cache() / "p"))
    return next((place for place in places if place.is_dir()), None)
