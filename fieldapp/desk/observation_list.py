"""The list of observations and damage: one page of what a filter lets through, with everything its rows show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from fieldapp.damage.models import Case
from fieldapp.damage.queries import cases_of
from fieldapp.desk import maps
from fieldapp.desk.filters import category_name, to_local
from fieldapp.desk.words import group_name
from fieldapp.observations.commands import ListObservations
from fieldapp.observations.models import Category, Observation, ObservationPhoto
from fieldapp.observations.queries import (
    ListPosition,
    ObservationFilter,
    RecordCounts,
    categories_by_code,
    count_records,
    filter_of,
    list_page,
    photos_of,
)
from fieldapp.observations.rules import CALM_CODE
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import places_by_id, zones

ROWS_SHOWN = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def write_position(position: ListPosition) -> str:
    """Write where a list goes on, for an address."""
    return f"{(position.occurred_at - _EPOCH) // _MICROSECOND}-{position.id.hex}"


def read_position(text: str) -> ListPosition | None:
    """Read where a list goes on; anything else begins at the beginning."""
    number, _dash, key = text.partition("-")
    try:
        return ListPosition(_EPOCH + int(number) * _MICROSECOND, UUID(key))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record in a list. Nothing says who logged it."""

    record: Observation
    category: Category | None
    place: Place | None
    zone: Zone | None
    photos: Sequence[ObservationPhoto]
    case: Case | None

    @property
    def is_calm(self) -> bool:
        """Tell whether the record says that the place was calm: then its severity means nothing."""
        return self.record.category_code == CALM_CODE

    @property
    def needs_review(self) -> bool:
        """Tell whether the record's note waits for a person, or two edits clash."""
        return self.record.note_state in {"unconfirmed", "sensitive"} or self.record.is_conflict


@dataclass(frozen=True, slots=True)
class RecordList:
    """A page of the list; `next` is where the next page begins, or ""."""

    asked: ListObservations
    lines: Sequence[RecordLine]
    counts: RecordCounts
    zones: Sequence[Zone]
    categories: Sequence[Category]
    next: str

    @property
    def is_filtered(self) -> bool:
        """Tell whether the list is asked for less than everything."""
        return self.asked != ListObservations()

    @property
    def days(self) -> list[tuple[date, list[RecordLine]]]:
        """Return the lines below the local day they happened on."""
        grouped = groupby(self.lines, key=lambda line: to_local(line.record.occurred_at).date())
        return [(day, list(lines)) for day, lines in grouped]

    @property
    def layers(self) -> dict[str, Any]:
        """Return what the map shows."""
        places = {line.place.id: line.place for line in self.lines if line.place is not None}
        words = {line.record.id: category_name(line.category or line.record.category_code) for line in self.lines}
        return {"records": maps.records_layer([line.record for line in self.lines], places, words)}

    @property
    def group_options(self) -> list[tuple[str, str]]:
        """Return the first level of the categories, in their order."""
        return [(code, group_name(code)) for code in dict.fromkeys(category.group for category in self.categories)]

    @property
    def category_options(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the categories below their groups."""
        return category_options(self.categories)


def category_options(categories: Sequence[Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return categories below their groups, as a field to choose from has them."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for category in categories:
        words = f"{category.code} {category_name(category)}"
        grouped.setdefault(group_name(category.group), []).append((category.code, words))
    return list(grouped.items())


def record_list(asked: ListObservations, after: ListPosition | None, timezone: str) -> RecordList:
    """Return a page of the list, in a number of queries that does not depend on its rows."""
    wanted = filter_of(asked, timezone)
    page = list_page(wanted, after, ROWS_SHOWN)
    categories = categories_by_code()
    all_zones = zones(with_ended=True)
    return RecordList(
        asked=asked,
        lines=record_lines(page.rows, categories, {zone.id: zone for zone in all_zones}),
        counts=count_records(wanted),
        zones=all_zones,
        categories=list(categories.values()),
        next=write_position(page.next) if page.next else "",
    )


def record_lines(
    records: Sequence[Observation], categories: Mapping[str, Category], zones_: Mapping[UUID, Zone]
) -> list[RecordLine]:
    """Return records as a list shows them."""
    ids = [record.id for record in records]
    photos, cases = photos_of(ids), cases_of(ids)
    places = places_by_id(record.place_id for record in records if record.place_id)
    return [
        RecordLine(
            record,
            categories.get(record.category_code),
            places.get(record.place_id) if record.place_id else None,
            zones_.get(record.zone_id) if record.zone_id else None,
            photos.get(record.id, []),
            cases.get(record.id),
        )
        for record in records
    ]


def records_of_round(round_id: UUID) -> list[RecordLine]:
    """Return what was logged on a round, in the order it happened; what was taken back is left out."""
    page = list_page(ObservationFilter(round_id=round_id, state="recorded"), None, RECORDS_OF_ROUND_MAX)
    all_zones = {zone.id: zone for zone in zones(with_ended=True)}
    return record_lines(list(reversed(page.rows)), categories_by_code(), all_zones)


RECORDS_OF_ROUND_MAX = 2_000
