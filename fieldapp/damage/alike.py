"""Which open cases may be the same damage: of the same category at the same place, or found within a few steps of each other."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

from sqlalchemy import and_, or_, select

from fieldapp.damage import rules
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, distance_m
from fieldapp.observations.models import Observation

NEAR_M = 25.0
ALIKE_MAX = 5
_READ_MAX = 100
_DEGREE_M = 111_000.0


@dataclass(frozen=True, slots=True)
class AlikeCase:
    """A case that may be the same damage, and how far from the other it was found; None: only the place is known."""

    case: Case
    away_m: float | None


def alike_cases(case: Case, observation: Observation) -> list[AlikeCase]:
    """Return the open cases that may be the same damage as this one, the nearest first."""
    here = _position(observation)
    near = [Observation.place_id == observation.place_id] if observation.place_id is not None else []
    if here is not None:
        lat = NEAR_M / _DEGREE_M
        lon = lat / max(0.01, cos(radians(here.lat)))
        near.append(
            and_(
                Observation.lat.between(here.lat - lat, here.lat + lat),
                Observation.lon.between(here.lon - lon, here.lon + lon),
            )
        )
    if not near:
        return []
    query = (
        select(Case, Observation)
        .join(Observation, Observation.id == Case.observation_id)
        .where(
            Case.status.in_(rules.OPEN_STATUSES),
            Case.category_code == case.category_code,
            Case.id != case.id,
            or_(*near),
        )
        .order_by(Case.case_no.desc())
        .limit(_READ_MAX)
    )
    found = [(_away_m(here, row[1]), row[0], row[1].place_id) for row in db.session.execute(query)]
    alike = [
        AlikeCase(other, away_m)
        for away_m, other, place_id in found
        if (place_id is not None and place_id == observation.place_id) or (away_m is not None and away_m <= NEAR_M)
    ]
    return sorted(alike, key=lambda one: (one.away_m is None, one.away_m or 0.0, one.case.case_no))[:ALIKE_MAX]


def _away_m(here: LatLon | None, other: Observation) -> float | None:
    if here is None or other.lat is None or other.lon is None:
        return None
    return distance_m(here, LatLon(other.lat, other.lon))


def _position(observation: Observation) -> LatLon | None:
    if observation.lat is None or observation.lon is None:
        return None
    return LatLon(observation.lat, observation.lon)
