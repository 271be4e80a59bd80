"""Which of all steps a run stops at: every one by `make crash`, some in a run of all tests."""

from __future__ import annotations

import os
from collections.abc import Sequence

EVERY_NTH = int(os.environ.get("ROND_TEST_CRASH_EVERY", "9"))


def chosen(steps: Sequence[str], first: int = 0, every: int = EVERY_NTH) -> list[int]:
    """Return every n-th step from `first` on, the last one, and whatever touches a commit."""
    return [
        number
        for number in range(first, len(steps))
        if (number - first) % every == 0 or number == len(steps) - 1 or "commit" in steps[number]
    ]
