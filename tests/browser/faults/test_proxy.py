"""The proxy itself: each fault does what it is called, to the request it meets, for as long as it is told to."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.fault_proxy import (
    BadGateway,
    Clear,
    Cut,
    Fault,
    FaultProxy,
    Portal,
    Refuse,
    Slow,
    Swallow,
    mixed,
)
from tests.browser.waiting import wait_for

SENT = b"0123456789" * 100
ANSWER = b"abcdefghij" * 100
ENDS_WITHIN_S = 10.0
"""Generous: a proxy that waits for an idle connection waits for good."""


class Server(ThreadingHTTPServer):
    """A server that remembers what was sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.received: list[bytes] = []


class Answering(BaseHTTPRequestHandler):
    """Takes anything and answers the same."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Server)
        self.server.received.append(sent)
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.server_port) as made:
        yield made


def ask(proxy: FaultProxy) -> tuple[HTTPResponse, bytes]:
    """Send a request and read the answer to its end."""
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    try:
        connection.request("POST", "/api/v1/thing", SENT)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_a_clear_line_passes_everything_on(proxy: FaultProxy, server: Server) -> None:
    answer, body = ask(proxy)
    assert (answer.status, body, server.received) == (200, ANSWER, [SENT])
    [passage] = proxy.met(Clear)
    wait_for("the proxy is done", lambda: passage.is_over)
    assert (passage.method, passage.path, passage.is_answered) == ("POST", "/api/v1/thing", True)
    assert passage.up_bytes > len(SENT)


def test_nobody_listens_until_the_network_is_back(proxy: FaultProxy, server: Server) -> None:
    proxy.be(Refuse())
    with pytest.raises(ConnectionRefusedError):
        ask(proxy)
    proxy.be(Clear())
    assert ask(proxy)[1] == ANSWER
    assert server.received == [SENT]


def test_a_scheduled_refusal_ends_the_connection(proxy: FaultProxy, server: Server) -> None:
    proxy.follow(lambda _path: Refuse())
    with pytest.raises((OSError, HTTPException)):
        ask(proxy)
    assert server.received == []


@pytest.mark.parametrize("after_bytes", [1, 200, 900])
def test_a_connection_cut_in_the_request_brings_the_server_nothing_whole(
    proxy: FaultProxy, server: Server, after_bytes: int
) -> None:
    proxy.be(Cut(after_bytes))
    with pytest.raises((OSError, HTTPException)):
        ask(proxy)
    [passage] = proxy.met(Cut)
    assert passage.up_bytes == after_bytes
    assert [sent for sent in server.received if sent == SENT] == []


def test_a_connection_cut_in_the_answer_has_let_the_server_do_its_work(proxy: FaultProxy, server: Server) -> None:
    ask(proxy)
    proxy.be(Cut(proxy.passages[0].up_bytes + 500))
    with pytest.raises((OSError, HTTPException)):
        ask(proxy)
    assert server.received == [SENT, SENT]
    assert proxy.met(Cut)[0].down_bytes == 500


def test_a_slow_line_keeps_to_its_rate_and_is_let_go_when_the_network_changes(
    proxy: FaultProxy, server: Server
) -> None:
    proxy.be(Slow(bits_per_s=16_000))
    begun = time.monotonic()
    assert ask(proxy)[1] == ANSWER
    assert time.monotonic() - begun >= 0.8 * (len(SENT) + len(ANSWER)) * 8 / 16_000
    proxy.be(Slow(bits_per_s=80))
    threading.Timer(0.3, proxy.be, [Clear()]).start()
    assert ask(proxy)[1] == ANSWER
    assert len(server.received) == 2


def test_a_swallowed_answer_leaves_the_work_done(proxy: FaultProxy, server: Server) -> None:
    proxy.be(Swallow(silent_s=0.1))
    with pytest.raises((OSError, HTTPException)):
        ask(proxy)
    assert server.received == [SENT]
    [passage] = proxy.met(Swallow)
    wait_for("the proxy is done", lambda: passage.is_over)
    assert (passage.is_answered, passage.down_bytes) == (True, 0)


@pytest.mark.parametrize(("fault", "status"), [(BadGateway(), 502), (Portal(), 200)])
def test_a_page_of_somebody_elses_comes_instead_of_the_server(
    proxy: FaultProxy, server: Server, fault: Fault, status: int
) -> None:
    proxy.be(fault)
    answer, body = ask(proxy)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html")
    assert body.startswith(b"<")
    assert server.received == []


def test_a_seed_draws_the_same_faults_again_and_all_of_them() -> None:
    first, again = mixed(7), mixed(7)
    drawn = [first("/") for _ in range(200)]
    assert drawn == [again("/") for _ in range(200)]
    assert {type(fault) for fault in drawn} == {Clear, Refuse, Cut, Slow, Swallow, BadGateway, Portal}


def test_ending_closes_a_connection_that_has_asked_nothing(server: Server) -> None:
    with FaultProxy(server.server_port) as proxy:
        idle = socket.create_connection(("127.0.0.1", proxy.port), timeout=ENDS_WITHIN_S)
        wait_for("the proxy has taken the connection", lambda: proxy.connection_count == 1)
        begun = time.monotonic()
    assert time.monotonic() - begun < ENDS_WITHIN_S
    with idle:
        assert _sees_the_end(idle)


def _sees_the_end(connection: socket.socket) -> bool:
    """Tell whether the other side closed, politely or not. Waits until the connection's time-out, which is raised."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
