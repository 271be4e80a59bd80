"""What a restore takes away: what the desk did since the backup, by kind, and what phones have and give back.

It says what the audit says – ids, codes, counts – and no name, text or position beyond that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from fieldapp.access.models import AuditEvent, Device, Organisation
from fieldapp.backup import contents
from fieldapp.backup.manifest import Manifest
from fieldapp.damage.models import Case
from fieldapp.infra.changes import FeedRow
from fieldapp.observations.models import ObservationComment, ObservationEdit
from fieldapp.sync.epoch import VerifiedBackup
from fieldapp.sync.models import LedgerEntry, NamedBlob

FREED_AFTER = timedelta(hours=24)
"""How long phones keep what a verified backup holds (protocol, section 7)."""

CLOCK_SLACK = timedelta(days=1)
"""Rows are compared from a day before the backup on, so that a clock that was set back hides none."""

_SHUT_OUT = ("device:revoke", "user:change")
"""Changes that keep somebody out: undone by the restore, and so told first."""


@dataclass(frozen=True, slots=True)
class Since:
    """Two stores to compare, and what phones had been told of the replaced one."""

    replaced: Connection
    restored: Connection
    manifest: Manifest
    told: VerifiedBackup | None
    retain_days: int
    now: datetime

    @property
    def start(self) -> datetime:
        """Return from when on rows can differ."""
        return self.manifest.taken_at - CLOCK_SLACK


def lost_since(since: Since) -> list[str]:
    """Return the report's lines for every organisation, in the order of their short names."""
    names = select(Organisation.id, Organisation.slug).where(Organisation.is_tenant).order_by(Organisation.slug)
    kept = {row.id for row in since.restored.execute(names)}
    lines: list[str] = []
    for tenant_id, slug in since.replaced.execute(names):
        told = _desk(since, tenant_id) + _phones(since, tenant_id)
        if tenant_id not in kept:
            told.insert(0, "the organisation was created since the backup and is gone with all it had")
        lines += [f"Organisation {slug}", *(f"  {line}" for line in told or ["nothing was written since the backup"])]
    return lines


def _desk(since: Since, tenant_id: UUID) -> list[str]:
    events = _new_events(since, tenant_id)
    changes = [event for event in events if not _is_reading(event.action)]
    lines = [f"gone from the desk: {len(changes)} changes, to be made again"] if changes else []
    by_action = Counter(event.action for event in changes)
    for action in sorted(by_action, key=lambda name: (name not in _SHUT_OUT, name)):
        lines.append(f"  {action}: {by_action[action]}")
        lines += [f"    {_sentence(event)}" for event in changes if event.action == action]
    counts = {
        "comments": _count_new(since, _window(ObservationComment, ObservationComment.at, since, tenant_id)),
        "corrections by the desk": _count_new(
            since,
            _window(ObservationEdit, ObservationEdit.at, since, tenant_id).where(ObservationEdit.by_role != "host"),
        ),
        "lines of the audit about reading and signing in": len(events) - len(changes),
    }
    lines += [f"gone: {count} {what}" for what, count in counts.items() if count]
    if moved := _feed(since, tenant_id):
        lines.append("changed since, and now as before: " + ", ".join(f"{kind} {n}" for kind, n in moved.items()))
    return lines


def _phones(since: Since, tenant_id: UUID) -> list[str]:
    columns = (LedgerEntry.id, LedgerEntry.seq, LedgerEntry.device_id, LedgerEntry.received_at)
    query = select(*columns).where(LedgerEntry.tenant_id == tenant_id, LedgerEntry.received_at >= since.start)
    known = {row.id for row in since.restored.execute(query)}
    operations = [row for row in since.replaced.execute(query) if row.id not in known]
    photos = _new_photos(since, tenant_id)
    lines = []
    if operations or photos:
        devices = len({row.device_id for row in operations})
        lines.append(
            f"from phones: {len(operations)} operations of {devices} devices and {photos} photos;"
            " phones give back by themselves what they still have"
        )
    freed = [row for row in operations if _may_be_freed(since, tenant_id, row.seq, row.received_at)]
    if freed:
        lines.append(f"  of these {len(freed)} operations are so old that phones may have forgotten them")
    if cases := _new_cases(since, tenant_id):
        numbers = ", ".join(str(number) for number in cases)
        lines.append(f"  cases {numbers}: opened anew when their records come back, perhaps under other numbers")
    devices_since = _count_new(since, _window(Device, Device.created_at, since, tenant_id))
    if devices_since:
        lines.append(f"{devices_since} devices first signed in since: their users have to sign in there once more")
    return lines


def _may_be_freed(since: Since, tenant_id: UUID, seq: int, received_at: datetime) -> bool:
    age = since.now - received_at
    if since.told is None:
        return age >= timedelta(days=since.retain_days)
    return seq <= since.told.heads.get(tenant_id, 0) and age >= FREED_AFTER


def _new_events(since: Since, tenant_id: UUID) -> list[Any]:
    columns = (
        AuditEvent.at,
        AuditEvent.actor_id,
        AuditEvent.action,
        AuditEvent.subject_kind,
        AuditEvent.subject_id,
        AuditEvent.reason,
        AuditEvent.facts,
        AuditEvent.hash,
    )
    query = select(*columns).where(AuditEvent.tenant_id == tenant_id, AuditEvent.at >= since.start)
    known = {row.hash for row in since.restored.execute(query)}
    return [row for row in since.replaced.execute(query.order_by(AuditEvent.number)) if row.hash not in known]


def _is_reading(action: str) -> bool:
    subject, _, verb = action.partition(":")
    return verb in {"view", "list", "export", "read_note"} or subject == "session" or verb.startswith("sign_")


def _sentence(event: Any) -> str:
    subject = f"{event.subject_kind} {event.subject_id or ''}".strip()
    by = f"by {event.actor_id}" if event.actor_id else "by the operator"
    facts = json.dumps(event.facts, ensure_ascii=False, sort_keys=True) if event.facts else ""
    return "  ".join(part for part in (f"{event.at:%Y-%m-%d %H:%M:%S}", subject, by, event.reason, facts) if part)


def _window(table: Any, at: Any, since: Since, tenant_id: UUID) -> Select[Any]:
    return select(table.id).where(table.tenant_id == tenant_id, at >= since.start)


def _count_new(since: Since, query: Select[Any]) -> int:
    known = _first(since.restored.execute(query))
    return len(_first(since.replaced.execute(query)) - known)


def _first(rows: Iterable[Sequence[Any]]) -> set[Any]:
    return {row[0] for row in rows}


def _new_photos(since: Since, tenant_id: UUID) -> int:
    query = select(NamedBlob.sha256).where(NamedBlob.tenant_id == tenant_id, NamedBlob.received_at >= since.start)
    return _count_new(since, query)


def _new_cases(since: Since, tenant_id: UUID) -> list[int]:
    query = select(Case.case_no).where(Case.tenant_id == tenant_id, Case.opened_at >= since.start)
    known = _first(since.restored.execute(query))
    return sorted(_first(since.replaced.execute(query)) - known)


def _feed(since: Since, tenant_id: UUID) -> dict[str, int]:
    """Count, by kind, the entities that changed after the last seq of the backup."""
    head = contents.heads(since.restored).get(tenant_id, 0)
    query = (
        select(FeedRow.kind, func.count(FeedRow.entity_id.distinct()))
        .where(FeedRow.tenant_id == tenant_id, FeedRow.seq > head)
        .group_by(FeedRow.kind)
        .order_by(FeedRow.kind)
    )
    return {row[0]: row[1] for row in since.replaced.execute(query)}
