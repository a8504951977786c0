"""A step without a network, to which single connections were granted."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from reviewer.errors import ReviewerError
from reviewer.sandbox.broker import Allowed, Broker, Refused, RunRequest
from reviewer.sandbox.connect_gate import ConnectGate, Place, addresses_of, parse_place
from reviewer.sandbox.policy import Bind, Limits, Network, Policy
from tests.sandbox.conftest import NOBODY, PYTHON, Caller, sandbox_of
from tests.sandbox.test_broker import Client, Streams, run_message, streams

__all__ = ["streams"]

pytestmark = pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"the stand-in for the launcher needs {PYTHON}")

LAUNCHER = Path(__file__).with_name("launcher.py")

TRY = """
import errno, os, select, socket, sys
def attempt(name, function):
    try: print(name, function(), flush=True)
    except OSError as error: print(name, errno.errorcode.get(error.errno, error), flush=True)
def talk(made):
    made.sendall(b"hello\\n")
    return made.makefile().readline().strip()
def call(host, port):
    with socket.create_connection((host, port)) as made: return talk(made)
"""


class Server:
    """Of the host, on the loopback interface: greets back whoever connects."""

    def __init__(self, family: socket.AddressFamily, address: str) -> None:
        self.socket = socket.create_server((address, 0), family=family)
        self.port = self.socket.getsockname()[1]
        self.callers: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            with caller:
                line = caller.makefile("rb").readline()
                self.callers.append(line)
                caller.sendall(b"got " + line)


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    """One that is granted, and another."""
    both = Server(socket.AF_INET, "127.0.0.1"), Server(socket.AF_INET, "127.0.0.1")
    yield both
    for server in both:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()


class Granting:
    def __init__(self, *places: Place, policy: Policy | None = None) -> None:
        launcher = Bind(LAUNCHER, Path("/run/launch"))
        policy = policy or Policy(limits=Limits(wall_seconds=60))
        self.policy = Policy(
            read_only=(*policy.read_only, launcher),
            writable=policy.writable,
            limits=policy.limits,
            network=policy.network,
        )
        self.gate = ConnectGate("/run/launch", places)

    def run(self, request: RunRequest, asker: int) -> Allowed | Refused:
        return Allowed(self.policy, request.command, connect=self.gate)

    def failed(self, why: str) -> None:
        return

    def configured(self) -> bool:
        return False

    def listener(self, what: str, listener: int) -> bool:
        return False


def attempts(room: Path, streams: Streams, script: str, *places: Place, words: Sequence[object] = ()) -> dict[str, str]:
    fds, told = streams
    with Broker(room, Granting(*places)):
        answer = Client(room).ask(run_message(0, PYTHON, "-I", "-c", TRY + script, *map(str, words)), fds)
    stdout, stderr = told()
    assert answer == 0, stderr.decode()
    return dict(line.split(" ", 1) for line in stdout.decode().splitlines())


def test_a_granted_address_is_reached_and_no_other(
    room: Path, streams: Streams, servers: tuple[Server, Server]
) -> None:
    granted, other = servers
    script = """
granted, other = map(int, sys.argv[1:])
attempt("granted", lambda: call("127.0.0.1", granted))
attempt("again", lambda: call("127.0.0.1", granted))
attempt("mapped", lambda: call("::ffff:127.0.0.1", granted))
attempt("other", lambda: call("127.0.0.1", other))
attempt("elsewhere", lambda: call("192.0.2.1", granted))
attempt("six", lambda: call("2001:db8::1", granted))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
attempt("udp-granted", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", granted)))
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK))
attempt("fast", lambda: socket.socket().sendto(b"hello\\n", 0x20000000, ("127.0.0.1", other)))
"""
    found = attempts(room, streams, script, Place("127.0.0.1", granted.port), words=(granted.port, other.port))
    assert {name: found[name] for name in ("granted", "again", "mapped")} == dict.fromkeys(
        ("granted", "again", "mapped"), "got hello"
    )
    assert found["other"] == "ECONNREFUSED"
    assert found["elsewhere"] == found["six"] == found["udp"] == "ENETUNREACH"
    assert found["udp-granted"] == "ENETUNREACH"
    assert found["unix"] == found["netlink"] == "EPERM"
    assert granted.callers == [b"hello\n"] * 3
    assert other.callers == []


def test_a_name_is_looked_up_by_reviewer(room: Path, streams: Streams, servers: tuple[Server, Server]) -> None:
    granted, other = servers
    script = """
attempt("granted", lambda: call("localhost", int(sys.argv[1])))
attempt("other", lambda: call("localhost", int(sys.argv[2])))
attempt("unknown", lambda: call("example.org", 443))
"""
    found = attempts(room, streams, script, Place("localhost", granted.port), words=(granted.port, other.port))
    assert found["granted"] == "got hello"
    assert found["other"] == "ECONNREFUSED"
    assert "got" not in found["unknown"]


def test_a_name_that_leads_to_this_machine_by_any_of_its_addresses_is_not_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever owns the name says where it leads; a server that listens for the neighbours is not meant for that."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no other address")
        own = probe.getsockname()[0]
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in (own, "127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told)
    assert [str(address) for address in addresses_of("example.org")] == ["192.0.2.1"]


def test_sockets_keep_how_they_were_opened(room: Path, streams: Streams, servers: tuple[Server, Server]) -> None:
    granted, _ = servers
    script = """
import fcntl
port = int(sys.argv[1])
made = socket.socket()
made.setblocking(False)
made.connect(("127.0.0.1", port))
print("blocking", os.get_blocking(made.fileno()))
print("exec", bool(fcntl.fcntl(made.fileno(), fcntl.F_GETFD) & fcntl.FD_CLOEXEC))
select.select([], [made], [])
made.setblocking(True)
print("talk", talk(made))
kept = socket.socket()
kept.set_inheritable(True)
kept.connect(("127.0.0.1", port))
print("inheritable", kept.get_inheritable())
"""
    found = attempts(room, streams, script, Place("127.0.0.1", granted.port), words=(granted.port,))
    assert found == {"blocking": "False", "exec": "True", "talk": "got hello", "inheritable": "True"}


@pytest.mark.skipif(os.geteuid() != 0, reason="the tests do not run as root, so all of them are an ordinary user's")
def test_an_ordinary_user_may_be_asked_for_connections_too(room: Path, servers: tuple[Server, Server]) -> None:
    """It takes looking into the step's memory and taking a copy of its socket."""
    granted, _ = servers
    os.chown(room, NOBODY, NOBODY)
    launcher = Path(shutil.copy(LAUNCHER, room / "launch"))  # the tests' own folder may be closed to others
    launcher.chmod(0o755)

    def ask() -> bytes:
        reading, writing = os.pipe()
        granting = Granting(Place("127.0.0.1", granted.port))
        granting.policy = Policy(read_only=(Bind(launcher, Path("/run/launch")),), limits=Limits(wall_seconds=60))
        nothing = os.open("/dev/null", os.O_RDONLY)
        with Broker(room, granting):
            script = TRY + f'print(call("127.0.0.1", {granted.port}))'
            Client(room).ask(run_message(0, PYTHON, "-I", "-c", script), [nothing, writing, writing])
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            return told.read()

    b"".decode("ascii")  # what an ordinary user may not be able to load any more
    assert Caller(room, NOBODY, sandbox_of("bubblewrap")).do(ask) == b"got hello\n"


def test_a_refused_connection_says_so(room: Path, streams: Streams) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    script = 'attempt("closed", lambda: call("127.0.0.1", int(sys.argv[1])))'
    assert attempts(room, streams, script, Place("127.0.0.1", port), words=(port,)) == {"closed": "ECONNREFUSED"}


def test_an_address_that_is_changed_meanwhile_does_not_lead_elsewhere(
    room: Path, streams: Streams, servers: tuple[Server, Server]
) -> None:
    """Reviewer connects to what it read and compared; what stands in memory afterwards is nobody's business."""
    granted, other = servers
    script = """
import ctypes, struct, threading
granted, other = map(int, sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
def address(port): return struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
memory = ctypes.create_string_buffer(address(granted), 16)
stop = False
def flip():
    while not stop:
        memory[2:4] = struct.pack(">H", other); memory[2:4] = struct.pack(">H", granted)
threading.Thread(target=flip).start()
answers = set()
for _ in range(200):
    made = socket.socket()
    if libc.connect(made.fileno(), memory, 16) == 0: answers.add(talk(made))
    made.close()
stop = True
print("elsewhere", answers - {"got hello"})
"""
    found = attempts(room, streams, script, Place("127.0.0.1", granted.port), words=(granted.port, other.port))
    assert found == {"elsewhere": "set()"}  # who wins each race is chance
    assert other.callers == []


def test_a_connection_that_was_handed_in_cannot_be_turned_elsewhere(
    room: Path, streams: Streams, servers: tuple[Server, Server]
) -> None:
    """It is a socket of the machine's own network: dissolved (AF_UNSPEC), it could go anywhere."""
    granted, other = servers
    script = """
import ctypes, struct, threading
granted, other = map(int, sys.argv[1:])
libc = ctypes.CDLL(None, use_errno=True)
def raw(fd, data):
    if libc.connect(fd, data, len(data)) < 0: raise OSError(ctypes.get_errno(), "")
def address(port): return struct.pack("=H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
made = socket.create_connection(("127.0.0.1", granted))
attempt("dissolve", lambda: raw(made.fileno(), bytes(16)))
attempt("turn", lambda: raw(made.fileno(), address(other)))
attempt("fast", lambda: made.sendto(b"hello\\n", 0x20000000, ("127.0.0.1", other)))
attempt("listen", lambda: made.listen())
# And while a call for a socket of the sandbox's own waits for its answer, the other one is put in its place.
number, stop = os.dup(made.fileno()), False
def swap():
    while not stop:
        own = socket.socket()
        os.dup2(own.fileno(), number); os.dup2(made.fileno(), number)
threading.Thread(target=swap).start()
for _ in range(300):
    libc.connect(number, bytes(16), 16); libc.connect(number, address(other), 16)
stop = True
"""
    found = attempts(room, streams, script, Place("127.0.0.1", granted.port), words=(granted.port, other.port))
    assert other.callers == []
    assert "None" not in found.values()


def test_nonsense_in_memory_fails_the_call(room: Path, streams: Streams) -> None:
    script = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.connect.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint)
def raw(fd, address, length):
    if libc.connect(fd, address, length) < 0: raise OSError(ctypes.get_errno(), "")
made = socket.socket()
attempt("null", lambda: raw(made.fileno(), None, 16))
attempt("beyond", lambda: raw(made.fileno(), 2**64 - 4096, 16))
attempt("long", lambda: raw(made.fileno(), ctypes.addressof(ctypes.create_string_buffer(200)), 0xFFFFFFFF))
attempt("closed", lambda: raw(999, ctypes.addressof(ctypes.create_string_buffer(b"\\2\\0\\0\\1\\x7f\\0\\0\\1" + bytes(8))), 16))
"""
    found = attempts(room, streams, script, Place("127.0.0.1", 1))
    assert found["null"] == found["beyond"] == "EFAULT"
    assert set(found.values()) <= {"EFAULT", "ENETUNREACH"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("example.org:443", Place("example.org", 443)),
        ("Example.ORG:80", Place("example.org", 80)),
        ("192.0.2.1:1", Place("192.0.2.1", 1)),
        ("[2001:db8::1]:65535", Place("2001:db8::1", 65535)),
    ],
)
def test_places_are_read(text: str, place: Place) -> None:
    assert parse_place(text) == place


@pytest.mark.parametrize(
    "text", ["", "example.org", "example.org:0", "example.org:65536", "a b:1", "https://a/b", "a\n:1", "ä:1", ":1"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ReviewerError, match="host:port"):
        parse_place(text)


def test_a_launcher_that_hands_nothing_over_gets_no_connection(room: Path, streams: Streams) -> None:
    """It runs in the sandbox like any program: without a listener its network leads nowhere."""
    granting = Granting(Place("127.0.0.1", 1))
    granting.gate = ConnectGate("/bin/echo", [Place("127.0.0.1", 1)])
    assert granting.policy.network is Network.NONE
    with Broker(room, granting):
        assert Client(room).ask(run_message(0, "/bin/true"), streams[0]) == 0
