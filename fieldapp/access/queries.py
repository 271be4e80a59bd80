"""Reads of organisations, users and devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from fieldapp.access.models import AuditEvent, Device, Organisation, User
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db

UNSENT_LATE = timedelta(hours=24)
"""What a phone still holds after this is looked for."""
STORE_LOST_TOLD = timedelta(days=14)


def organisation_of(tenant_id: UUID) -> Organisation:
    """Return the tenant."""
    return db.session.get_one(Organisation, tenant_id)


def user_in_tenant(user_id: UUID) -> User | None:
    """Return a user of the tenant."""
    return db.session.get(User, user_id)


def users() -> Sequence[User]:
    """Return the tenant's users by name."""
    return db.session.scalars(select(User).order_by(User.name)).all()


def device_in_tenant(device_id: UUID) -> Device | None:
    """Return a device of the tenant."""
    return db.session.get(Device, device_id)


def devices() -> Sequence[tuple[Device, str]]:
    """Return the tenant's devices with their user's name, those that waited longest for contact first."""
    rows = db.session.execute(
        select(Device, User.name).join(User, User.id == Device.user_id).order_by(Device.last_contact_at)
    )
    return [(row.Device, row.name) for row in rows]


def count_troubled_devices(now: datetime) -> int:
    """Return how many devices somebody should look for: they hold something unsent since long, or have lost their store."""
    is_late = and_(Device.unsent_count > 0, Device.oldest_unsent_at < now - UNSENT_LATE, Device.store_lost_at.is_(None))
    has_lost = Device.store_lost_at > now - STORE_LOST_TOLD
    query = select(func.count()).select_from(Device).where(Device.revoked_at.is_(None), or_(is_late, has_lost))
    return db.session.execute(query).scalar_one()


def audit_events(before: int | None, limit: int) -> Sequence[AuditEvent]:
    """Return the tenant's audit, latest first, before an event's number."""
    query = select(AuditEvent).order_by(AuditEvent.number.desc()).limit(limit)
    return db.session.scalars(query if before is None else query.where(AuditEvent.number < before)).all()


def names_of(user_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of these users."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids))))
    return {row.id: row.name for row in rows}


def pull_organisation(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give a phone what its user must know of the organisation: whom to call."""
    if actor.tenant_id not in ids:
        return {}
    organisation = organisation_of(actor.tenant_id)
    return {
        organisation.id: {
            "name": organisation.name,
            "on_call_name": organisation.on_call_name,
            "on_call_phone": organisation.on_call_phone,
            "timezone": organisation.timezone,
        }
    }
