"""Reads of what is counted: seen, not seen or unknown, for any days and parts of them. A constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.coverage.days import DayPart
from fieldapp.coverage.models import CoverageDay, WalkDay
from fieldapp.coverage.numbers import Inheriting, numbers
from fieldapp.coverage.packed import add_counts
from fieldapp.coverage.queries import Clock, clocks
from fieldapp.coverage.rules import NOT_SEEN, SEEN, UNKNOWN
from fieldapp.coverage.targets import Target, targets
from fieldapp.infra.db import db

if TYPE_CHECKING:
    from fieldapp.coverage.packed import Counts

NEVER = Clock(None, is_inherited=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a target stands in a period, and when it was last seen at all (whether in the period or not)."""

    target: Target
    state: str
    """`seen`, `not_seen` or `unknown`: not seen, and a gap of a round may have covered it. `told` is no state of its own:
    a target that hosts only say they passed is `seen`, with `is_told`."""
    is_told: bool
    """Seen by hosts' own word alone ("vi gick här ändå")."""
    seen_count: int
    """Walks that saw it, each counted once in a part of a day."""
    is_inherited: bool
    """Seen only as the pieces that ran there before it were."""
    told_count: int
    unknown_count: int
    day_count: int
    """Days on which it was seen, told ones included."""
    clock: Clock


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """One weekday and part of day of a zone over a period."""

    target_count: int
    """How many targets are asked for in the zone."""
    seen_count: int
    """How many of them were seen at least once."""
    unknown_count: int
    """How many were not seen and may have been."""
    visit_count: int
    """Sum over targets of the walks that saw each."""
    day_count: int
    """How many days of this weekday the period has."""


def states(
    from_day: date, to_day: date, parts: Collection[str] | None = None, *, zone_id: UUID | None = None
) -> dict[UUID, Standing]:
    """Return how every target that is asked for stands in the days `from_day` to `to_day` (both included), by target id.

    `parts` (of `days.PARTS`; None: all) and `zone_id` (None: everywhere) narrow it. Rounds that are not over count for nothing.
    """
    asked = targets()
    wanted = asked.all if zone_id is None else asked.by_zone.get(zone_id, ())
    known = numbers(asked)
    sums = _Sums(known)
    for _at, seen, told, unknown in _cells(from_day, to_day, parts):
        sums.add(_at, seen, told, unknown)
    seen_at = clocks()
    return {
        target.id: sums.standing(target, known.of.get(target.id), seen_at.get(target.id, NEVER)) for target in wanted
    }


def visits(
    from_day: date, to_day: date, parts: Collection[str] | None = None, *, zone_id: UUID | None = None
) -> dict[UUID, list[tuple[DayPart, int]]]:
    """Return of each target that was seen in the period every part of a day in which it was, with how many walks, in order.

    A host's own word counts as one.
    """
    asked = targets()
    known = numbers(asked)
    wanted = asked.all if zone_id is None else asked.by_zone.get(zone_id, ())
    of_number: dict[int, list[tuple[DayPart, int]]] = {
        known.of[target.id]: [] for target in wanted if target.id in known.of
    }
    is_wanted = known.zeros()
    is_wanted[list(of_number)] = 1
    for at, *packed in _cells(from_day, to_day, parts):
        counts, said, _maybe = _counts(known, packed)
        counts = (counts + said.clip(max=1)) * is_wanted
        found = counts.nonzero()[0]
        visit = [(at, count) for count in range(int(counts.max(initial=0)) + 1)]  # shared: there are very many
        for number, count in zip(found.tolist(), counts[found].tolist(), strict=True):
            of_number[number].append(visit[count])
    return {known.ids[number]: found for number, found in of_number.items() if found}


def day_part_matrix(zone_id: UUID | None, from_day: date, to_day: date) -> dict[tuple[int, str], MatrixCell]:
    """Return the matrix of a zone (None: of everything): (weekday 0 = Monday, part of day) -> cell, all 28 of them."""
    return matrices(from_day, to_day, [zone_id])[zone_id]


def matrices(
    from_day: date, to_day: date, zone_ids: Sequence[UUID | None]
) -> dict[UUID | None, dict[tuple[int, str], MatrixCell]]:
    """Return the matrices of several zones (None among them: of everything) with the statements of one."""
    from fieldapp.coverage.matrix import make_matrix

    asked = targets()
    known = numbers(asked)
    cells = list(_cells(from_day, to_day, None))
    return {
        zone_id: make_matrix(
            from_day, to_day, asked.all if zone_id is None else asked.by_zone.get(zone_id, ()), known, cells
        )
        for zone_id in zone_ids
    }


def walk_counts(from_day: date, to_day: date) -> dict[DayPart, int]:
    """Return how many walks there were in each part of each day of the period; a part without any is absent.

    A walk that saw nothing that is counted, and had no gap where anything is, is not among them.
    """
    query = (
        select(WalkDay.day, WalkDay.part, func.count(WalkDay.walk_id))
        .where(WalkDay.day >= from_day, WalkDay.day <= to_day)
        .group_by(WalkDay.day, WalkDay.part)
    )
    return {DayPart(row[0], row[1]): row[2] for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class SeenInPart:
    """What was seen in a part of a day, and what was not and may have been, by target id."""

    at: DayPart
    seen: frozenset[UUID]
    unknown: frozenset[UUID]


def seen_in_parts(from_day: date, to_day: date) -> Iterator[SeenInPart]:
    """Give every part of the days from `from_day` to `to_day` in which there was a walk, in the order of days."""
    known = numbers(targets())
    for at, *packed in _cells(from_day, to_day, None):
        seen, told, unknown = _counts(known, packed)
        ids = [
            frozenset(known.ids[number] for number in counts.nonzero()[0].tolist()) for counts in (seen + told, unknown)
        ]
        yield SeenInPart(at, ids[0], ids[1] - ids[0])


def _counts(known: Inheriting, packed: Iterable[bytes]) -> tuple[Counts, Counts, Counts]:
    """Return how often each target was seen, told of and perhaps seen in a part of a day, heirs with what they inherit."""
    seen, told, unknown = (known.zeros() for _ in range(3))
    for counts, one in zip((seen, told, unknown), packed, strict=True):
        add_counts(counts, one)
    known.heritage.hand_on(seen, told, unknown)
    return seen, told, unknown


Cell = tuple[DayPart, bytes, bytes, bytes]


def _cells(from_day: date, to_day: date, parts: Collection[str] | None) -> Iterator[Cell]:
    query = (
        select(CoverageDay.day, CoverageDay.part, CoverageDay.seen, CoverageDay.told, CoverageDay.unknown)
        .where(CoverageDay.day >= from_day, CoverageDay.day <= to_day)
        .order_by(CoverageDay.day)
    )
    if parts is not None:
        query = query.where(CoverageDay.part.in_(parts))
    for day, part, seen, told, unknown in db.session.execute(query):
        yield DayPart(day, part), seen, told, unknown


class _Sums:
    """Sums over parts of days, by the targets' numbers."""

    def __init__(self, known: Inheriting) -> None:
        import numpy as np

        self._heritage = known.heritage
        self._seen, self._told, self._unknown, self._days = (known.zeros() for _ in range(4))
        self._of_day = np.zeros(known.size, bool)
        self._day: date | None = None
        self._lists: tuple[list[Any], ...] | None = None

    def add(self, at: DayPart, seen: bytes, told: bytes, unknown: bytes) -> None:
        """Add a part of a day. Days come in order."""
        import numpy as np

        if at.day != self._day:
            self._end_day()
            self._day = at.day
        for total, packed in ((self._seen, seen), (self._told, told), (self._unknown, unknown)):
            add_counts(total, packed)
        for packed in (seen, told):
            found = np.frombuffer(packed, "<u2")
            self._of_day[: len(found)] |= found > 0

    def _end_day(self) -> None:
        self._days += self._of_day
        self._of_day[:] = False

    def standing(self, target: Target, number: int | None, clock: Clock) -> Standing:
        """Return how a target stands."""
        if self._lists is None:
            self._lists = self._end()
        nothing = (0, 0, 0, 0, False)
        seen, told, unknown, days, is_inherited = nothing if number is None else (sums[number] for sums in self._lists)
        state = SEEN if seen or told else UNKNOWN if unknown else NOT_SEEN
        return Standing(target, state, bool(told and not seen), seen, is_inherited, told, unknown, days, clock)

    def _end(self) -> tuple[list[Any], ...]:
        self._end_day()
        is_own = self._seen + self._told > 0
        self._heritage.hand_on(self._seen, self._told, self._unknown)
        self._heritage.hand_on_least(self._days)
        is_inherited = (self._seen + self._told > 0) & ~is_own
        return tuple(sums.tolist() for sums in (self._seen, self._told, self._unknown, self._days, is_inherited))
