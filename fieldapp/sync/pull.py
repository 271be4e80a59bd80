"""Give a phone what changed since it last asked: each entity once, as it is now, in commit order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.models import Device
from fieldapp.access.roles import Actor
from fieldapp.infra.changes import EVERYBODY, FeedRow
from fieldapp.infra.db import db
from fieldapp.sync.errors import BadCursor, EpochChanged, ScopeChanged
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.protocol import Cursor
from fieldapp.sync.registry import Registry


def scope_of(actor: Actor) -> str:
    """Return what decides which rows the user may see, as a short hash: a change of it starts the reading anew."""
    text = f"{actor.tenant_id}{actor.user_id}{sorted(actor.roles)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def pull(actor: Actor, cursor_text: str | None, limit: int, registry: Registry, epoch: str) -> dict[str, Any]:
    """Return rows after the cursor, the cursor after them, and whether there is more.

    Raises:
        BadCursor, EpochChanged, ScopeChanged: the phone starts again without a cursor.
    """
    cursor = _read_cursor(actor, cursor_text, epoch)
    feed = db.session.execute(
        select(FeedRow.seq, FeedRow.kind, FeedRow.entity_id)
        .where(FeedRow.audience.in_((EVERYBODY, actor.user_id)), FeedRow.seq > cursor.seq)
        .where(FeedRow.kind.in_((*registry.pulls, "op")))
        .order_by(FeedRow.seq)
        .limit(limit + 1)
    ).all()
    page = feed[:limit]
    bodies = _load(actor, page, registry)
    rows = [row for change in page if (row := _row(change, bodies, registry)) is not None]
    last = page[-1].seq if page else cursor.seq
    return {"rows": rows, "cursor": str(Cursor(epoch, cursor.scope, last)), "more": len(feed) > limit}


def _read_cursor(actor: Actor, text: str | None, epoch: str) -> Cursor:
    scope = scope_of(actor)
    if text is None:
        return Cursor(epoch, scope, 0)
    try:
        cursor = Cursor.parse(text)
    except ValueError as error:
        raise BadCursor from error
    if cursor.epoch != epoch:
        raise EpochChanged(epoch=epoch)
    if cursor.scope != scope:
        raise ScopeChanged
    return cursor


def _load(actor: Actor, page: Sequence[Any], registry: Registry) -> Mapping[str, Mapping[UUID, dict[str, Any]]]:
    wanted: dict[str, list[UUID]] = {}
    for change in page:
        wanted.setdefault(change.kind, []).append(change.entity_id)
    return {
        kind: _held(actor, ids) if kind == "op" else registry.pulls[kind].load(actor, ids)
        for kind, ids in wanted.items()
    }


def _row(change: Any, bodies: Mapping[str, Mapping[UUID, dict[str, Any]]], registry: Registry) -> dict[str, Any] | None:
    body = bodies[change.kind].get(change.entity_id)
    row = {"seq": change.seq, "kind": change.kind, "id": str(change.entity_id)}
    if body is not None:
        return {**row, "body": body}
    kind = registry.pulls.get(change.kind)
    return {**row, "gone": True} if kind is not None and kind.leaves_scope else None


def _held(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Tell a host what became of operations that were held."""
    words = {"held": "held", "applied": "released", "returned": "returned"}
    query = (
        select(LedgerEntry)
        .join(Device, Device.id == LedgerEntry.device_id)
        .where(LedgerEntry.id.in_(ids), Device.user_id == actor.user_id)
    )
    return {
        entry.id: {"op": str(entry.id), "state": words[entry.outcome], "why": entry.why, "reason": entry.reason}
        for entry in db.session.scalars(query)
    }
