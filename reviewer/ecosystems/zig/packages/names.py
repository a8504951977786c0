"""What zig calls a package in its generated table, and the package id made of that.

Zig 0.17.1, lib/compiler/Maker/Package.zig (Hash) and Maker/Fetch.zig (relativePathDigest); 0.14 to 0.16 do the same.
"""

import base64
import hashlib
import posixpath
import re
from urllib.parse import quote

_HASHPLUS = 44  # base64 of 33 bytes, at the end of a hash
_TABLE_NAME_MAX = 110  # Hash.max_len, in bytes
_GLOBAL = "/"  # begins the paths of what lies in the global cache

_HASH = re.compile(rf"(?P<name>[^-]+)-(?P<version>.+)-.{{{_HASHPLUS}}}", re.DOTALL)


def name_and_version(package_hash: str) -> tuple[str, str] | None:
    """What `name-version-hashplus` says; the version may hold dashes. None for nameless (`N-V-…`) and legacy (`1220…`) hashes."""
    match = _HASH.fullmatch(package_hash)
    if match is None or match.group("name", "version") == ("N", "V"):
        return None
    return match["name"], match["version"]


def project_of(package_hash: str) -> tuple[str, int] | None:
    """Name and low half of the fingerprint, by which a fork is known (Package.zig, Hash.projectId); None for hashes without."""
    match = _HASH.fullmatch(package_hash)
    if match is None or match["name"] == "N":
        return None
    try:
        hashplus = base64.urlsafe_b64decode(package_hash[-_HASHPLUS:])
    except ValueError:
        return None
    return match["name"], int.from_bytes(hashplus[:4], "little")


def resolve_path(base: str, path: str) -> str:
    """Where a path dependency of the package at `base` leads, both relative to the project's root (`""`).

    By the text alone, as zig does it: links are not looked at, and `../app` is not the project in a folder named `app`.
    """
    resolved = posixpath.normpath(posixpath.join(base, path))
    return "" if resolved == "." else resolved


def table_name(path: str) -> str:
    """Zig's name for a path package at `path` (as `resolve_path` gives it): the path, or its SHA-256 where that is too long.

    Paths in the global cache begin with `/`, as in `/p/<hash>/sub`.
    """
    prefix, rest = (_GLOBAL, path[1:]) if path.startswith(_GLOBAL) else ("", path)
    content = rest.encode("utf-8", "surrogateescape")
    if len(prefix) + len(content) <= _TABLE_NAME_MAX:
        return path
    return prefix + hashlib.sha256(content).hexdigest()


def id_part(text: str) -> str:
    """`text` as a part of a package id: everything but letters, digits and `/._~+-` of ASCII as `%XX`, so that no two are alike."""
    return quote(text.encode("utf-8", "surrogateescape"), safe="/+")


def package_id(name: str, version: str, pin: str) -> str:
    """`zig:<name>@<version>#<pin>`, from parts made by `id_part`."""
    return f"zig:{name}@{version}#{pin}"
