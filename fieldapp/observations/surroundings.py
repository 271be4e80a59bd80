"""What records refer to, read once for a whole batch: categories, places, rounds, earlier records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.infra.db import db
from fieldapp.infra.feature import Arrival
from fieldapp.infra.rows import TENANT, is_one_of, prepared, run, table_of, unsearched
from fieldapp.kernel.geo import LatLon
from fieldapp.observations.models import Category, Observation
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import zone_at, zones
from fieldapp.rounds.models import Round

_ROUNDS, _PLACES, _CATEGORIES, _OBSERVATIONS = (table_of(model) for model in (Round, Place, Category, Observation))
_ROUNDS_OF = prepared(
    select(_ROUNDS.c.id, _ROUNDS.c.author_id, _ROUNDS.c.zone_id).where(
        unsearched(_ROUNDS.c.tenant_id) == TENANT, is_one_of(_ROUNDS.c.id, "ids")
    )
)
_PLACES_OF = prepared(
    select(_PLACES.c.id, _PLACES.c.zone_id).where(
        unsearched(_PLACES.c.tenant_id) == TENANT, is_one_of(_PLACES.c.id, "ids")
    )
)
_KINDS = prepared(select(_CATEGORIES.c.code, _CATEGORIES.c.kind).where(_CATEGORIES.c.tenant_id == TENANT))
_THERE_ALREADY = prepared(
    select(_OBSERVATIONS.c.id).where(
        unsearched(_OBSERVATIONS.c.tenant_id) == TENANT, is_one_of(_OBSERVATIONS.c.id, "ids")
    )
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a batch of records needs to be judged, of the tenant alone."""

    observations: Mapping[UUID, Observation]
    kinds: Mapping[str, str]
    """The kind of each category's code."""
    place_zones: Mapping[UUID, UUID | None]
    rounds: Mapping[UUID, Any]
    """`author_id` and `zone_id` of each."""
    zones: Callable[[], Sequence[Zone]]
    """Reads the tenant's zones, once: most records have a place that says which zone it is in."""

    @classmethod
    def of(cls, arrivals: Sequence[Arrival]) -> Surroundings:
        """Read what these records refer to, in a constant number of queries."""
        commands = [arrival.command for arrival in arrivals]
        return cls(
            observations=_observations([arrival.operation.entity for arrival in arrivals]),
            kinds=_kinds(),
            place_zones=_place_zones({command.place for command in commands}),
            rounds=_rounds({command.round for command in commands}),
            zones=cache(zones),
        )

    @classmethod
    def of_correction(cls, arrival: Arrival) -> Surroundings:
        """Read what one correction refers to."""
        wanted: Any = getattr(arrival.command, "set", None)
        place_id = wanted.get("place") if wanted is not None else arrival.command.place
        return cls(observations={}, kinds=_kinds(), place_zones=_place_zones({place_id}), rounds={}, zones=zones)

    def zone_of(self, command: Any) -> UUID | None:
        """Return a record's zone: its place's, else where the phone was, else its round's."""
        zone_id = self.place_zones[command.place] if command.place is not None else None
        if zone_id is None and command.position is not None:
            zone = zone_at(LatLon(command.position.lat, command.position.lon), self.zones())
            zone_id = zone.id if zone is not None else None
        if zone_id is None and command.round is not None:
            zone_id = self.rounds[command.round].zone_id
        return zone_id


def _observations(ids: Sequence[UUID]) -> dict[UUID, Observation]:
    """Return those of the records that are there already: few, as a rule none."""
    found = list(run(_THERE_ALREADY, ids=ids).scalars())
    if not found:
        return {}
    return {row.id: row for row in db.session.scalars(select(Observation).where(Observation.id.in_(found)))}


def _kinds() -> dict[str, str]:
    return {row.code: row.kind for row in run(_KINDS)}


def _place_zones(ids: set[UUID | None]) -> dict[UUID, UUID | None]:
    wanted = list(ids - {None})
    return {row.id: row.zone_id for row in run(_PLACES_OF, ids=wanted)} if wanted else {}


def _rounds(ids: set[UUID | None]) -> dict[UUID, Any]:
    wanted = list(ids - {None})
    return {row.id: row for row in run(_ROUNDS_OF, ids=wanted)} if wanted else {}
