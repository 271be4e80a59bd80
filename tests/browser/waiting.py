"""Waiting for what the browser's driver does not wait for: a process, a row, a page that has stopped changing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Page

T = TypeVar("T")

LOOK_EVERY_S = 0.05
_AT_REST = """async () => {
    // A page is told of new colours when its next frame is made, and has them in the one after.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const brief = document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime));
    await Promise.all(brief.map((each) => each.finished.catch(() => undefined)));
}"""


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


def come_to_rest(page: Page) -> None:
    """Wait until a page shows what it has been told, and moves no more."""
    page.evaluate(_AT_REST)
