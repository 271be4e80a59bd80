"""Waiting for a state outside the browser: a process, a file, a row."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.05


def wait_for(what: str, look: Callable[[], T | None], *, seconds: float = 20.0) -> T:
    """Return the first thing `look` finds (anything but None, False and empty).

    Raises:
        AssertionError: it found nothing in time; says what was waited for.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not in {seconds:.0f} s")
        time.sleep(LOOK_EVERY_S)
