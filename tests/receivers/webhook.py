"""A listener for signed calls as a process of its own: `python -m tests.receivers.webhook <secret>`. It prints its port.

It keeps one order for each idempotency key. `/_moods` takes faults, one a call; `/_account` tells what came.
ok, 500 (before it keeps), 500_after, lost, slow, busy, no (400), elsewhere (a redirect).
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
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from fieldapp.export.signatures import HEADER, is_signed

KEEPS = frozenset({"ok", "500_after", "lost", "slow"})
CODES = {"ok": 200, "slow": 200, "500": 500, "500_after": 500, "busy": 429, "no": 400, "elsewhere": 302}
SLOW_S = 0.6
_lock = threading.Lock()


class Listener(BaseHTTPRequestHandler):
    """Takes calls."""

    secret: str
    moods: ClassVar[list[str]] = []
    orders: ClassVar[dict[str, dict[str, Any]]] = {}
    calls: ClassVar[list[dict[str, Any]]] = []

    def log_message(self, *_: Any) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        """Tell what came."""
        self._say(200, {"orders": self.orders, "calls": self.calls})

    def do_POST(self) -> None:
        """Take a call, or the moods of those to come."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/_moods":
            self.moods[:] = json.loads(body)
            self.orders.clear()
            self.calls.clear()
            self._say(200, {})
            return
        with _lock:
            mood = self.moods.pop(0) if self.moods else "ok"
            key, is_true = str(self.headers["Idempotency-Key"]), self._is_signed(body)
            case, action = json.loads(body), self.headers["X-Action"]
            self.calls.append({"key": key, "mood": mood, "is_signed": is_true, "action": action})
            if is_true and mood in KEEPS:
                self.orders.setdefault(key, {"action": action, **case})
        self._answer(mood if is_true else "no", case)

    def _is_signed(self, body: bytes) -> bool:
        header = self.headers[HEADER] or ""
        said_at = header.partition("t=")[2].partition(",")[0]
        return is_signed(header, body, [self.secret], datetime.fromtimestamp(int(said_at or 0), UTC))

    def _answer(self, mood: str, case: dict[str, Any]) -> None:
        if mood == "slow":
            time.sleep(SLOW_S)
        if mood == "lost":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._say(CODES[mood], {"external_id": f"W-{case['case_no']}"})

    def _say(self, code: int, said: Any) -> None:
        body = json.dumps(said).encode()
        with contextlib.suppress(OSError):
            self.send_response(code)
            if code == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


@dataclass(frozen=True, slots=True)
class Running:
    """A listener that runs."""

    port: int

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}/cases"

    def moods(self, *moods: str) -> None:
        """Forget what came, and behave like this."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_moods", json.dumps(moods).encode()):
            pass

    def account(self) -> dict[str, Any]:
        """Return the orders it keeps, by key, and the calls it got."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_account") as answer:
            told: dict[str, Any] = json.load(answer)
            return told


@contextlib.contextmanager
def running_listener(secret: str) -> Iterator[Running]:
    """Start one, and end it."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.receivers.webhook", secret]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Running(int(process.stdout.readline()))
        finally:
            process.terminate()


def main() -> None:
    """Listen until told to end."""
    Listener.secret = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.daemon_threads = True
    print(server.server_port, flush=True)  # noqa: T201 - its parent reads the port
    server.serve_forever()


if __name__ == "__main__":
    main()
