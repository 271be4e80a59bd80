"""Reads of cases for screens and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.access.roles import Actor
from fieldapp.damage import rules
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.observations.queries import own_observations


def cases_of(observation_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the cases of these observations, by observation."""
    wanted = set(observation_ids)
    if not wanted:
        return {}
    return {
        case.observation_id: case for case in db.session.scalars(select(Case).where(Case.observation_id.in_(wanted)))
    }


def count_open_cases() -> int:
    """Return how many cases the tenant has open."""
    return db.session.execute(
        select(func.count()).select_from(Case).where(Case.status.in_(rules.OPEN_STATUSES))
    ).scalar_one()


def pull_observations(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give a host their own records, each with how its case stands."""
    bodies = own_observations(actor, ids)
    for observation_id, case in cases_of(bodies).items():
        bodies[observation_id]["case"] = {"case_no": case.case_no, "status": case.status}
    return bodies
