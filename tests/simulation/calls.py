"""Ask the application as a web server does, and let one request stand still between two statements while others are served."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from tests.simulation.faults import Faults, Plan, Stop

Answer = dict[str, Any]
STANDSTILL_S = 60


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrives at the server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    plan: Plan | None = None
    length: int | None = None
    """What the headers say of the body's length; None when all of it has come."""


@dataclass(slots=True)
class _Paused:
    """A request that stands still in a thread of its own."""

    what: str
    at: int
    thread: threading.Thread | None = None
    is_locking: bool = False
    is_killed: bool = False
    count: int = 0
    answer: Answer | None = None
    error: BaseException | None = None
    here: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


class Caller:
    """Serves requests one at a time, but for one that may stand still meanwhile."""

    def __init__(self, app: Flask, faults: Faults) -> None:
        self._app, self._faults = app, faults
        self._paused: _Paused | None = None
        faults.on_statement = self._on_statement
        faults.on_begin = lambda: self._stand_still("transaction")
        faults.on_end = self._on_end

    def serve(self, request: Request) -> Answer:
        """Serve a request. A writer waits for the one that stands still with the lock in its hand, as at the database."""
        if _is_writer(request):
            self.end_pause_for_writer()
        return self._serve(request)

    def serve_slowly(self, request: Request, what: str, at: int) -> bool:
        """Begin a request that stands still before its `at`th statement or transaction. Return whether it does; else it is done."""
        self.end_pause(is_killed=False)
        paused = self._paused = _Paused(what, at)

        def run() -> None:
            try:
                paused.answer = self._serve(request)
            except BaseException as error:
                paused.error = error
            paused.here.set()

        paused.thread = threading.Thread(target=run, daemon=True)
        paused.thread.start()
        _wait(paused.here)
        if paused.error is not None:
            raise paused.error
        return paused.answer is None

    def end_pause(self, *, is_killed: bool) -> Answer | None:
        """Let the request that stands still come to its end (or be killed), and return its answer."""
        paused = self._paused
        if paused is None:
            return None
        paused.is_killed = is_killed
        self._finish_silently()
        self._paused = None
        return paused.answer

    def end_pause_for_writer(self) -> None:
        """Somebody else wants to write: whoever stands still with the lock in its hand goes first."""
        if self._paused is not None and self._paused.is_locking:
            self._finish_silently()

    def _finish_silently(self) -> None:
        paused = self._paused
        if paused is None or paused.thread is None:
            return
        paused.go_on.set()
        paused.thread.join(STANDSTILL_S)
        if paused.thread.is_alive():
            raise RuntimeError("a request never came to its end")
        if paused.error is not None:
            raise paused.error

    def _serve(self, request: Request) -> Answer:
        self._faults.begin(request.plan)
        status: list[str] = []
        headers: list[tuple[str, str]] = []

        def start_response(line: str, given: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], Any]:
            status.append(line)
            headers.extend(given)
            return lambda _content: None

        try:
            parts = self._app.wsgi_app(_environ(request), start_response)
            body = b"".join(parts)
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        except Stop:
            return {"stopped": True}
        known = {name.lower(): value for name, value in headers}
        return {
            "status": int(status[0].split()[0]),
            "type": known.get("content-type", ""),
            "retry_after": known.get("retry-after"),
            "cookie": known.get("set-cookie"),
            "body": body.decode("utf-8", "replace"),
            "is_harmed": self._faults.is_fired,
        }

    def _on_statement(self, statement: str) -> bool:
        is_killed = self._stand_still("statement")
        paused = self._paused
        if paused is not None and threading.current_thread() is paused.thread:
            paused.is_locking = paused.is_locking or "FOR UPDATE" in statement or statement == "BEGIN IMMEDIATE"
        return is_killed

    def _stand_still(self, what: str) -> bool:
        """Stand still where that was asked for; tell whether the request is killed there."""
        paused = self._paused
        if paused is None or threading.current_thread() is not paused.thread or paused.what != what:
            return False
        paused.count += 1
        if paused.count != paused.at:
            return False
        paused.here.set()
        _wait(paused.go_on)
        return paused.is_killed

    def _on_end(self) -> None:
        paused = self._paused
        if paused is not None and threading.current_thread() is paused.thread:
            paused.is_locking = False


def _wait(for_what: threading.Event) -> None:
    if not for_what.wait(STANDSTILL_S):
        raise RuntimeError("a request stood still for ever")


def _is_writer(request: Request) -> bool:
    return request.method != "GET"


def _environ(request: Request) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body) if request.length is None else request.length),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
