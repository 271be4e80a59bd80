"""What a request may cost in memory, and how an answer that refuses looks, to the letter."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MIB = 1024 * 1024


@contextmanager
def within_memory(bytes_max: int) -> Iterator[None]:
    """See that nothing in here ever holds more than so many bytes besides what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        yield
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert peak <= bytes_max, f"{peak / MIB:.1f} MiB held, at most {bytes_max / MIB:.1f} allowed"


def problem(status: int, code: str, detail: str = "", **members: Any) -> dict[str, Any]:
    """Return the JSON of a refusal."""
    return {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **members}
