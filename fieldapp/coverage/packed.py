"""Numbers of targets, and how many walks each has, packed into bytes: whole numbers, the least significant byte first. Pure.

A part of a day holds some thousands of targets. A row for each would make a month a few hundred thousand rows; packed, a year
is read in a few milliseconds, and two of them are added in one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

NUMBER, COUNT = "<u4", "<u2"


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Pack the numbers of targets, each once, in order."""
    import numpy as np  # only who reads or counts coverage needs it

    return np.array(sorted(set(numbers)), NUMBER).tobytes()


def unpack_numbers(packed: bytes) -> Counts:
    """Return packed numbers."""
    import numpy as np

    return np.frombuffer(packed, NUMBER).astype(np.int64)


def pack_counts(counts: Counts) -> bytes:
    """Pack how many walks each target has, by its number. What comes after the last that has any is left out."""
    import numpy as np

    used = np.flatnonzero(counts)
    return counts[: used[-1] + 1 if len(used) else 0].astype(COUNT).tobytes()


def add_counts(total: Counts, packed: bytes) -> None:
    """Add packed counts to an array that is as long as there are targets."""
    import numpy as np

    found = np.frombuffer(packed, COUNT)
    total[: len(found)] += found


def changed_counts(packed: bytes, more: Counts, less: Counts) -> bytes:
    """Return packed counts with one more for each number in `more` and one less for each in `less`."""
    import numpy as np

    size = max(len(packed) // 2, *(int(numbers[-1]) + 1 if len(numbers) else 0 for numbers in (more, less)))
    counts = np.zeros(size, np.int64)
    add_counts(counts, packed)
    counts[more] += 1
    counts[less] -= 1
    return pack_counts(np.maximum(counts, 0))
