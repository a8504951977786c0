"""A review.lock comes from an address over HTTPS only, and no more of it than a review.lock can be."""

import os
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.lock.decision import Criteria, Lock, Verdict
from reviewer.lock.fetch import fetch
from reviewer.lock.format import render
from reviewer.lock.imports import Source
from reviewer.progress import CancelledError, Progress
from tests.lock.test_merge import decided

LOCK = Lock().with_decisions([decided("zig:a@1#a", Verdict.TRUSTED)])


class Answer(BaseHTTPRequestHandler):
    """`/review.lock` is one, `/page` is something else, `/down` leads to a connection that anyone can change."""

    def do_GET(self) -> None:
        if self.path == "/down":
            self.send_response(302)
            host = self.headers["Host"]
            self.send_header("Location", f"http://{host}/review.lock")
            self.end_headers()
            return
        self.send_response(200 if self.path != "/gone" else 404)
        self.end_headers()
        self.wfile.write(render(LOCK) if self.path == "/review.lock" else b"<html>")

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with a certificate that only this test trusts."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *words.split(), *more], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("localhost", 0), Answer)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        yield f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def source(url: str) -> Source:
    return Source("x", (Criteria.RUN,), url=url)


def test_from_an_address(address: str, tmp_path: Path) -> None:
    assert fetch(tmp_path, source(f"{address}/review.lock")) == LOCK


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/down", "/review.lock, which is not https"),
        ("/gone", "HTTP Error 404"),
        ("/page", "/page:1:1: this is not JSON"),
    ],
)
def test_what_is_no_lock_is_said_with_its_address(address: str, tmp_path: Path, path: str, told: str) -> None:
    with pytest.raises(ReviewerError) as error:
        fetch(tmp_path, source(address + path))
    assert told in str(error.value)
    assert address in str(error.value)


def test_whom_nobody_vouches_for_is_not_believed(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ReviewerError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(tmp_path, source(f"{address}/review.lock"))


def test_whoever_cancels_waits_no_longer_and_nothing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A server that never answers, and the program that git starts to talk with it.
    waiting = tmp_path / "ssh"
    waiting.write_text(f"#!/bin/sh\necho $$ > '{tmp_path}/pid'\nexec sleep 100\n")
    waiting.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(waiting))
    stop = Progress()

    def cancel() -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        stop.cancel()

    threading.Thread(target=cancel, daemon=True).start()
    with pytest.raises(CancelledError):
        fetch(tmp_path, Source("x", (Criteria.RUN,), git="ssh://host/there", revision="main"), stop)
    started = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(started, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError("what git started still runs")
