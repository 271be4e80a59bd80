"""What records refer to, read once for a whole batch: categories, places, rounds, earlier records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.infra.db import db
from fieldapp.infra.feature import Arrival
from fieldapp.kernel.geo import LatLon
from fieldapp.observations.models import Category, Observation
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import places_by_id, zone_at, zones
from fieldapp.rounds.models import Round


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a batch of records needs to be judged, of the tenant alone."""

    observations: Mapping[UUID, Observation]
    categories: Mapping[str, Category]
    places: Mapping[UUID, Place]
    round_authors: Mapping[UUID, UUID]
    round_zones: Mapping[UUID, UUID | None]
    zones: Sequence[Zone]

    @classmethod
    def of(cls, arrivals: Sequence[Arrival]) -> Surroundings:
        """Read what these records refer to, in a constant number of queries."""
        round_ids = {arrival.command.round for arrival in arrivals} - {None}
        rounds = (
            db.session.execute(select(Round.id, Round.author_id, Round.zone_id).where(Round.id.in_(round_ids))).all()
            if round_ids
            else []
        )
        return cls(
            observations=_observations([arrival.operation.entity for arrival in arrivals]),
            categories=_categories(),
            places=places_by_id(arrival.command.place for arrival in arrivals if arrival.command.place),
            round_authors={row.id: row.author_id for row in rounds},
            round_zones={row.id: row.zone_id for row in rounds},
            zones=zones(),
        )

    @classmethod
    def of_correction(cls, arrival: Arrival) -> Surroundings:
        """Read what one correction refers to."""
        wanted: Any = getattr(arrival.command, "set", None)
        place_id = wanted.get("place") if wanted is not None else arrival.command.place
        return cls(
            observations={},
            categories=_categories(),
            places=places_by_id([place_id] if place_id else []),
            round_authors={},
            round_zones={},
            zones=(),
        )

    def zone_of(self, command: Any) -> UUID | None:
        """Return a record's zone: its place's, else where the phone was, else its round's."""
        if command.place is not None and self.places[command.place].zone_id is not None:
            return self.places[command.place].zone_id
        if command.position is not None:
            zone = zone_at(LatLon(command.position.lat, command.position.lon), self.zones)
            if zone is not None:
                return zone.id
        return self.round_zones.get(command.round) if command.round else None


def _observations(ids: Sequence[UUID]) -> dict[UUID, Observation]:
    return {row.id: row for row in db.session.scalars(select(Observation).where(Observation.id.in_(set(ids))))}


def _categories() -> dict[str, Category]:
    return {category.code: category for category in db.session.scalars(select(Category))}
