"""Reads of what is counted: seen, not seen or unknown, for any days and parts of them. A constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.coverage.days import DayPart
from fieldapp.coverage.kept import whose
from fieldapp.coverage.models import CoverageDay, CoverageTarget, WalkDay
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
    known = _numbers()
    sums = _Sums(known.size)
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
    asked, known = targets(), _numbers()
    wanted = asked.all if zone_id is None else asked.by_zone.get(zone_id, ())
    of_number: dict[int, list[tuple[DayPart, int]]] = {
        known.of[target.id]: [] for target in wanted if target.id in known.of
    }
    is_wanted = known.zeros()
    is_wanted[list(of_number)] = 1
    for at, seen, told, _unknown in _cells(from_day, to_day, parts):
        counts, said = known.zeros(), known.zeros()
        add_counts(counts, seen)
        add_counts(said, told)
        counts = (counts + said.clip(max=1)) * is_wanted
        numbers = counts.nonzero()[0]
        visit = [(at, count) for count in range(int(counts.max(initial=0)) + 1)]  # shared: there are very many
        for number, count in zip(numbers.tolist(), counts[numbers].tolist(), strict=True):
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

    asked, known = targets(), _numbers()
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
    known = _numbers()
    for at, seen, told, unknown in _cells(from_day, to_day, None):
        ids = [
            frozenset(known.ids[number] for number in _numbers_in(known, *packed))
            for packed in ((seen, told), (unknown,))
        ]
        yield SeenInPart(at, ids[0], ids[1] - ids[0])


def _numbers_in(known: Numbers, *packed: bytes) -> list[int]:
    counts = known.zeros()
    for one in packed:
        add_counts(counts, one)
    numbers: list[int] = counts.nonzero()[0].tolist()
    return numbers


class Numbers:
    """Which number each target has in what is counted."""

    def __init__(self) -> None:
        self.of: dict[UUID, int] = {}
        self.ids: dict[int, UUID] = {}
        self.size = 0

    def add(self, number: int, target_id: UUID) -> None:
        """Know one more."""
        self.of[target_id], self.ids[number] = number, target_id
        self.size = max(self.size, number + 1)

    def zeros(self) -> Counts:
        """Return a count of nothing for each."""
        import numpy as np

        return np.zeros(self.size, np.int64)


_KNOWN: dict[Any, Numbers] = {}


def _numbers() -> Numbers:
    """Return the tenant's numbers. They are given once, so that those read before are still right."""
    of = whose()
    known = _KNOWN.get(of, Numbers())
    query = select(CoverageTarget.number, CoverageTarget.target_id).where(CoverageTarget.number >= known.size)
    rows = db.session.execute(query).all()
    if rows:
        more = Numbers()  # a reader in another thread keeps what it has
        more.of, more.ids, more.size = dict(known.of), dict(known.ids), known.size
        for number, target_id in rows:
            more.add(number, target_id)
        _KNOWN[of] = known = more
    return known


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

    def __init__(self, size: int) -> None:
        import numpy as np

        self._seen, self._told, self._unknown, self._days = (np.zeros(size, np.int64) for _ in range(4))
        self._of_day = np.zeros(size, bool)
        self._day: date | None = None
        self._lists: tuple[list[int], ...] | None = None

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
            self._end_day()
            self._lists = tuple(sums.tolist() for sums in (self._seen, self._told, self._unknown, self._days))
        seen, told, unknown, days = (0, 0, 0, 0) if number is None else (sums[number] for sums in self._lists)
        state = SEEN if seen or told else UNKNOWN if unknown else NOT_SEEN
        return Standing(target, state, bool(told and not seen), seen, told, unknown, days, clock)
