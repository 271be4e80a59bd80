"""Photos that operations named: which may be sent, how far they have come."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update

from fieldapp.access.login import KnownDevice
from fieldapp.access.models import Device
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.rows import TENANT, first_of, forget, insert_rows, is_one_of, prepared, run, table_of
from fieldapp.kernel.errors import Invalid
from fieldapp.sync.models import NamedBlob
from fieldapp.sync.protocol import PushedOperation

RECEIVED = "blobs_received"
"""Announced with (tenant_id, hashes, at) when whole photos are on the disk and somebody names them."""

TOGETHER_MAX = 16
"""So many whole photos travel in one request."""
_WHOLE = re.compile(r"([0-9a-f]{64})=([1-9][0-9]{0,7})")

_BLOBS, _DEVICES = table_of(NamedBlob), table_of(Device)
_ASKED = is_one_of(_BLOBS.c.sha256, "sha256s")
_NAMED_BY_DEVICE = prepared(
    select(_BLOBS.c.sha256).where(_BLOBS.c.tenant_id == TENANT, _BLOBS.c.device_id == bindparam("device"), _ASKED)
)
_NAMED_BY_PHONE = prepared(
    select(_BLOBS.c.sha256, _BLOBS.c.size_bytes, _BLOBS.c.received_at)
    .join(_DEVICES, _DEVICES.c.id == _BLOBS.c.device_id)
    .where(_BLOBS.c.tenant_id == TENANT, _DEVICES.c.tenant_id == TENANT, _DEVICES.c.phone_id == bindparam("phone"))
    .where(_ASKED)
)
_RECEIVED = prepared(
    select(_BLOBS.c.sha256).where(_BLOBS.c.tenant_id == TENANT, _ASKED, _BLOBS.c.received_at.is_not(None))
)
_MARK = prepared(
    update(_BLOBS)
    .where(_BLOBS.c.tenant_id == TENANT, _ASKED, _BLOBS.c.received_at.is_(None))
    .values(received_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class NamedPhoto:
    """A photo that a phone named: how long it is, and whether the server has all of it."""

    size_bytes: int
    is_received: bool


def name_blobs(device: KnownDevice, operations: Sequence[PushedOperation], at: datetime) -> None:
    """Remember which photos these operations named, held ones too."""
    sizes = {sha256: size for operation in operations for sha256, (size, _mime) in operation.blobs.items()}
    if not sizes:
        return
    known = set(run(_NAMED_BY_DEVICE, device=device.id, sha256s=list(sizes)).scalars())
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
    insert_rows(NamedBlob, new)


def read_sizes(header: str) -> dict[str, int]:
    """Return the photos that a request carries whole, one behind the other, each with its length.

    Raises:
        Invalid: that is not what the header says, or it names too many, or one twice.
    """
    found = [_WHOLE.fullmatch(word) for word in header.split(", ", TOGETHER_MAX)]
    sizes = {photo[1]: int(photo[2]) for photo in found if photo is not None}
    if len(sizes) != len(found) or len(found) > TOGETHER_MAX:
        raise Invalid("Upload-Photos is not the photos' hashes and lengths")
    return sizes


def named_by_phone(phone_id: UUID, sha256s: Iterable[str]) -> dict[str, NamedPhoto]:
    """Return those of the hashes that an operation of one of this phone's devices named."""
    found = run(_NAMED_BY_PHONE, phone=phone_id, sha256s=list(set(sha256s)))
    return {row.sha256: NamedPhoto(row.size_bytes, row.received_at is not None) for row in found}


def photo_named_by_phone(phone_id: UUID, sha256: str) -> NamedPhoto | None:
    """Return one such photo, read without the session: nothing of it is changed before its bytes are on the disk."""
    row = first_of(_NAMED_BY_PHONE, phone=phone_id, sha256s=[sha256])
    return None if row is None else NamedPhoto(row.size_bytes, row.received_at is not None)


def received(sha256s: Collection[str]) -> set[str]:
    """Return those of the hashes whose photo the tenant's store has, whoever sent it."""
    return set(run(_RECEIVED, sha256s=list(sha256s)).scalars())


def settle(tenant_id: UUID, sha256s: Iterable[str], store: BlobStore, at: datetime) -> set[str]:
    """Tell whoever names these photos of those that are whole on the server's disk. Return them.

    The disk is asked too: the server may have stopped after a photo was whole and before the database knew.
    """
    asked = set(sha256s)
    if not asked:
        return set()
    known = received(asked)
    done = known | {sha256 for sha256 in asked - known if store.is_received(tenant_id, sha256)}
    if done:
        note_received(tenant_id, done, at)
    return done


def note_received(tenant_id: UUID, done: Iterable[str], at: datetime) -> None:
    """Note that whole photos are on the server's disk, for every device that named them, and tell of it."""
    sha256s = tuple(sorted(done))
    run(_MARK, sha256s=sha256s, at=at)
    forget(NamedBlob)
    changes.announce(RECEIVED, (tenant_id, sha256s, at))
