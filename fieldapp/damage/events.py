"""Write a case's history, one line a step, never changed, and announce each line to whoever hands cases on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.access.roles import Actor, Role
from fieldapp.damage.facts import CASES_CHANGED, CaseFacts
from fieldapp.damage.models import Case, CaseEvent
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.rows import insert_rows
from fieldapp.kernel.ids import uuid7

DIRECT = "direct"
CORRECTED = "corrected"
WITHDRAWN = "withdrawn"
NO_DAMAGE = "no_damage"
DAMAGE_AGAIN = "damage_again"
SENT = "sent"
RECEIVER = "receiver"
PHOTOS = "photos"
RULES = (DIRECT, CORRECTED, WITHDRAWN, NO_DAMAGE, DAMAGE_AGAIN, SENT, RECEIVER, PHOTOS)
"""What a line of the history says where no person here took the step: `sent` when a receiver took the order, `receiver` when it
said how mending goes, `photos` when photos came or were released after the case was handed on."""


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step: a person, in the role that lets them, or a rule."""

    user_id: UUID | None
    role: str
    rule: str

    @classmethod
    def person(cls, actor: Actor) -> By:
        """Return a person as the history names them."""
        role = next((one for one in _NAMED if actor.has(one)), Role.MAINTENANCE)
        return cls(actor.user_id, role.value, "")

    @classmethod
    def of_rule(cls, rule: str) -> By:
        """Return a rule as the history names it."""
        return cls(None, "", rule)


_NAMED = (Role.SUPERVISOR, Role.MAINTENANCE, Role.HOST)


def add_opened(rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what a rule did with new cases, given as rows of their table, and announce all of them."""
    by_rule = [row for row in rows if row["status"] != "ny"]
    insert_rows(CaseEvent, [_event_of_new(row) for row in by_rule])
    changes.announce(CASES_CHANGED, [_facts_of_new(row) for row in rows])


def _event_of_new(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": uuid7(row["opened_at"]),
        "tenant_id": row["tenant_id"],
        "case_id": row["id"],
        "number": 1,
        "revision": row["revision"],
        "from_status": "ny",
        "to_status": row["status"],
        "at": row["opened_at"],
        "user_id": None,
        "by_role": "",
        "rule": DIRECT,
        "reason": "",
    }


def _facts_of_new(row: Mapping[str, Any]) -> CaseFacts:
    return CaseFacts(
        tenant_id=row["tenant_id"],
        case_id=row["id"],
        observation_id=row["observation_id"],
        case_no=row["case_no"],
        revision=row["revision"],
        from_status="",
        status=row["status"],
        rule="" if row["status"] == "ny" else DIRECT,
        category_code=row["category_code"],
        severity=row["severity"],
        zone_id=row["zone_id"],
        at=row["opened_at"],
    )


def tell(case: Case, by: By, from_status: str, at: datetime, reason: str = "") -> None:
    """Keep what was done with a case, and announce it. The tenant's feed row is held: nobody writes another line."""
    db.session.flush()
    last = db.session.scalar(select(func.max(CaseEvent.number)).where(CaseEvent.case_id == case.id))
    db.session.add(
        CaseEvent(
            id=uuid7(at),
            tenant_id=case.tenant_id,
            case_id=case.id,
            number=1 + (last or 0),
            revision=case.revision,
            from_status=from_status,
            to_status=case.status,
            at=at,
            user_id=by.user_id,
            by_role=by.role,
            rule=by.rule,
            reason=reason,
        )
    )
    db.session.flush()
    changes.announce(CASES_CHANGED, [_facts_of(case, by, from_status, at)])


def _facts_of(case: Case, by: By, from_status: str, at: datetime) -> CaseFacts:
    return CaseFacts(
        tenant_id=case.tenant_id,
        case_id=case.id,
        observation_id=case.observation_id,
        case_no=case.case_no,
        revision=case.revision,
        from_status=from_status,
        status=case.status,
        rule=by.rule,
        category_code=case.category_code,
        severity=case.severity,
        zone_id=case.zone_id,
        at=at,
    )
