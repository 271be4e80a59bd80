"""A proxy between a browser and the server that fails as networks do: told to at run time, or by a seeded schedule.

The phone's address is the proxy's, for good: what stands between it and the server changes under it. Each request has a
connection of its own, so that a fault meets one request and not its neighbours.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from tests.browser.installation import free_port

HEAD_BYTES_MAX = 65_536
BLOCK_BYTES = 4_096
SLICE_S = 0.1
"""A slow line passes bytes this often: a rate is kept over any time longer than this."""
PORTAL_PAGE = b"<!doctype html><title>Welcome</title><form action='/accept'><button>Accept the terms</button></form>"
GATEWAY_PAGE = b"<html><h1>502 Bad Gateway</h1></html>"


@dataclass(frozen=True, slots=True)
class Clear:
    """Everything passes."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nobody listens. By a schedule, a connection is closed as soon as it has asked."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection breaks when this many bytes of request and answer have passed."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class Slow:
    """Bytes pass at a rate, each way; with `after_bytes` the connection breaks when so many of request and answer have."""

    bits_per_s: float = 1_000.0
    after_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Swallow:
    """The server does its work and answers, and the answer never comes: silence, then the connection breaks."""

    silent_s: float = 0.3


@dataclass(frozen=True, slots=True)
class BadGateway:
    """Something before the server answers 502 with a page of its own."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A captive portal answers everything with its page: 200, HTML."""


Fault = Clear | Refuse | Cut | Slow | Swallow | BadGateway | Portal
Schedule = Callable[[str], Fault]
"""Which fault meets the next request, by its path."""


@dataclass(slots=True)
class Passage:
    """One request that came, what it met, and the bytes that passed upwards and downwards."""

    method: str
    path: str
    fault: Fault
    up_bytes: int = 0
    down_bytes: int = 0
    is_answered: bool = False
    """The server has given its whole answer."""
    is_over: bool = False


class _Broken(Exception):
    """The connection ends here."""


class FaultProxy:
    """Listens on a port of its own (or a given one) and passes requests on to the server's port."""

    def __init__(self, server_port: int, port: int | None = None) -> None:
        self._server_port = server_port
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.passages: list[Passage] = []
        self._schedule: Schedule = always(Clear())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._listener: asyncio.Server | None = None
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> FaultProxy:
        """Begin to listen."""
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Close every connection."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def connection_count(self) -> int:
        """Return how many connections are open now, idle ones too."""
        return len(self._connections)

    def be(self, fault: Fault) -> None:
        """Meet every request from now on with one fault. What is being slowed down or held is let go."""
        self.follow(always(fault), is_listening=not isinstance(fault, Refuse))

    def follow(self, schedule: Schedule, *, is_listening: bool = True) -> None:
        """Ask a schedule for each request from now on."""
        self._schedule = schedule
        self._run(self._change(is_listening))

    def met(self, kind: type[Fault], path: str = "/api/") -> list[Passage]:
        """Return the requests below a path that met a kind of fault, in order."""
        return [one for one in self.passages if isinstance(one.fault, kind) and one.path.startswith(path)]

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _change(self, is_listening: bool) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        if is_listening:
            await self._listen()
        else:
            await self._close()

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._accept, "127.0.0.1", self.port, limit=HEAD_BYTES_MAX, reuse_address=True
            )

    async def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _end(self) -> None:
        await self._close()
        await asyncio.sleep(0.01)  # one that was accepted just now has to begin before it can be ended
        while self._connections:
            ended = list(self._connections)
            for connection in ended:
                connection.cancel()
            await asyncio.gather(*ended, return_exceptions=True)
        await asyncio.sleep(0)  # what was broken off is closed in the loop's next turn

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._serve(reader, writer)
        except (_Broken, OSError, EOFError, asyncio.LimitOverrunError):
            writer.transport.abort()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._connections.discard(connection)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = _one_request_only(await reader.readuntil(b"\r\n\r\n"))
        method, path, *_rest = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
        passage = Passage(method, path, self._schedule(path))
        self.passages.append(passage)
        line = _Line(passage, self._changed)
        body = _body_bytes(head)
        try:
            match passage.fault:
                case Refuse():
                    raise _Broken
                case BadGateway():
                    await self._answer(reader, writer, body, b"502 Bad Gateway", GATEWAY_PAGE)
                case Portal():
                    await self._answer(reader, writer, body, b"200 OK", PORTAL_PAGE)
                case _:
                    await self._pass_on(head, body, (reader, writer), line)
            writer.close()
        finally:
            passage.is_over = True

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body_bytes: int, status: bytes, page: bytes
    ) -> None:
        """Read the request to its end, as whoever answers in the server's place does, and give it a page."""
        await reader.readexactly(body_bytes)
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        writer.write(head % (status, len(page)) + page)
        await writer.drain()

    async def _pass_on(
        self, head: bytes, body_bytes: int, phone: tuple[asyncio.StreamReader, asyncio.StreamWriter], line: _Line
    ) -> None:
        from_phone, to_phone = phone
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        upwards = asyncio.create_task(_send_up(head, body_bytes, from_phone, to_server, line))
        try:
            await _send_down(from_server, to_phone, upwards, line)
        finally:
            upwards.cancel()
            with suppress(_Broken, OSError, EOFError, asyncio.CancelledError):
                await upwards
            to_server.transport.abort()


class _Line:
    """The way between phone and server for one request: counts, slows down, breaks."""

    def __init__(self, passage: Passage, changed: asyncio.Event) -> None:
        self.passage, self._changed = passage, changed

    def allowed(self) -> int:
        """Return how many bytes may pass in one go."""
        fault, passed = self.passage.fault, self.passage.up_bytes + self.passage.down_bytes
        left = BLOCK_BYTES
        if isinstance(fault, Slow) and not self._changed.is_set():
            left = max(1, int(fault.bits_per_s / 8 * SLICE_S))
        if isinstance(fault, Cut | Slow) and fault.after_bytes is not None:
            left = min(left, max(0, fault.after_bytes - passed))
        return left

    async def send(self, block: bytes, to: asyncio.StreamWriter, *, is_up: bool) -> None:
        """Pass a block on.

        Raises:
            _Broken: the connection breaks; what was allowed to pass has passed.
        """
        while block:
            size = self.allowed()
            now, block = block[:size], block[size:]
            to.write(now)
            await to.drain()
            if is_up:
                self.passage.up_bytes += len(now)
            else:
                self.passage.down_bytes += len(now)
            if self.allowed() == 0:
                raise _Broken
            if isinstance(self.passage.fault, Slow):
                await self.rest(SLICE_S)

    async def rest(self, seconds: float) -> None:
        """Wait, or until the network has changed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)


async def _send_up(
    head: bytes, body_bytes: int, phone: asyncio.StreamReader, to: asyncio.StreamWriter, line: _Line
) -> None:
    await line.send(head, to, is_up=True)
    while body_bytes > 0:
        block = await phone.read(min(BLOCK_BYTES, body_bytes))
        if not block:
            raise _Broken
        body_bytes -= len(block)
        await line.send(block, to, is_up=True)


async def _send_down(
    server: asyncio.StreamReader, to: asyncio.StreamWriter, upwards: asyncio.Task[None], line: _Line
) -> None:
    answer = asyncio.create_task(server.read(BLOCK_BYTES))
    await asyncio.wait({answer, upwards}, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done() and upwards.exception() is not None:
        answer.cancel()
        raise _Broken
    while block := await answer:
        if not isinstance(line.passage.fault, Swallow):
            await line.send(block, to, is_up=False)
        answer = asyncio.create_task(server.read(BLOCK_BYTES))
    line.passage.is_answered = True
    if isinstance(line.passage.fault, Swallow):
        await line.rest(line.passage.fault.silent_s)
        raise _Broken


def _one_request_only(head: bytes) -> bytes:
    """Ask for the connection to be closed after this request."""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"


def _body_bytes(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return 0


def always(fault: Fault) -> Schedule:
    """Return the schedule that knows one fault."""
    return lambda _path: fault


def mixed(seed: int) -> Schedule:
    """Return a schedule that meets every second request with a fault drawn by a seed. None lasts: each try may get through."""
    draws = _draws(random.Random(seed))
    return lambda _path: next(draws)


def poor(seed: int, bits_per_s: float, cut_every_s: float) -> Schedule:
    """Return the schedule of a slow line that breaks every so often on average: a request as long as that may end early."""
    rng = random.Random(seed)
    return lambda _path: Slow(bits_per_s, after_bytes=int(rng.expovariate(1 / cut_every_s) * bits_per_s / 8))


def _draws(rng: random.Random) -> Iterator[Fault]:
    kinds: tuple[Callable[[], Fault], ...] = (
        Refuse,
        lambda: Cut(int(10 ** rng.uniform(1, 5.3))),
        lambda: Slow(rng.choice((100_000.0, 1_000_000.0))),
        lambda: Swallow(rng.uniform(0, 0.6)),
        BadGateway,
        Portal,
    )
    # Each kind has its turn before one comes again: a round is not many requests.
    turns: list[Callable[[], Fault]] = []
    while True:
        if rng.random() < 1 / 2:
            yield Clear()
            continue
        turns = turns or rng.sample(kinds, len(kinds))
        yield turns.pop()()
