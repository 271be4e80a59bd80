"""Photos that operations named: which may be sent, how far they have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from fieldapp.access.models import Device
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.sync.models import NamedBlob
from fieldapp.sync.protocol import PushedOperation

RECEIVED = "blobs_received"
"""Announced with (tenant_id, hashes, at) when whole photos are on the disk and somebody names them."""


def name_blobs(device: Device, operations: Sequence[PushedOperation], at: datetime) -> None:
    """Remember which photos these operations named, held ones too."""
    sizes = {sha256: size for operation in operations for sha256, (size, _mime) in operation.blobs.items()}
    if not sizes:
        return
    known = set(
        db.session.scalars(
            select(NamedBlob.sha256).where(NamedBlob.device_id == device.id, NamedBlob.sha256.in_(sizes))
        )
    )
    new = [
        {
            "tenant_id": device.tenant_id,
            "device_id": device.id,
            "sha256": sha256,
            "size_bytes": size,
            "received_at": None,
            "named_at": at,
        }
        for sha256, size in sizes.items()
        if sha256 not in known
    ]
    if new:
        db.session.execute(insert(NamedBlob), new)


def named_by_phone(phone_id: UUID, sha256s: Iterable[str]) -> dict[str, NamedBlob]:
    """Return those of the hashes that an operation of one of this phone's devices named."""
    query = (
        select(NamedBlob)
        .join(Device, Device.id == NamedBlob.device_id)
        .where(Device.phone_id == phone_id, NamedBlob.sha256.in_(set(sha256s)))
    )
    return {blob.sha256: blob for blob in db.session.scalars(query)}


def received(sha256s: Iterable[str]) -> set[str]:
    """Return those of the hashes whose photo the tenant's store has, whoever sent it."""
    query = select(NamedBlob.sha256).where(NamedBlob.sha256.in_(set(sha256s)), NamedBlob.received_at.is_not(None))
    return set(db.session.scalars(query))


def settle(tenant_id: UUID, sha256s: Iterable[str], store: BlobStore, at: datetime) -> set[str]:
    """Tell whoever names these photos of those that are whole on the server's disk. Return them.

    The disk is asked too: the server may have stopped after a photo was whole and before the database knew.
    """
    asked = set(sha256s)
    if not asked:
        return set()
    known = received(asked)
    done = known | {sha256 for sha256 in asked - known if store.is_received(tenant_id, sha256)}
    for sha256 in sorted(done):
        _mark_received(sha256, at)
    if done:
        changes.announce(RECEIVED, (tenant_id, tuple(sorted(done)), at))
    return done


def _mark_received(sha256: str, at: datetime) -> None:
    """Note that a whole photo is on the server's disk, for every device that named it."""
    for blob in db.session.scalars(
        select(NamedBlob).where(NamedBlob.sha256 == sha256, NamedBlob.received_at.is_(None))
    ):
        blob.received_at = at
