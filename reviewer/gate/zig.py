"""Door 2 of the gate for zig: review.zig beside build.zig, and the one call of it at the top of the root's build()."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from reviewer.errors import ReviewerError
from reviewer.gate.installed import Change, FileEdit, GateStatus, Installed, read_file
from reviewer.gate.zig_edit import (
    BUILD_FILE,
    CHECK_FILE,
    MANIFEST,
    add_call,
    add_path,
    build_function,
    remove_call,
    remove_path,
)
from reviewer.resources import resource

_MARKER = re.compile(rb"// reviewer gate sha256:([0-9a-f]{64})\n")


def plan_install(root: Path) -> Change:
    """What makes the project's own build check review.lock; no edits if it does. Raises ReviewerError, nothing is written."""
    check, build, manifest = _read(root)
    if check is not None and not _MARKER.match(check):
        raise _foreign()
    edits = [
        FileEdit(CHECK_FILE, check, _check_file()),
        *_manifest_edit(manifest, add_path(_decoded(manifest)) if manifest is not None else ""),
        FileEdit(BUILD_FILE, build, add_call(build)),
    ]
    return Change(root, tuple(edit for edit in edits if edit.before != edit.after))


def plan_remove(root: Path) -> Change:
    """What takes the check out again, byte for byte; no edits if there is none. review.lock stays. Raises ReviewerError."""
    check, build, manifest = _read(root)
    if check is not None and not _MARKER.match(check):
        raise _foreign()
    removed = _without_call(build)
    edits = [FileEdit(BUILD_FILE, build, removed)]
    if check is not None:
        edits += _manifest_edit(manifest, remove_path(_decoded(manifest)) if manifest is not None else "")
    edits.append(FileEdit(CHECK_FILE, check, None))
    return Change(root, tuple(edit for edit in edits if edit.before != edit.after))


def _without_call(build: bytes) -> bytes:
    """build.zig without the call; as it is where no call could have been put by us."""
    return remove_call(build) if CHECK_FILE.encode() in build else build


def status(root: Path) -> GateStatus:
    """Whether the project's own build checks review.lock. Raises ReviewerError for what cannot be read."""
    check, build, manifest = _read(root)
    marker = _MARKER.match(check) if check is not None else None
    called = CHECK_FILE.encode() in build and bool((function := build_function(build)).calls)
    if not called and marker is None:
        return GateStatus(Installed.ABSENT, "the build does not check review.lock; `reviewer gate install` makes it")
    again = "`reviewer gate install` puts it right"
    if check is None:
        return GateStatus(Installed.DAMAGED, f"{BUILD_FILE} calls {CHECK_FILE}, which is missing; {again}")
    if marker is None:
        return GateStatus(Installed.DAMAGED, f"{CHECK_FILE} is not Reviewer's; remove it, then {again}")
    if hashlib.sha256(check[marker.end() :]).hexdigest().encode() != marker.group(1):
        return GateStatus(Installed.DAMAGED, f"{CHECK_FILE} was edited; {again}")
    if not called or not function.called_first:
        return GateStatus(Installed.DAMAGED, f"{BUILD_FILE} does not call {CHECK_FILE} first in build(); {again}")
    if manifest is not None and add_path(text := _decoded(manifest)) != text:
        return GateStatus(Installed.DAMAGED, f"{MANIFEST} does not list {CHECK_FILE} in .paths; {again}")
    if check != _check_file():
        return GateStatus(Installed.OUTDATED, f"{CHECK_FILE} is from another version of Reviewer; {again}")
    return GateStatus(Installed.INSTALLED, "the build checks review.lock before it runs any dependency's code")


def _check_file() -> bytes:
    """review.zig as it is installed: the marker tells our own file, whatever its version, from any other and from an edited one."""
    source = resource(f"zig/{CHECK_FILE}").read_bytes()
    return b"// reviewer gate sha256:" + hashlib.sha256(source).hexdigest().encode() + b"\n" + source


def _read(root: Path) -> tuple[bytes | None, bytes, bytes | None]:
    """review.zig, build.zig and build.zig.zon."""
    build = read_file(root, BUILD_FILE)
    if build is None:
        raise ReviewerError("no build.zig here", where=str(root), cure="give the folder of a zig project")
    return read_file(root, CHECK_FILE), build, read_file(root, MANIFEST)


def _manifest_edit(manifest: bytes | None, after: str) -> Iterator[FileEdit]:
    if manifest is not None:
        yield FileEdit(MANIFEST, manifest, after.encode())


def _decoded(manifest: bytes) -> str:
    try:
        return manifest.decode()
    except UnicodeDecodeError as error:
        raise ReviewerError("this is not UTF-8", where=MANIFEST, cure="save the file as UTF-8") from error


def _foreign() -> ReviewerError:
    return ReviewerError("this file is not Reviewer's", where=CHECK_FILE, cure="rename it, then try again")
