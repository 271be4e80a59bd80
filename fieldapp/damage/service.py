"""The only writer of cases. In this step they are opened and closed by what happens to their observation."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from fieldapp.damage import rules
from fieldapp.damage.models import Case, CaseCounter
from fieldapp.infra.db import db
from fieldapp.infra.rows import TENANT, insert_rows, prepared, run, table_of
from fieldapp.kernel.ids import uuid7
from fieldapp.observations.facts import ObservationFacts


def open_cases(recorded: Sequence[ObservationFacts]) -> None:
    """Open a case for each new observation of damage."""
    damage = [facts for facts in recorded if facts.kind == "D"]
    if not damage:
        return
    tenant_id = damage[0].tenant_id
    numbers = _take_numbers(tenant_id, len(damage))
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(facts.at),
            "tenant_id": tenant_id,
            "observation_id": facts.id,
            "case_no": number,
            "public_id": uuid.uuid4(),
            "revision": 1,
            "status": "ny",
            "status_reason": "",
            "opened_at": facts.at,
            "due_at": rules.due_at(facts.severity, facts.occurred_at),
            "updated_at": facts.at,
        }
        for facts, number in zip(damage, numbers, strict=True)
    ]
    insert_rows(Case, rows)


def follow_observation(facts: ObservationFacts) -> None:
    """Let a case follow its observation: withdrawn or no damage any more closes it, damage after all opens one."""
    case = db.session.scalar(select(Case).where(Case.observation_id == facts.id))
    if case is None:
        if facts.state == "recorded":
            open_cases([facts])
        return
    if facts.state == "withdrawn":
        _close(case, rules.WITHDRAWN, facts.at)
    elif facts.kind != "D":
        _close(case, rules.RECATEGORISED, facts.at)
    else:
        _revise(case, facts)


def _close(case: Case, reason: str, at: datetime) -> None:
    if rules.is_open(case.status):
        case.status, case.status_reason, case.closed_at = "avvisad", reason, at
    case.revision += 1
    case.updated_at = at


def _revise(case: Case, facts: ObservationFacts) -> None:
    if case.status == "avvisad" and case.status_reason == rules.RECATEGORISED:
        case.status, case.status_reason, case.closed_at = "ny", "", None
    case.due_at = rules.due_at(facts.severity, facts.occurred_at)
    case.revision += 1
    case.updated_at = facts.at


_COUNTERS = table_of(CaseCounter)
_TAKE = prepared(
    update(_COUNTERS)
    .where(_COUNTERS.c.tenant_id == TENANT)
    .values(last_no=_COUNTERS.c.last_no + bindparam("count"))
    .returning(_COUNTERS.c.last_no)
)


def _take_numbers(tenant_id: UUID, count: int) -> range:
    """Take the next case numbers of a tenant. The tenant's feed row is held: nobody takes the same."""
    taken = run(_TAKE, count=count).first()
    if taken is None:
        db.session.add(CaseCounter(tenant_id=tenant_id, last_no=count))
        db.session.flush()
    last = count if taken is None else taken.last_no
    return range(last - count + 1, last + 1)
