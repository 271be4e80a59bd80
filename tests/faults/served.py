"""An installation served as an operator serves it, whose processes can be killed one by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.browser.installation import ROOT, free_port

START_S = 40.0
LOOK_EVERY_S = 0.02


class Served:
    """One data folder and database, and the processes that serve them at one port."""

    def __init__(self, data_dir: Path, database_url: str, *, processes: int = 2) -> None:
        self.data_dir, self.database_url, self.processes = data_dir, database_url, processes
        self.port = free_port()
        self.log = data_dir / "server.log"
        self._serve: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start `fieldapp serve`, and return when it answers."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ROND_")}
        own = {
            "ROND_DATA_DIR": str(self.data_dir),
            "ROND_DATABASE_URL": self.database_url,
            "ROND_PORT": str(self.port),
            "ROND_SERVER_PROCESSES": str(self.processes),
            "ROND_SECRET_KEY": "for tests only " * 4,
            "ROND_SIGN_IN_LIMIT": "1000 per minute",
        }
        with self.log.open("ab") as log:
            self._serve = subprocess.Popen(
                [sys.executable, "-m", "fieldapp", "serve"],
                cwd=ROOT,
                env={**inherited, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait("the server answers", self._answers)

    def workers(self) -> list[int]:
        """Return the process ids of gunicorn's workers."""
        return [worker for master in self.masters() for worker in _children(master)]

    def masters(self) -> list[int]:
        """Return the process id of gunicorn's master, if it runs."""
        return _children(self._serve.pid) if self._serve is not None else []

    def kill_worker(self, choose: Callable[[list[int]], int]) -> None:
        """Kill one worker at once. Its master starts another."""
        workers = self.workers()
        if workers:
            kill(choose(workers))

    def kill_master(self) -> None:
        """Kill gunicorn's master at once, and start the server again when its workers have noticed and gone."""
        orphans = self.workers()
        for master in self.masters():
            kill(master)
        self._wait("the orphaned workers go", lambda: not any(map(_is_alive, orphans)))
        self._end()
        self.start()

    def kill_all(self) -> None:
        """Kill every process at once, as when the machine stops, and start again."""
        assert self._serve is not None
        os.killpg(self._serve.pid, signal.SIGKILL)
        self._end()
        self.start()

    def stop(self) -> None:
        """Stop the processes as an operator does."""
        if self._serve is not None and self._serve.poll() is None:
            self._serve.send_signal(signal.SIGTERM)
        self._end()

    def _end(self) -> None:
        if self._serve is None:
            return
        try:
            self._serve.wait(START_S)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._serve.pid, signal.SIGKILL)
            self._serve.wait(START_S)
        self._serve = None

    def _answers(self) -> bool:
        assert self._serve is not None
        assert self._serve.poll() is None, f"the server ended:\n{self.log.read_text(errors='replace')[-4000:]}"
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    @staticmethod
    def _wait(what: str, look: Callable[[], bool]) -> None:
        end = time.monotonic() + START_S
        while not look():
            assert time.monotonic() < end, f"{what}: not in {START_S:.0f} s"
            time.sleep(LOOK_EVERY_S)


def kill(process: int) -> None:
    """End a process at once, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _children(process: int) -> list[int]:
    found = {int(path.name): _state(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    return sorted(child for child, state in found.items() if state is not None and state[1] == process)


def _is_alive(process: int) -> bool:
    return _state(process) is not None


def _state(process: int) -> tuple[str, int] | None:
    """Return a process' state and parent, None when it has ended."""
    try:
        words = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if words[0] in "ZX" else (words[0], int(words[1]))
