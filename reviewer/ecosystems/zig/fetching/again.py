"""A package that the project no longer uses, fetched once more by its pin: where it came from is in manifests of then."""

import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems import FetchFailure
from reviewer.ecosystems.zig.fetching.fetch import fetch_packages
from reviewer.ecosystems.zig.packages.manifest import BASENAME, minimum_zig_version, parse_manifest
from reviewer.ecosystems.zig.packages.search import PackageSearch
from reviewer.ecosystems.zig.packages.table import global_cache
from reviewer.ecosystems.zig.packages.zon import MAX_SIZE
from reviewer.errors import ReviewerError
from reviewer.git import Borrowed, find_objects
from reviewer.progress import Progress

_NAME = "again"
_MOST = 300
"""Versions of the manifest that are looked at, the newest first."""
_ADDRESS = re.compile(r"(?:git\+)?https?://[^\s\"'<>\\]{1,2000}")
_PIN = re.compile(r"[A-Za-z0-9_]{1,32}-[A-Za-z0-9.+-]{1,32}-[A-Za-z0-9_-]{44}|1220[0-9a-f]{64}")


def address_of(root: Path, pin: str, note: str, manifests: Iterable[str], progress: Progress) -> str:
    """Where the package with this pin came from; empty where nobody says so.

    Asked are the present manifests, those in the git history of the project's own, the given texts of other manifests, and the note of
    the decision. What is found is as hostile as its source, so that only what is fetched and has the pin is believed.
    """
    if not _PIN.fullmatch(pin):
        return ""
    for text in (*_here(root, progress), *_history(root), *manifests):
        progress.check()
        if pin in text and (address := _named_in(text, pin)):
            return address
    found = _ADDRESS.search(note)
    return found[0].rstrip(".,;:)") if found else ""


@contextmanager
def fetched_again(root: Path, pin: str, address: str, progress: Progress, *, zig: Path | None = None) -> Iterator[Path]:
    """The package with this pin, brought from an address; where its content lies until the end of the block.

    A project that has nothing but this dependency is fetched as any is: nothing of it is executed, and zig compares it with the pin.
    Raises ReviewerError or CancelledError.
    """
    if not _PIN.fullmatch(pin) or not _ADDRESS.fullmatch(address):
        raise ReviewerError("this is no pin and address that zig could fetch", where=visible(f"{pin} {address}"[:300]))
    with tempfile.TemporaryDirectory(prefix="reviewer-") as name:
        folder = Path(name).resolve()
        (folder / BASENAME).write_text(_manifest(pin, address, minimum_zig_version(root)))
        (folder / "build.zig").write_text("")
        failures = fetch_packages(folder, progress, zig=zig).failures
        there = [place / pin for place in (folder / "zig-pkg", global_cache() / "p") if (place / pin).is_dir()]
        if not there:
            told = (
                failures[0]
                if failures
                else FetchFailure("", "zig did not bring it, and did not say why", "", mismatch=False)
            )
            raise ReviewerError(told.text, where=visible(address), cure=told.cure)
        yield there[0]


def _manifest(pin: str, address: str, minimum: str | None) -> str:
    version = f"    .minimum_zig_version = {_quoted(minimum)},\n" if minimum else ""
    dependency = f".{{ .url = {_quoted(address)}, .hash = {_quoted(pin)} }}"
    return (
        f'.{{\n    .name = .{_NAME},\n    .version = "0.0.0",\n    .fingerprint = 0x{zlib.crc32(_NAME.encode()) << 32 | 1:x},\n{version}'
        f'    .dependencies = .{{ .it = {dependency} }},\n    .paths = .{{""}},\n}}\n'
    )


def _here(root: Path, progress: Progress) -> Iterator[str]:
    """The manifests that the project's own lead to."""
    try:
        found = PackageSearch(root, (root / "zig-pkg", global_cache() / "p"), progress).run()
    except ReviewerError:
        return
    for package in found:
        if package.folder is not None:
            yield _text(package.folder / BASENAME)


def _history(root: Path) -> Iterator[str]:
    """The project's manifest in the commits that changed it, newest first; nothing where git does not tell."""
    try:
        where = find_objects(root)
        if where.head is None:
            return
        with tempfile.TemporaryDirectory(prefix="reviewer-") as folder:
            git, path = Borrowed(Path(folder), where), where.prefix + BASENAME
            commits = git.run(["rev-list", f"--max-count={_MOST}", where.head, "--", path]).decode().split()
            asked = "\n".join(f"{commit}:{path}" for commit in commits)
            told = git.run(["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"], asked)
            blobs = (line.split() for line in told.decode(errors="replace").splitlines())
            names = dict.fromkeys(b[0] for b in blobs if len(b) == 3 and b[1] == "blob" and int(b[2]) <= MAX_SIZE)
            for name in names:
                yield git.run(["cat-file", "blob", name]).decode(errors="replace")
    except (ReviewerError, ValueError):
        return


def _named_in(text: str, pin: str) -> str:
    try:
        dependencies = parse_manifest(text).dependencies
    except ReviewerError:
        return ""
    urls = (dependency.url for dependency in dependencies if dependency.hash == pin and dependency.url)
    return next((url for url in urls if _ADDRESS.fullmatch(url)), "")


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_SIZE).decode(errors="replace")
    except OSError:
        return ""


def _quoted(text: str) -> str:
    """A string of ZON."""
    plain = (
        char if char.isascii() and char.isprintable() and char not in '"\\' else f"\\u{{{ord(char):x}}}"
        for char in text
    )
    return f'"{"".join(plain)}"'
