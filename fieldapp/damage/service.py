"""Cases follow their observations: opened when damage is logged, changed and closed by what happens to the record.

What people do with cases is in `steps`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from fieldapp.damage import events, rules
from fieldapp.damage.clocks import Clocks, read_clocks
from fieldapp.damage.events import By
from fieldapp.damage.models import Case, CaseCounter
from fieldapp.infra.db import db
from fieldapp.infra.rows import TENANT, insert_rows, prepared, run, table_of
from fieldapp.kernel.ids import many_uuid4, many_uuid7
from fieldapp.observations.facts import ObservationFacts
from fieldapp.observations.models import Category


def open_cases(recorded: Sequence[ObservationFacts]) -> None:
    """Open a case for each new observation of damage, in a number of statements that does not depend on how many there are."""
    damage = [facts for facts in recorded if facts.kind == "D"]
    if not damage:
        return
    tenant_id = damage[0].tenant_id
    numbers = take_numbers(tenant_id, len(damage))
    direct, clocks = _direct_codes(), read_clocks(tenant_id)
    names = zip(numbers, many_uuid7(damage[0].at, len(damage)), many_uuid4(len(damage)), strict=True)
    rows = [_row(facts, name, direct, clocks) for facts, name in zip(damage, names, strict=True)]
    insert_rows(Case, rows)
    events.add_opened(rows)


def _row(facts: ObservationFacts, name: tuple[int, UUID, UUID], direct: set[str], clocks: Clocks) -> dict[str, Any]:
    """Return the row of a new case. `name`: its number, its id, and the id that it goes by outside."""
    case_no, case_id, public_id = name
    is_reviewed = rules.is_reviewed_by_rule(is_direct=facts.category_code in direct, note_state=facts.note_state)
    return {
        "id": case_id,
        "tenant_id": facts.tenant_id,
        "observation_id": facts.id,
        "zone_id": facts.zone_id,
        "category_code": facts.category_code,
        "severity": facts.severity,
        "case_no": case_no,
        "public_id": public_id,
        "revision": 1,
        "status": "granskad" if is_reviewed else "ny",
        "status_reason": "",
        "opened_at": facts.at,
        "due_at": clocks.due_at(facts.severity, facts.occurred_at),
        "updated_at": facts.at,
    }


def follow_observation(facts: ObservationFacts) -> None:
    """Let a case follow its observation: withdrawn or no damage any more closes it, damage after all opens one."""
    case = living_case_of(facts.id)
    if case is None:
        if facts.state == "recorded":
            open_cases([facts])
        return
    case.revision += 1
    case.updated_at = facts.at
    if facts.state == "withdrawn":
        _close(case, rules.WITHDRAWN, events.WITHDRAWN, facts.at)
    elif facts.kind != "D":
        _close(case, rules.RECATEGORISED, events.NO_DAMAGE, facts.at)
    else:
        _revise(case, facts)


def living_case_of(observation_id: UUID) -> Case | None:
    """Return the case of an observation; of those that one opened again after another, the last."""
    return db.session.scalar(select(Case).where(Case.observation_id == observation_id, Case.status != "ateroppnad"))


def _close(case: Case, reason: str, rule: str, at: datetime) -> None:
    """Close a case whose observation is gone. One that was mended stays mended: that is what happened."""
    before = case.status
    if rules.is_open(before):
        case.status, case.status_reason, case.closed_at = "avvisad", reason, at
    events.tell(case, By.of_rule(rule), before, at)


def _revise(case: Case, facts: ObservationFacts) -> None:
    before, rule = case.status, events.CORRECTED
    if before == "avvisad" and case.status_reason == rules.RECATEGORISED:
        case.status, case.status_reason, case.closed_at = "ny", "", None
        rule = events.DAMAGE_AGAIN
    if rules.is_open(case.status) and case.severity != facts.severity:
        since = case.opened_at if case.reopens_id else facts.occurred_at
        case.due_at = read_clocks(facts.tenant_id).due_at(facts.severity, since)
    case.zone_id, case.category_code, case.severity = facts.zone_id, facts.category_code, facts.severity
    events.tell(case, By.of_rule(rule), before, facts.at)
    is_direct = case.status == "ny" and facts.category_code in _direct_codes()
    if rules.is_reviewed_by_rule(is_direct=is_direct, note_state=facts.note_state):
        case.status = "granskad"
        events.tell(case, By.of_rule(events.DIRECT), "ny", facts.at)


_CATEGORIES = table_of(Category)
_DIRECT = prepared(
    select(_CATEGORIES.c.code).where(_CATEGORIES.c.tenant_id == TENANT, _CATEGORIES.c.is_direct.is_(True))
)
_COUNTERS = table_of(CaseCounter)
_TAKE = prepared(
    update(_COUNTERS)
    .where(_COUNTERS.c.tenant_id == TENANT)
    .values(last_no=_COUNTERS.c.last_no + bindparam("count"))
    .returning(_COUNTERS.c.last_no)
)


def _direct_codes() -> set[str]:
    """Return the codes whose damage goes to maintenance without a person."""
    return set(run(_DIRECT).scalars())


def take_numbers(tenant_id: UUID, count: int) -> range:
    """Take the next case numbers of a tenant. The tenant's feed row is held: nobody takes the same."""
    taken = run(_TAKE, count=count).first()
    if taken is None:
        db.session.add(CaseCounter(tenant_id=tenant_id, last_no=count))
        db.session.flush()
    last = count if taken is None else taken.last_no
    return range(last - count + 1, last + 1)
