"""An installation of Rond that runs as it does for an operator: its own processes, its own data folder, a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask

from fieldapp import create_app
from fieldapp.settings import Settings
from tests.browser.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
OF_THE_PROGRAM = ("fieldapp", "migrations", "wsgi.py", "static/pwa/dist", "static/desk/dist")
STOP_S = 30


class Installation:
    """One data folder and the processes that serve it. The server keeps its address when it is started again."""

    def __init__(self, data_dir: Path, program: Path = ROOT) -> None:
        self.data_dir, self.program = data_dir, program
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Return where the processes write."""
        return self.data_dir / "server.log"

    def environment(self) -> dict[str, str]:
        """Return the processes' environment: an operator's settings and nothing of this machine's."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ROND_")}
        own = {"ROND_DATA_DIR": str(self.data_dir), "ROND_PORT": str(self.port), "ROND_SERVER_PROCESSES": "1"}
        return {**inherited, **own, "ROND_SIGN_IN_LIMIT": "1000 per minute", "PYTHONUNBUFFERED": "1"}

    def run(self, *command: str) -> str:
        """Run a command of the operator to its end and return what it said."""
        return subprocess.run(
            [sys.executable, "-m", "fieldapp", *command],
            cwd=self.program,
            env=self.environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            check=True,
        ).stdout

    def start(self) -> None:
        """Start the server and the worker, and return when they answer."""
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "fieldapp", "serve", "--with-worker"],
                cwd=self.program,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._server = server

        def answers() -> bool:
            assert server.poll() is None, f"the server ended:\n{self.log.read_text(encoding='utf-8')}"
            return self.is_up()

        wait_for("the server answers", answers, seconds=40)

    def is_up(self) -> bool:
        """Tell whether the server answers."""
        try:
            with urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop the processes as an operator does, and see that nothing answers any more."""
        server = self._server
        assert server is not None, "the server was not started"
        server.send_signal(signal.SIGTERM)
        server.wait(STOP_S)
        self._server = None
        assert not self.is_up()

    def kill(self) -> None:
        """End the processes at once, without a chance to tidy. Do nothing when none runs."""
        if self._server is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(STOP_S)
        self._server = None

    def app(self) -> Flask:
        """Make the application on the same data, to look at it with the app's own queries."""
        settings = Settings.from_env({name: value for name, value in self.environment().items() if "ROND_" in name})
        return create_app(replace(settings, is_testing=True))


def free_port() -> int:
    """Return a port on this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def copy_program(folder: Path) -> Path:
    """Copy what an operator installs into a folder, so that a test may release a new version there."""
    for name in OF_THE_PROGRAM:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    return folder
