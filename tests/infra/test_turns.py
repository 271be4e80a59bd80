"""Writers of one file come one after another, threads and processes; whoever waits too long goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fieldapp.infra import turns
from fieldapp.infra.turns import writers_turn

HOLD = """
import sys
from fieldapp.infra.turns import writers_turn
with writers_turn(sys.argv[1]):
    print("in", flush=True)
    sys.stdin.read()
"""


def test_threads_write_one_after_another(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        for _ in range(20):
            with writers_turn(str(tmp_path / "rond.sqlite3")):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0002)
                inside.pop()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert most == [1] * 80


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    database = str(tmp_path / "rond.sqlite3")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        had_it = threading.Event()

        def write() -> None:
            with writers_turn(database):
                had_it.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert not had_it.wait(0.05)
        other.stdin.close()
        assert had_it.wait(10)
        writer.join()


def test_whoever_has_waited_long_enough_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_S_MAX", 0.02)
    database = str(tmp_path / "rond.sqlite3")
    done = threading.Event()

    def write() -> None:
        with writers_turn(database):
            done.set()

    with writers_turn(database):
        writer = threading.Thread(target=write)
        writer.start()
        assert done.wait(10)
    writer.join()
    with writers_turn(database):
        pass
