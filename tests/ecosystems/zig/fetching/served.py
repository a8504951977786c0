"""Packages in archives, offered by a server on this machine, and projects that ask for them."""

import base64
import contextlib
import functools
import shutil
import subprocess
import tarfile
import threading
import zlib
from collections.abc import Iterator, Mapping
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.ecosystems.zig.conftest import toolchain_of

HOSTILE_BUILD = 'pub fn build(_: *@import("std").Build) void {\n    @compileError("build code was looked at");\n}\n'
"""Whoever only compiles it is found out."""


class Served:
    """A folder of archives that is served at `url`; `asked` are the paths that were asked for. While held, nothing is answered."""

    def __init__(self, folder: Path, url: str, asked: list[str], open_: threading.Event) -> None:
        self.hold, self.let_go = open_.clear, open_.set
        self.folder = folder
        self.url = url
        self.asked = asked

    def package(self, name: str, dependencies: str = "", files: Mapping[str, str] | None = None) -> str:
        """Make an archive of a package with a hostile build script; how a manifest asks for it."""
        source = self.folder / f"{name}-source"
        source.mkdir()
        for file, text in {
            "build.zig": HOSTILE_BUILD,
            "build.zig.zon": manifest(name, dependencies),
            **(files or {}),
        }.items():
            (source / file).write_text(text)
        archive = self.folder / f"{name}.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(source, name)
        return f'.url = "{self.url}/{archive.name}", .hash = "{hash_of(archive)}"'


def manifest(name: str, dependencies: str = "") -> str:
    fingerprint = zlib.crc32(name.encode()) << 32 | 0x5EED
    return (
        f'.{{\n    .name = .{name},\n    .version = "1.0.0",\n    .fingerprint = 0x{fingerprint:x},\n'
        f'    .minimum_zig_version = "0.14.0",\n    .paths = .{{""}},\n    .dependencies = .{{{dependencies}}},\n}}\n'
    )


def hash_of(archive: Path) -> str:
    """By zig, of which all versions tell the same."""
    cache = archive.parent / "hashing"
    zig = toolchain_of("0.15").zig
    told = subprocess.run(
        [zig, "fetch", "--global-cache-dir", cache, archive], check=True, capture_output=True, text=True
    )
    shutil.rmtree(cache)
    return told.stdout.strip()


def wrong(asked: str) -> str:
    """The same, asked for by another hash."""
    before, hash_ = (
        asked.rsplit("-", 1)[0],
        base64.urlsafe_b64encode(b"another content, but as long as it").decode()[:44],
    )
    return f'{before.rpartition(".hash")[0]}.hash = "other-1.0.0-{hash_}"'


def project(folder: Path, dependencies: str) -> Path:
    folder.mkdir()
    (folder / "build.zig").write_text(HOSTILE_BUILD)
    (folder / "build.zig.zon").write_text(manifest("app", dependencies))
    return folder


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    asked: list[str] = []
    open_ = threading.Event()
    open_.set()

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            open_.wait(60)
            with contextlib.suppress(ConnectionError):
                super().do_GET()

        def log_request(self, *_: object) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Served(folder, f"http://127.0.0.1:{server.server_port}", asked, open_)
        open_.set()
        server.shutdown()
