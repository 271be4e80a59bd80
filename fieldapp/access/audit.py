"""The audit: a chain of events per tenant, written in the transaction of what it tells of."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms

FIRST_HASH = "0" * 64


def write(
    tenant_id: UUID,
    action: str,
    *,
    at: datetime,
    actor: Actor | None = None,
    by: UUID | None = None,
    subject: tuple[str, UUID | None] = ("", None),
    reason: str = "",
    **facts: Any,
) -> None:
    """Append one event, done by the actor, or by a user who is only signing in; with neither, by the operator.

    `facts` hold ids, counts and field names, never text that a host wrote or a position.
    """
    last = db.session.execute(
        select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
    ).first()
    event = AuditEvent(
        tenant_id=tenant_id,
        number=1 if last is None else last.number + 1,
        at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        actor_id=actor.user_id if actor else by,
        action=action,
        subject_kind=subject[0],
        subject_id=subject[1],
        reason=reason,
        facts=facts,
        previous_hash=FIRST_HASH if last is None else last.hash,
    )
    event.hash = event_hash(event)
    db.session.add(event)
    db.session.flush()


def event_hash(event: AuditEvent) -> str:
    """Return the SHA-256 over an event and the hash before it."""
    content = [
        event.previous_hash,
        str(event.tenant_id),
        event.number,
        to_ms(event.at),
        str(event.actor_id),
        event.action,
        event.subject_kind,
        str(event.subject_id),
        event.reason,
        event.facts,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def broken_link() -> int | None:
    """Return the number of the first event of the tenant that does not fit the chain, or None."""
    before = FIRST_HASH
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number)).yield_per(1000)
    for number, event in enumerate(events, start=1):
        if event.number != number or event.previous_hash != before or event.hash != event_hash(event):
            return number
        before = event.hash
    return None
