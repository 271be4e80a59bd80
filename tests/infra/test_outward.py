"""Nothing inside our own network can be reached at an address an administrator typed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from fieldapp.infra.outward import NoAnswer, Outward, TargetRefused
from tests.receivers.open311 import Endpoint, running_endpoint

INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "[fe80::1]", "10.0.0.1", "192.168.1.1",
    "172.16.0.1", "100.64.0.1", "[fd00::1]", "224.0.0.1", "localhost",
]  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    """A server on this machine."""
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_address_that_leads_inside_is_refused(running: Endpoint, host: str, scheme: str) -> None:
    with pytest.raises((TargetRefused, NoAnswer)) as refused:
        Outward(timeout_s=0.5).request("GET", f"{scheme}://{host}:{running.port}/v2/services.json", {}, None)
    assert not getattr(refused.value, "is_sent", False)
    assert running.account()["seen"] == []


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "http://example.org/", "https://user:pw@example.org/", "https://", "x",
     "https://example.org:99999/", "https://exa mple.org/", "https://example.org/\r\nX: 1"],
)  # fmt: skip
def test_another_kind_of_address_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _always("93.184.216.34"))
    with pytest.raises(TargetRefused):
        Outward().request("GET", url, {}, None)


def _always(*addresses: str) -> Any:
    left = list(addresses)

    def resolve(_host: str, port: int, **_: Any) -> Any:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return resolve


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(_host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(TargetRefused):
        Outward().request("GET", "https://rebind.example/", {}, None)


def test_a_name_is_resolved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[Any] = []

    def connect(address: Any, **_: Any) -> Any:
        connected.append(address)
        raise OSError("stop here")

    monkeypatch.setattr(socket, "getaddrinfo", _always("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NoAnswer):
        Outward().request("GET", "https://rebind.example/", {}, None)
    assert connected == [("93.184.216.34", 443)]


def test_a_host_the_operator_named_is_asked(running: Endpoint) -> None:
    answer = Outward(frozenset({"127.0.0.1"})).request("GET", f"{running.url}/services.json", {}, None)
    assert answer.code == 200
    assert b"GRAF" in answer.body


def test_a_redirect_is_an_answer_and_not_a_way() -> None:
    with _serving(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as url:
        assert Outward(frozenset({"127.0.0.1"})).request("GET", url, {}, None).code == 302


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000,
        b"nonsense",
    ],
)
def test_half_an_answer_or_too_long_a_one_is_none(answer: bytes) -> None:
    with _serving(answer) as url, pytest.raises(NoAnswer) as none:
        Outward(frozenset({"127.0.0.1"}), timeout_s=2, bytes_max=100_000).request("GET", url, {}, None)
    assert none.value.is_sent


class _serving:  # noqa: N801 - reads as a function
    """Answer one connection with these bytes."""

    def __init__(self, answer: bytes) -> None:
        self.answer, self.listener = answer, socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self._serve, daemon=True).start()
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/"

    def _serve(self) -> None:
        connection, _address = self.listener.accept()
        with connection:
            connection.recv(65_536)
            try:
                connection.sendall(self.answer)
            except OSError:
                return

    def __exit__(self, *_: object) -> None:
        self.listener.close()
