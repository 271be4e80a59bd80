"""When each zone is seen: weekdays and parts of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.coverage.days import PARTS
from fieldapp.coverage.states import MatrixCell, matrices
from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.desk.words import _, ngettext
from fieldapp.places.models import Zone

FIELDS = (
    "zone", "weekday", "part", "targets", "seen_targets", "unknown_targets", "not_seen_targets", "seen_pct", "visits", "days",
)  # fmt: skip
WEEKDAYS = range(7)
LEVELS_PCT = (0, 25, 50, 75)
"""A cell is drawn fuller above each of these."""


@dataclass(frozen=True, slots=True)
class Share:
    """A cell as it is shown: how much was seen, as a number, a level to draw and words."""

    pct: int
    level: int
    unknown: int
    words: str
    is_in_period: bool


@dataclass(frozen=True, slots=True)
class ZoneMatrix:
    """A zone's weeks: of each weekday a cell for each part of the day that is shown."""

    zone: Zone
    target_count: int
    days: Sequence[tuple[int, Sequence[tuple[str, Share]]]]


def zone_matrices(review: Review) -> list[ZoneMatrix]:
    """Return the matrix of each zone that the filter lets through."""
    period, shown = review.period, review.zones_shown
    found = matrices(period.first, period.last, [zone.id for zone in shown])
    parts = review.parts or PARTS
    return [
        ZoneMatrix(
            zone,
            found[zone.id][0, PARTS[0]].target_count,
            [(weekday, [(part, _share(found[zone.id][weekday, part])) for part in parts]) for weekday in WEEKDAYS],
        )
        for zone in shown
    ]


def _pct(cell: MatrixCell) -> int:
    return round(100 * cell.seen_count / cell.target_count) if cell.target_count else 0


def _share(cell: MatrixCell) -> Share:
    pct = _pct(cell)
    if pct == 0 and cell.seen_count:
        pct = 1  # something was seen: never shown as nothing
    level = sum(pct > bound for bound in LEVELS_PCT)
    if not cell.day_count:
        return Share(0, 0, 0, _("inte i perioden"), is_in_period=False)
    words = _("%(pct)s %% sett", pct=pct) if cell.seen_count else _("inget sett")
    if cell.unknown_count:
        words += ", " + ngettext("%(num)d okänd", "%(num)d okända", cell.unknown_count)
    return Share(pct, level, cell.unknown_count, words, is_in_period=True)


def matrix_file(review: Review) -> ReviewFile:
    """Return the matrices for a file."""
    period, shown = review.period, review.zones_shown
    found = matrices(period.first, period.last, [zone.id for zone in shown])
    rows = []
    for zone in shown:
        for weekday in WEEKDAYS:
            for part in review.parts or PARTS:
                cell = found[zone.id][weekday, part]
                missed = cell.target_count - cell.seen_count - cell.unknown_count
                values = (
                    zone.name, weekday + 1, part, cell.target_count, cell.seen_count, cell.unknown_count, missed, _pct(cell),
                    cell.visit_count, cell.day_count,
                )  # fmt: skip
                rows.append(dict(zip(FIELDS, values, strict=True)))
    return ReviewFile("veckodagar", FIELDS, rows)
