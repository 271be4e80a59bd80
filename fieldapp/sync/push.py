"""Receive a batch of operations: each exactly once, none in another's way, in one transaction.

The order inside: known ones are answered from the ledger; the others are read and judged; handlers get runs of one type;
what waited for something that now exists is applied too; then feed and ledger are written.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import OperationalError

from fieldapp.access.login import DeviceHere, KnownDevice
from fieldapp.access.models import Device
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import transaction
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.infra.rows import TENANT, WrittenJson, forget, insert_rows, is_one_of, prepared, run, table_of
from fieldapp.kernel.time import Clock, from_ms
from fieldapp.sync import named_blobs
from fieldapp.sync.judging import apply, condensed, feed_of, read, storable
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.protocol import BODILESS_TYPES, Push, PushedOperation
from fieldapp.sync.registry import Registry
from fieldapp.sync.waiting import wake

log = logging.getLogger("fieldapp.sync")
Ack = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """A batch on its way through: what is known of it so far."""

    device: KnownDevice
    actor: Actor
    may_act: bool
    registry: Registry
    received_at: datetime
    read: Mapping[UUID, Arrival | Held]
    outcomes: dict[UUID, Outcome] = field(default_factory=dict)


def receive(here: DeviceHere, push: Push, registry: Registry, store: BlobStore, clock: Clock) -> list[Ack]:
    """Store a batch and answer each of its operations.

    What can be known of operations without the database is found out first: meanwhile others may write.
    Should the whole fail, it is done again with a savepoint for each operation, so that only the poisonous one is held.

    Raises:
        OperationalError: the database is away, full or locked: nothing is stored and nothing acknowledged.
    """
    received_at = clock.now()
    found: dict[UUID, Arrival | Held] = {}
    for operation in push.ops:
        if operation.id not in found:
            found[operation.id] = read(operation, here.actor, registry, here.device.id, received_at)
    try:
        with transaction(write=True):
            return _receive(here, push, registry, store, received_at, found, one_by_one=False)
    except OperationalError:
        raise
    except Exception as error:
        log.error("a batch of device %s failed and is taken one by one", here.device.id, exc_info=error)
    with transaction(write=True):
        return _receive(here, push, registry, store, received_at, found, one_by_one=True)


def _receive(
    here: DeviceHere,
    push: Push,
    registry: Registry,
    store: BlobStore,
    received_at: datetime,
    found: Mapping[UUID, Arrival | Held],
    *,
    one_by_one: bool,
) -> list[Ack]:
    device = KnownDevice(**run(_DEVICE, device=here.device.id).one()._asdict())
    batch = Batch(device, here.actor, here.may_act, registry, received_at, found)
    known = _known({operation.id for operation in push.ops})
    fresh: dict[UUID, PushedOperation] = {}
    for operation in push.ops:
        if operation.id not in known:
            fresh.setdefault(operation.id, operation)
    ordered = sorted(fresh.values(), key=lambda operation: operation.n)
    _judge_and_apply(batch, ordered, one_by_one=one_by_one)
    entries = _write(batch, ordered)
    named_blobs.name_blobs(device, ordered, batch.received_at)
    sha256s = {sha256 for operation in push.ops for sha256 in operation.blobs}
    named_blobs.settle(batch.actor.tenant_id, sha256s, store, batch.received_at)
    _touch(device, push, batch.received_at)
    has_effect = any(isinstance(outcome, Applied) for outcome in batch.outcomes.values())
    arrived = {operation.entity for operation in ordered}
    if has_effect and wake(batch.actor.tenant_id, arrived, registry, store, batch.received_at):
        known = _known(set(known))  # what waited may be among what is sent again
    return _answer(push, known, entries)


_LEDGER, _DEVICES = table_of(LedgerEntry), table_of(Device)
_THIS_DEVICE = (_DEVICES.c.tenant_id == TENANT, _DEVICES.c.id == bindparam("device"))
_DEVICE = prepared(select(*(_DEVICES.c[part.name] for part in fields(KnownDevice))).where(*_THIS_DEVICE))
_HEARD_OF = prepared(
    update(_DEVICES)
    .where(*_THIS_DEVICE)
    .values(
        last_contact_at=bindparam("at"),
        app_version=bindparam("app"),
        unsent_count=bindparam("left"),
        oldest_unsent_at=bindparam("oldest_at"),
    )
)
_KNOWN = prepared(
    select(*(_LEDGER.c[name] for name in ("id", "sha256", "outcome", "seq", "rev", "why", "waits_for"))).where(
        _LEDGER.c.tenant_id == TENANT, is_one_of(_LEDGER.c.id, "ids")
    )
)


def _known(ids: set[UUID]) -> dict[UUID, Any]:
    """Return what the ledger's answer to each of these operations is made of, if it has them."""
    return {entry.id: entry for entry in run(_KNOWN, ids=list(ids))}


def _judge_and_apply(batch: Batch, ordered: Sequence[PushedOperation], *, one_by_one: bool) -> None:
    arrivals: list[Arrival] = []
    for operation in ordered:
        judged = judge(batch, operation)
        if isinstance(judged, Held):
            batch.outcomes[operation.id] = judged
        else:
            arrivals.append(judged)
    batch.outcomes |= apply(arrivals, batch.registry, one_by_one=one_by_one)


def judge(batch: Batch, operation: PushedOperation) -> Arrival | Held:
    """See whether the user of an operation that was read may do it here; what is wrong with it holds it."""
    if batch.device.revoked_at is not None:
        return Held("revoked")
    if operation.by != batch.device.user_id:
        return Held("not_signed_in_here")
    if not batch.may_act:
        return Held("forbidden")
    return batch.read[operation.id]


def _write(batch: Batch, ordered: Sequence[PushedOperation]) -> dict[UUID, dict[str, Any]]:
    """Write feed and ledger. Return the ledger's rows by operation."""
    seqs = _write_feed(batch, ordered)
    rows = {
        operation.id: ledger_row(batch, operation, batch.outcomes[operation.id], seqs[operation.id])
        for operation in ordered
    }
    insert_rows(LedgerEntry, list(rows.values()))
    return rows


def _write_feed(batch: Batch, ordered: Iterable[PushedOperation]) -> dict[UUID, int]:
    """Tell who may pull what changed. Every operation gets a seq, whether anything of it is pulled or not."""
    noted: list[tuple[str, UUID, UUID]] = []
    owners: list[UUID] = []
    silent: list[UUID] = []
    for operation in ordered:
        outcome = batch.outcomes[operation.id]
        told = feed_of(outcome, operation.id, operation.entity, batch.device.user_id)
        noted.extend(told)
        owners.extend(operation.id for _ in told)
        if not told:
            silent.append(operation.id)
    seqs = dict(zip(owners, changes.note_many(batch.actor.tenant_id, noted, at=batch.received_at), strict=True))
    if silent:
        seqs |= dict(zip(silent, changes.take_seqs(batch.actor.tenant_id, len(silent)), strict=True))
    return seqs


def ledger_row(batch: Batch, operation: PushedOperation, outcome: Outcome, seq: int) -> dict[str, Any]:
    """Return the ledger's row of an operation."""
    is_held = isinstance(outcome, Held)
    keeps_body = is_held or operation.type not in BODILESS_TYPES
    return {
        "tenant_id": batch.actor.tenant_id,
        "id": operation.id,
        "device_id": batch.device.id,
        "n": operation.n,
        "by_id": operation.by,
        "type": operation.type,
        "entity_id": operation.entity,
        "seq": seq,
        "sha256": operation.sha256,
        "outcome": "held" if is_held else "applied",
        "why": outcome.why if isinstance(outcome, Held) else None,
        "waits_for": outcome.waits_for if isinstance(outcome, Held) else None,
        "rev": outcome.rev if isinstance(outcome, Applied) else None,
        "reason": "",
        "body": _body(batch, operation, is_held=is_held) if keeps_body else None,
        "received_at": batch.received_at,
        "decided_at": None,
    }


def _body(batch: Batch, operation: PushedOperation, *, is_held: bool) -> Any:
    """Return what the ledger keeps of an operation. What was carried out has nothing in it that a database cannot store."""
    if is_held:
        return storable(condensed(operation, batch.actor.tenant_id, batch.registry))
    return WrittenJson(operation.canonical) if operation.canonical else storable(operation.verbatim)


def _touch(device: KnownDevice, push: Push, now: datetime) -> None:
    if push.unsent is None:  # brought by somebody else: the phone has not been heard of
        return
    # The phone counted before it sent: what came with this batch is held by it no longer.
    left = max(0, push.unsent.count - len(push.ops))
    oldest_at = from_ms(push.unsent.oldest) if left and push.unsent.oldest is not None else None
    run(_HEARD_OF, device=device.id, at=now, app=push.app, left=left, oldest_at=oldest_at)
    forget(Device)


def _answer(push: Push, known: dict[UUID, Any], fresh: dict[UUID, dict[str, Any]]) -> list[Ack]:
    acks: list[Ack] = []
    answered: set[UUID] = set()
    for operation in push.ops:
        entry = known.get(operation.id)
        if entry is not None:
            acks.append(
                _ack(operation, entry.sha256, entry.outcome, entry.seq, entry.rev, entry.why, entry.waits_for, True)
            )
            continue
        row = fresh[operation.id]
        fields = (row["sha256"], row["outcome"], row["seq"], row["rev"], row["why"], row["waits_for"])
        acks.append(_ack(operation, *fields, operation.id in answered))
        answered.add(operation.id)
    return acks


def _ack(
    operation: PushedOperation,
    sha256: str,
    outcome: str,
    seq: int,
    rev: int | None,
    why: str | None,
    waits_for: UUID | None,
    is_repeat: bool,
) -> Ack:
    if sha256 != operation.sha256:
        return {"id": str(operation.id), "st": "mismatch"}
    ack: Ack = {"id": str(operation.id), "st": "dup" if is_repeat else "ok", "seq": seq}
    if outcome != "applied":
        ack |= {"st": "held", "why": why or "invalid"}
        if waits_for is not None:
            ack["waits_for"] = str(waits_for)
    elif rev is not None:
        ack["rev"] = rev
    return ack
