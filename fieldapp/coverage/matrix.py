"""The matrix of weekdays and parts of day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from fieldapp.coverage.days import PARTS, days_between
from fieldapp.coverage.numbers import Inheriting
from fieldapp.coverage.packed import add_counts
from fieldapp.coverage.states import Cell, MatrixCell
from fieldapp.coverage.targets import Target

WEEKDAYS = range(7)


def make_matrix(
    from_day: date, to_day: date, asked: Sequence[Target], known: Inheriting, cells: Iterable[Cell]
) -> dict[tuple[int, str], MatrixCell]:
    """Return of each weekday and part of day what was seen of the targets that are asked for."""
    wanted = np.array([known.of[target.id] for target in asked if target.id in known.of], np.int64)
    sums = {(weekday, part): (known.zeros(), known.zeros(), known.zeros()) for weekday in WEEKDAYS for part in PARTS}
    for at, seen, told, unknown in cells:
        walked, said, maybe = sums[at.day.weekday(), at.part]
        add_counts(walked, seen)
        add_counts(said, told)
        add_counts(maybe, unknown)
    weekdays = [day.weekday() for day in days_between(from_day, to_day)]
    found = {}
    for (weekday, part), (walked, said, maybe) in sums.items():
        known.heritage.hand_on(walked, said, maybe)
        is_seen = (walked[wanted] > 0) | (said[wanted] > 0)
        found[weekday, part] = MatrixCell(
            target_count=len(asked),
            seen_count=int(is_seen.sum()),
            unknown_count=int((~is_seen & (maybe[wanted] > 0)).sum()),
            visit_count=int(walked[wanted].sum()),
            day_count=weekdays.count(weekday),
        )
    return found
