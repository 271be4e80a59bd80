"""Writers of one SQLite file take turns.

SQLite lets a writer that finds another at work sleep for a time that it guesses, and sleep longer the next time, while the
file stands idle. Who waits for a turn is let in when it is free. The turn is a courtesy: what keeps two writers apart is
SQLite's own lock, so one who has waited long enough goes on without it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

WAIT_S_MAX = 15.0
"""How long a writer waits for its turn; then SQLite's own patience begins."""
_LOOK_S = 0.0005

_here: dict[str, threading.Lock] = {}


@contextmanager
def writers_turn(database: str) -> Iterator[None]:
    """Be the one who writes to the file `database`, among the threads and processes that ask for it here."""
    end = time.monotonic() + WAIT_S_MAX
    among_threads = _here.setdefault(database, threading.Lock())
    is_first = among_threads.acquire(timeout=WAIT_S_MAX)
    try:
        with _among_processes(f"{database}.turn", end):
            yield
    finally:
        if is_first:
            among_threads.release()


@contextmanager
def _among_processes(path: str, end: float) -> Iterator[None]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        while not _take(fd) and time.monotonic() < end:
            time.sleep(_LOOK_S)
        yield
    finally:
        os.close(fd)


def _take(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
