"""Who is at work on an installation: server and worker say so for as long as they live, so that a restore can see them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRESENCE_FILE = "at_work.lock"


class InUse(Exception):
    """A server or a worker of this installation is running."""


@contextmanager
def at_work(data_dir: Path) -> Iterator[int]:
    """Be seen to work on the installation. Yield the descriptor, to be handed to child processes that outlive us.

    Raises:
        InUse: a restore is going on.
    """
    with _held(data_dir, fcntl.LOCK_SH) as fd:
        yield fd


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Keep server and worker from starting.

    Raises:
        InUse: one is running.
    """
    with _held(data_dir, fcntl.LOCK_EX):
        yield


@contextmanager
def _held(data_dir: Path, how: int) -> Iterator[int]:
    data_dir.mkdir(parents=True, exist_ok=True)
    fd = os.open(data_dir / PRESENCE_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse from error
        yield fd
    finally:
        os.close(fd)
