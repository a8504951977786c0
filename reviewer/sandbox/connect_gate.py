"""Lets single connections out of a sandbox that has no network: Reviewer makes them, and hands the connected socket in.

A launcher inside (resources/zig/launch.zig, `net`) installs a filter that asks about every `connect`, hands its listener over through an
inherited socket, and becomes the step's program. TCP only: names are looked up here, and stand in a file /etc/hosts inside.

What is not granted is refused, and never let go its way, though the sandbox's own network leads nowhere: a socket that was handed in is of
the machine's network, could be dissolved and connected anew, and could take the place of the one that was looked at. So a step to which a
connection was granted has no connections to itself.
"""

import contextlib
import errno
import ipaddress
import os
import re
import select
import socket
import struct
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.content.text import visible
from reviewer.errors import ReviewerError
from reviewer.sandbox.notify import Call, Listener
from reviewer.sandbox.policy import Bind, Network, Policy
from reviewer.sandbox.requests import Room, receive
from reviewer.sandbox.result import RunResult
from reviewer.sandbox.run import run
from reviewer.sandbox.supervise import Streams

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PLACE = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]{1,253})):(?P<port>[0-9]{1,5})", re.ASCII)
_TIMEOUT = 30.0
"""Seconds for a connection to be made."""
_AT_ONCE = 128
_MAX_ADDRESSES = 16
_NOWHERE = errno.ENETUNREACH
_SOCKADDR = 28  # of struct sockaddr_in6, the longest that is looked at


class Place(NamedTuple):
    """Where a step may connect to: a name or a numeric address, and a TCP port."""

    host: str
    port: int


def parse_place(text: str) -> Place:
    """`host:port`, `192.0.2.1:443` or `[2001:db8::1]:443`. Raises ReviewerError."""
    match = _PLACE.fullmatch(text)
    if match is None or not 0 < int(match["port"]) < 1 << 16:
        raise ReviewerError(
            f"“{visible(text[:80])}” is no host:port that a step can be held to", cure="grant it as host:port"
        )
    return Place((match["v6"] or match["host"]).lower(), int(match["port"]))


class ConnectGate:
    """The connections that one step may make, by the `launcher` that is at this path inside."""

    def __init__(self, launcher: str, places: Iterable[Place]) -> None:
        self._launcher = launcher
        self._places = tuple(places)

    def run(self, policy: Policy, command: Sequence[str], *, streams: Streams, until: int) -> RunResult:
        """As `reviewer.sandbox.run.run`, with the connections."""
        found = {place: addresses_of(place.host) for place in self._places}
        granted = {(address, place.port) for place, addresses in found.items() for address in addresses}
        with contextlib.ExitStack() as stack:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            stack.enter_context(ours)
            stack.enter_context(theirs)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reviewer-hosts-"))
            hosts = Path(folder, "hosts")
            hosts.write_text(_hosts(found), "ascii")
            policy = replace(
                policy,
                read_only=(*policy.read_only, Bind(hosts, Path("/etc/hosts"))),
                network=Network.GATED,
            )
            waiting = threading.Thread(target=self._serve, args=(ours, granted), name="connect-gate", daemon=True)
            waiting.start()
            stack.callback(waiting.join)
            stack.callback(_shut, ours)
            words = (self._launcher, "net", str(theirs.fileno()), "--", *command)
            return run(policy, words, streams=streams._replace(others=(theirs.fileno(),)), until=until)

    def _serve(self, ours: socket.socket, granted: set[tuple[_Address, int]]) -> None:
        listener = _receive(ours)
        if listener is None:
            return
        room = threading.BoundedSemaphore(_AT_ONCE)

        def decide(listener: Listener, call: Call) -> None:
            _decide(listener, call, granted, room)

        with Listener(listener, decide), contextlib.suppress(OSError):
            ours.settimeout(None)
            ours.sendall(struct.pack("<I", 0))
            ours.recv(1)  # until the run has ended


def _receive(ours: socket.socket) -> int | None:
    """The listener; None where nothing of that kind comes."""
    there = select.poll()
    there.register(ours, select.POLLIN)
    there.poll()  # as long as the sandbox takes; its end is told here too
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError, ValueError, EOFError):
        fields, given = receive(ours, stack, Room())
        if fields == ["listener", "net"] and len(given) == 1:
            return os.dup(given[0])
    return None


def _decide(
    listener: Listener, call: Call, granted: set[tuple[_Address, int]], room: threading.BoundedSemaphore
) -> None:
    descriptor, address, length, *_ = call.arguments
    place = _place(listener.read(call, address, min(length & 0xFFFFFFFF, _SOCKADDR)))
    descriptor &= 0xFFFFFFFF
    if place is None or place not in granted:
        listener.refuse(call, _NOWHERE if place is None or not place[0].is_loopback else errno.ECONNREFUSED)
        return
    copy, close_on_exec = listener.descriptor(call, descriptor)
    with socket.socket(fileno=copy) as theirs:
        is_tcp = theirs.type == socket.SOCK_STREAM and theirs.family in (socket.AF_INET, socket.AF_INET6)
        blocking = os.get_blocking(copy)
    if not is_tcp:
        listener.refuse(call, _NOWHERE)
        return

    if not room.acquire(blocking=False):
        listener.refuse(call, errno.EAGAIN)
        return

    def connect() -> None:
        try:
            _connect(listener, call, descriptor, place, blocking=blocking, close_on_exec=close_on_exec)
        finally:
            room.release()

    threading.Thread(target=connect, name="connect-gate-connection", daemon=True).start()


def _connect(
    listener: Listener, call: Call, descriptor: int, place: tuple[_Address, int], *, blocking: bool, close_on_exec: bool
) -> None:
    address, port = place
    try:
        with socket.create_connection((str(address), port), _TIMEOUT) as made:
            made.setblocking(blocking)
            listener.replace(call, descriptor, made.fileno(), close_on_exec=close_on_exec)
        listener.succeed(call)
    except OSError as error:
        listener.refuse(call, error.errno or errno.ETIMEDOUT)  # Python's own timeout carries none


def _place(data: bytes) -> tuple[_Address, int] | None:
    """Of a struct sockaddr: an address and a port; None for what is neither IPv4 nor IPv6."""
    if len(data) < 8:
        return None
    (family,) = struct.unpack_from("=H", data)
    (port,) = struct.unpack_from(">H", data, 2)
    if family == socket.AF_INET:
        return ipaddress.IPv4Address(data[4:8]), port
    if family == socket.AF_INET6 and len(data) >= 24:
        address = ipaddress.IPv6Address(data[8:24])
        return address.ipv4_mapped or address, port
    return None


def addresses_of(host: str) -> tuple[_Address, ...]:
    """A name's addresses; none where it has none. Whoever owns a name says where it leads, which must not be to this machine itself."""
    with contextlib.suppress(ValueError):
        return (ipaddress.ip_address(host),)
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    addresses = dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found)
    own = host == "localhost" or host.endswith(".localhost")
    return tuple(address for address in addresses if own or not _is_here(address))[:_MAX_ADDRESSES]


def _is_here(address: _Address) -> bool:
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((str(address), 9))  # sends nothing; to one's own addresses one goes from the same
        return ipaddress.ip_address(probe.getsockname()[0]) == address
    return False


def _hosts(found: dict[Place, tuple[_Address, ...]]) -> str:
    def lines() -> Iterator[str]:
        yield "127.0.0.1 localhost"
        yield "::1 localhost"
        for place, addresses in found.items():
            for address in addresses:
                if str(address) != place.host:
                    yield f"{address} {place.host}"

    return "".join(f"{line}\n" for line in dict.fromkeys(lines()))


def _shut(ours: socket.socket) -> None:
    with contextlib.suppress(OSError):
        ours.shutdown(socket.SHUT_RDWR)
