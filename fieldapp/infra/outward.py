"""Ask another system over HTTP, at an address an administrator typed: nothing inside our own network can be reached by it.

The name is resolved once and the connection goes to that very address, so a name that changes its mind gains nothing. Private,
loopback, link-local and other addresses that are not the internet's are refused unless the operator allowed the name. Plain http
is for this machine alone. Redirects are not followed. Size and time are bounded.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

PIECE_BYTES = 64 * 1024
HEADERS_KEPT = frozenset({"content-type", "retry-after"})


class TargetRefused(Exception):
    """The address is one that is never asked: its scheme, its form, or where it leads."""


class NoAnswer(Exception):
    """There was no answer, or half of one. `is_sent`: the request may have been done; otherwise it surely was not."""

    def __init__(self, why: str, *, is_sent: bool) -> None:
        super().__init__(why)
        self.is_sent = is_sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; `headers` are those that somebody reads, by lower-case name."""

    code: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outward:
    """The way out. `allowed_hosts` may be at addresses that are not the internet's."""

    allowed_hosts: frozenset[str] = frozenset()
    timeout_s: float = 15.0
    bytes_max: int = 4_000_000
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False, compare=False)

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request and return its answer, whatever its code.

        Raises:
            TargetRefused: the address is never asked.
            NoAnswer: nothing came, not all of it in time, or too much.
        """
        parts = self._checked(url)
        ends_at = time.monotonic() + self.timeout_s
        connection = self._connection(parts, self._address(parts))
        try:
            return self._exchange(connection, method, parts, headers, body, ends_at)
        finally:
            connection.close()

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            _port = parts.port
        except ValueError as error:
            raise TargetRefused("not an address") from error
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
            raise TargetRefused("https and a host's name are needed, without a user's")
        if not url.isascii() or any(letter.isspace() or not letter.isprintable() for letter in url):
            raise TargetRefused("not an address")
        return parts

    def _address(self, parts: SplitResult) -> str:
        """Resolve the name, and return the address to connect to: the first, when none of them is forbidden."""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"the name is not known: {error}", is_sent=False) from error
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not addresses:
            raise NoAnswer("the name is not known", is_sent=False)
        if parts.hostname not in self.allowed_hosts and not all(_is_of_the_internet(one) for one in addresses):
            raise TargetRefused("the name leads to a private address")
        if parts.scheme == "http" and not all(one.is_loopback for one in addresses):
            raise TargetRefused("https is needed")
        return str(addresses[0])

    def _connection(self, parts: SplitResult, address: str) -> http.client.HTTPConnection:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        connection = http.client.HTTPConnection(str(parts.hostname), port, timeout=self.timeout_s)
        try:
            connection.sock = socket.create_connection((address, port), timeout=self.timeout_s)
            if parts.scheme == "https":
                connection.sock = self.tls.wrap_socket(connection.sock, server_hostname=parts.hostname)
        except OSError as error:
            connection.close()
            raise NoAnswer(f"no connection: {error}", is_sent=False) from error
        return connection

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        parts: SplitResult,
        headers: Mapping[str, str],
        body: bytes | None,
        ends_at: float,
    ) -> Answer:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, target, body, {"User-Agent": "Rond", **headers})
            with connection.getresponse() as answer:
                content = self._read(answer, ends_at)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}", is_sent=True) from error
        kept = {name.lower(): value for name, value in answer.getheaders() if name.lower() in HEADERS_KEPT}
        return Answer(answer.status, content, kept)

    def _read(self, answer: http.client.HTTPResponse, ends_at: float) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := answer.read1(PIECE_BYTES):
            size += len(piece)
            if size > self.bytes_max:
                raise NoAnswer("the answer is too long", is_sent=True)
            if time.monotonic() > ends_at:
                raise NoAnswer("the answer takes too long", is_sent=True)
            pieces.append(piece)
        if answer.length:
            raise NoAnswer("the answer is cut short", is_sent=True)
        return b"".join(pieces)


def _is_of_the_internet(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Tell whether an address is one of the internet's; one of IPv4 inside one of IPv6 is judged as itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None and not _is_of_the_internet(inner):
            return False
        if address in _NAT64:
            return _is_of_the_internet(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast and not address.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
