"""The list of cases: one page of what a filter lets through, within the trades its reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldapp.damage import rules
from fieldapp.damage.commands import ListCases
from fieldapp.damage.models import Case
from fieldapp.damage.queries import (
    CaseCounts,
    case_page,
    count_cases,
    filter_of,
    observations_by_id,
)
from fieldapp.desk import maps
from fieldapp.desk.case_words import clock_words, status_kind
from fieldapp.desk.filters import category_name
from fieldapp.desk.words import case_status_word
from fieldapp.observations.models import Category, Observation, ObservationPhoto
from fieldapp.observations.queries import categories_by_code, photos_of
from fieldapp.observations.trades import trade_words
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import places_by_id, zones

ROWS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list. Nothing says who found the damage."""

    case: Case
    record: Observation
    category: Category | None
    place: Place | None
    zone: Zone | None
    photos: Sequence[ObservationPhoto]
    clock: str
    kind: str

    @property
    def may_be_chosen(self) -> bool:
        """Tell whether something can be done with the case together with others."""
        return rules.is_open(self.case.status) or self.case.status == "kontrollerad"


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of the list; `next` is the number below which the next page begins, or None."""

    asked: ListCases
    lines: Sequence[CaseLine]
    counts: CaseCounts
    zones: Sequence[Zone]
    trades: Sequence[tuple[str, str]]
    next: int | None

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list is asked for something else than what is open."""
        return self.asked != ListCases()

    @property
    def status_options(self) -> list[tuple[str, str]]:
        """Return the statuses to choose from."""
        return [(status, case_status_word(status).capitalize()) for status in rules.STATUSES]

    @property
    def layers(self) -> dict[str, Any]:
        """Return what the map shows."""
        places = {line.place.id: line.place for line in self.lines if line.place is not None}
        words = {line.record.id: f"{line.case.case_no} {category_name(line.category)}" for line in self.lines}
        return {"records": maps.records_layer([line.record for line in self.lines], places, words)}


def case_list(
    asked: ListCases, before: int | None, own: frozenset[str] | None, *, timezone: str, now: datetime
) -> CaseList:
    """Return a page of the list, in a number of queries that does not depend on its rows. `own`: the trades its reader sees."""
    categories = categories_by_code()
    trades = {code: category.trade for code, category in categories.items()}
    wanted = filter_of(asked, timezone, now, trades, own)
    rows, following = case_page(wanted, before, ROWS_SHOWN)
    all_zones = zones(with_ended=True)
    words = trade_words()
    return CaseList(
        asked=asked,
        lines=case_lines(rows, categories, all_zones, now),
        counts=count_cases(wanted, now),
        zones=all_zones,
        trades=[(code, word) for code, word in words.items() if own is None or code in own],
        next=following,
    )


def case_lines(
    cases: Sequence[Case], categories: dict[str, Category], all_zones: Sequence[Zone], now: datetime
) -> list[CaseLine]:
    """Return what lists show of cases, in four queries."""
    zones_ = {zone.id: zone for zone in all_zones}
    ids = [case.observation_id for case in cases]
    records, photos = observations_by_id(ids), photos_of(ids)
    places = places_by_id(record.place_id for record in records.values() if record.place_id)
    return [
        CaseLine(
            case=case,
            record=(record := records[case.observation_id]),
            category=categories.get(case.category_code),
            place=places.get(record.place_id) if record.place_id else None,
            zone=zones_.get(case.zone_id) if case.zone_id else None,
            photos=photos.get(record.id, []),
            clock=clock_words(case, now),
            kind=status_kind(case, now),
        )
        for case in cases
    ]
