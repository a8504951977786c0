"""What of its source a package ships, and which versions of packages zig has (Zig 0.17.1, lib/compiler/Maker/Fetch.zig, `Filter`)."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from reviewer.content.text import visible
from reviewer.ecosystems import KeptVersion
from reviewer.ecosystems.zig.packages.manifest import BASENAME, parse_manifest
from reviewer.ecosystems.zig.packages.names import name_and_version
from reviewer.ecosystems.zig.packages.table import global_cache
from reviewer.ecosystems.zig.packages.zon import MAX_SIZE
from reviewer.errors import ReviewerError

_MOST = 100_000


def shipped_by(read: Callable[[str], bytes | None]) -> Callable[[str], bool]:
    """Whether a path is one of those in the manifest, or below one; zig deletes what is not. Raises ReviewerError for a broken manifest."""
    manifest = read(BASENAME)
    if manifest is None:
        return lambda _: True
    if len(manifest) > MAX_SIZE:
        raise ReviewerError("the manifest is too large", where=BASENAME)
    try:
        text = manifest.decode()
    except UnicodeDecodeError as error:
        raise ReviewerError("the manifest is not UTF-8", where=BASENAME) from error
    listed = [path.removeprefix("./").rstrip("/") for path in parse_manifest(text).paths]
    if not listed or "" in listed or "." in listed:
        return lambda _: True
    exact, below = frozenset(listed), tuple(f"{path}/" for path in listed)
    return lambda path: path in exact or path.startswith(below)


def versions_kept(root: Path, name: str) -> Sequence[KeptVersion]:
    """Folders that zig named after the package, its version and hash; since 0.14 it does."""
    found: dict[str, KeptVersion] = {}
    for store in (root / "zig-pkg", global_cache() / "p"):
        try:
            entries = [entry for _, entry in zip(range(_MOST), store.iterdir(), strict=False)]
        except OSError:
            continue
        for entry in entries:
            named = name_and_version(entry.name)
            if named is not None and named[0] == name and entry.is_dir():
                found.setdefault(entry.name, KeptVersion(visible(named[1]), entry.name, entry))
    return sorted(found.values(), key=lambda kept: (_ordered(kept.version), kept.pin))


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
