"""Compare a place register that was read with what is known: what would be added, changed, ended. Pure: no database.

A place's identity is its `external_id`: a new one gets an id made from the tenant and that, so that the same file gives
the same ids wherever it is read, and reading it twice changes nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fieldapp.places.imports import FAULTS_MAX, TEXT_CHARS_MAX, Fault, PlaceRow

FIELDS = ("parent_id", "zone_id", "owner_id", "kind", "name", "lat", "lon", "outline", "map_ref", *TEXT_CHARS_MAX)
MAP_FILLS = frozenset({"lat", "lon", "outline", "zone_id", "adress", "postnr", "postort"})
"""What a map says of a house that a register leaves empty."""
DEPTH_MAX = 20
"""A laundry room in a cellar in a building in an estate is four; what is deeper goes round in a circle."""


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place as it is now: `values` by the names of FIELDS."""

    id: UUID
    external_id: str
    is_ended: bool
    values: Mapping[str, Any]
    adopted_from: str = ""
    """The identity on a map that it has had until now, where a register gives it one of its own."""


@dataclass(frozen=True, slots=True)
class KnownThings:
    """What rows may refer to: the tenant's places by external id, its zones by code, owners by their short name."""

    tenant_id: UUID
    places: Mapping[str, KnownPlace]
    zones: Mapping[str, UUID]
    ended_zones: frozenset[str]
    owners: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class PlannedPlace:
    """What becomes of one place: added, changed, ended, resumed, unchanged. `changes`: field → (before, after)."""

    id: UUID
    line: int
    external_id: str
    what: str
    values: Mapping[str, Any]
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """All that an import would do, parents before their children; nothing may be done while there are faults."""

    places: Sequence[PlannedPlace]
    new_zones: Mapping[str, UUID]
    faults: Sequence[Fault]

    def those(self, *what: str) -> list[PlannedPlace]:
        """Return the places that something becomes of."""
        return [place for place in self.places if place.what in what]

    def matched(self) -> int:
        """Return how many houses become known as the same on a map and in a register."""
        return sum("map_ref" in place.changes for place in self.places)

    def digest(self) -> str:
        """Return what tells this plan from another: who said yes to one must not get the other."""
        told = [(place.external_id, place.what, repr(sorted(place.values.items()))) for place in self.places]
        return hashlib.sha256(repr((told, sorted(self.new_zones))).encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        """Return how many places become what."""
        return {what: len(self.those(what)) for what in ("added", "changed", "ended", "resumed", "unchanged")}


def place_id(tenant_id: UUID, external_id: str) -> UUID:
    """Return the id of a place that came by a register."""
    return uuid.uuid5(tenant_id, f"place {external_id}")


def zone_id(tenant_id: UUID, code: str) -> UUID:
    """Return the id of a zone that came by a register."""
    return uuid.uuid5(tenant_id, f"zone {code}")


def plan_import(rows: Sequence[PlaceRow], known: KnownThings, *, create_zones: bool = False) -> ImportPlan:
    """Compare rows, each of another place, with what is known."""
    new_zones = _new_zones(rows, known) if create_zones else {}
    given = _by_external_id(rows)
    faults = [fault for row in rows for fault in _reference_faults(row, given, known, new_zones)]
    if not faults:
        faults = list(_circles(rows, known))
    if faults:
        return ImportPlan((), {}, faults[:FAULTS_MAX])
    ordered = _parents_first(rows, known)
    return ImportPlan([_plan_place(row, known, new_zones) for row in ordered], new_zones, ())


def _by_external_id(rows: Iterable[PlaceRow]) -> dict[str, PlaceRow]:
    return {row.external_id: row for row in rows}


def _new_zones(rows: Sequence[PlaceRow], known: KnownThings) -> dict[str, UUID]:
    codes = {row.given.get("zone") for row in rows} - {None} - set(known.zones) - known.ended_zones
    return {code: zone_id(known.tenant_id, code) for code in sorted(str(code) for code in codes)}


def _reference_faults(
    row: PlaceRow, given: Mapping[str, PlaceRow], known: KnownThings, new_zones: Mapping[str, UUID]
) -> Iterator[Fault]:
    parent, zone, owner = (row.given.get(name) for name in ("parent", "zone", "owner"))
    if parent == row.external_id:
        yield Fault(row.line, "parent_id", "own_parent")
    elif parent is not None and parent not in given and parent not in known.places:
        yield Fault(row.line, "parent_id", "unknown_parent", {"parent": parent})
    if zone is not None and zone in known.ended_zones:
        yield Fault(row.line, "zone_id", "ended_zone", {"zone": zone})
    elif zone is not None and zone not in known.zones and zone not in new_zones:
        yield Fault(row.line, "zone_id", "unknown_zone", {"zone": zone})
    if owner is not None and owner.casefold() not in known.owners:
        yield Fault(row.line, "owner_org", "unknown_owner", {"owner": owner})


def _parent_of(
    external_id: str, given: Mapping[str, PlaceRow], known: KnownThings, by_id: Mapping[UUID, str]
) -> str | None:
    """Return what a place will be in, after the import."""
    row = given.get(external_id)
    if row is not None and "parent" in row.given:
        parent: str | None = row.given["parent"]
        return parent
    place = known.places.get(external_id)
    return by_id.get(place.values["parent_id"]) if place is not None and place.values["parent_id"] else None


def _depths(rows: Sequence[PlaceRow], known: KnownThings) -> dict[str, int | None]:
    """Return how deep each row's place will be: 0 at the top, None where it never ends."""
    given = _by_external_id(rows)
    by_id = {place.id: place.external_id for place in known.places.values()}
    depths: dict[str, int | None] = {}
    for row in rows:
        way: list[str] = []
        at: str | None = row.external_id
        while at is not None and at not in depths and len(way) <= DEPTH_MAX:
            way.append(at)
            at = _parent_of(at, given, known, by_id)
        depth = -1 if at is None else depths.get(at)
        for passed in reversed(way):
            depth = None if depth is None or depth >= DEPTH_MAX else depth + 1
            depths[passed] = depth
    return depths


def _circles(rows: Sequence[PlaceRow], known: KnownThings) -> Iterator[Fault]:
    depths = _depths(rows, known)
    for row in rows:
        if depths[row.external_id] is None:
            yield Fault(row.line, "parent_id", "circle", {"depth": DEPTH_MAX})


def _parents_first(rows: Sequence[PlaceRow], known: KnownThings) -> list[PlaceRow]:
    depths = _depths(rows, known)
    return sorted(rows, key=lambda row: (depths[row.external_id] or 0, row.line))


def _plan_place(row: PlaceRow, known: KnownThings, new_zones: Mapping[str, UUID]) -> PlannedPlace:
    wanted = _wanted(row, known, new_zones)
    is_active = row.given.get("is_active")
    place = known.places.get(row.external_id)
    if place is None:
        values = {**_of_new(known.tenant_id), **wanted}
        is_ended = is_active is False
        new_id = place_id(known.tenant_id, row.external_id)
        return PlannedPlace(new_id, row.line, row.external_id, "added", values, is_ended=is_ended)
    if place.adopted_from or place.values["map_ref"] is not None:
        # An empty cell would take away what the map fills in, and the map fill it in again.
        wanted = {name: value for name, value in wanted.items() if name not in MAP_FILLS or value not in (None, "")}
    changes = {name: (place.values[name], value) for name, value in wanted.items() if place.values[name] != value}
    if place.adopted_from:
        changes |= {"external_id": (place.adopted_from, row.external_id), "map_ref": (None, place.adopted_from)}
    is_ended = place.is_ended if is_active is None else not is_active
    what = "changed" if changes else "unchanged"
    if is_ended != place.is_ended:
        what = "ended" if is_ended else "resumed"
    values = {name: after for name, (_before, after) in changes.items()}
    return PlannedPlace(place.id, row.line, row.external_id, what, values, changes, is_ended)


def _of_new(tenant_id: UUID) -> dict[str, Any]:
    """Return what a new place is where its row says nothing."""
    texts = dict.fromkeys(TEXT_CHARS_MAX, "")
    nothing = dict.fromkeys(("parent_id", "zone_id", "lat", "lon", "outline", "map_ref"))
    return {**texts, **nothing, "owner_id": tenant_id}


def _wanted(row: PlaceRow, known: KnownThings, new_zones: Mapping[str, UUID]) -> dict[str, Any]:
    """Return a row's values by the names of FIELDS, its codes looked up."""
    given = row.given
    wanted = {name: given[name] for name in FIELDS if name in given}
    if "parent" in given:
        parent = given["parent"]
        there = known.places.get(parent) if parent else None
        wanted["parent_id"] = there.id if there else place_id(known.tenant_id, parent) if parent else None
    if "zone" in given:
        zone = given["zone"]
        wanted["zone_id"] = {**known.zones, **new_zones}[zone] if zone else None
    if "owner" in given:
        wanted["owner_id"] = known.owners[given["owner"].casefold()] if given["owner"] else known.tenant_id
    return wanted
