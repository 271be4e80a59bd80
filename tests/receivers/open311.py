"""A small Open311 endpoint as a process of its own: `python -m tests.receivers.open311`. It prints its port.

`/v2/…` is the interface; `/_moods` sets how it behaves, `/_tell` lets its people change an order, `/_account` tells what came.
Faults of a plan, one a request:

ok             nothing
500            refuses before it looks
500_after      does what was asked, and says 500
lost           does what was asked, and closes without an answer
cut            does what was asked, and stops in the middle of the answer
closed         closes before it looks
slow           does what was asked, and answers later than anybody waits
html           says 200 and sends a page of something else
busy           429, come back in a second
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.receivers.open311_desk import Desk, Reply, fault, written

DOES_FIRST = frozenset({"500_after", "lost", "cut", "slow"})
BASE = "/v2"


class Handler(BaseHTTPRequestHandler):
    """One request to the endpoint."""

    desk: Desk
    lock = threading.Lock()
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve("POST")

    def _serve(self, method: str) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if address.path.startswith("/_"):
            self._control(address.path, body)
            return
        path, _dot, form = address.path.removeprefix(BASE).rpartition(".")
        asked = parse_qs(address.query if method == "GET" else body, keep_blank_values=True)
        with self.lock:
            moods = self.desk.moods
            plan = moods.get_plan if method == "GET" else moods.post_plan
            mood = plan.pop(0) if plan else "ok"
            reply = self.desk.answer(method, path, asked) if mood in DOES_FIRST or mood == "ok" else None
        self._reply(mood, reply, form, moods.slow_s)

    def _reply(self, mood: str, reply: Reply | None, form: str, slow_s: float) -> None:
        if mood in ("lost", "closed"):
            self._hang_up()
            return
        if mood == "slow":
            time.sleep(slow_s)
        elif mood in ("500", "500_after"):
            reply = fault(500, "CRM is down")
        elif mood == "busy":
            reply = fault(429, "too many")
        elif mood == "html":
            reply = Reply(200, "", "", [], b"<!doctype html><title>Sign in to the network</title>")
        assert reply is not None
        body, media_type = written(reply, form)
        self.send_response(reply.code)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if mood == "busy":
            self.send_header("Retry-After", "1")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body[: len(body) // 2] if mood == "cut" else body)
        if mood == "cut":
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _control(self, path: str, body: str) -> None:
        given = json.loads(body or "{}")
        with self.lock:
            if path == "/_reset":
                self.desk.reset()
            if path in ("/_reset", "/_moods"):
                self.desk.moods = replace(self.desk.moods, **given)
            elif path == "/_tell":
                self.desk.tell(given.pop("id"), given.pop("status"), given.pop("notes", ""), **given)
            answer = json.dumps({**self.desk.account(), "moods": asdict(self.desk.moods)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class Endpoint:
    """A running endpoint as a test holds it."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, f"http://127.0.0.1:{port}{BASE}"

    def _say(self, path: str, **given: Any) -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(given).encode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def reset(self, **moods: Any) -> None:
        """Forget everything, and behave so from now on."""
        self._say("/_reset", **moods)

    def behave(self, **moods: Any) -> None:
        """Behave so from now on."""
        self._say("/_moods", **moods)

    def tell(self, number: str, status: str, notes: str = "", **more: Any) -> None:
        """Let the endpoint's people change an order."""
        self._say("/_tell", id=number, status=status, notes=notes, **more)

    def account(self) -> Any:
        """Return what came and what stands."""
        return self._say("/_account")


@contextlib.contextmanager
def running_endpoint() -> Iterator[Endpoint]:
    """Start the endpoint as a process, and end it."""
    command = [sys.executable, "-m", "tests.receivers.open311"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Endpoint(int(process.stdout.readline()))
        finally:
            process.terminate()


def main() -> None:
    """Serve on a free port until ended."""
    Handler.desk = Desk()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)  # noqa: T201 - its parent reads the port
    server.serve_forever()


if __name__ == "__main__":
    main()
