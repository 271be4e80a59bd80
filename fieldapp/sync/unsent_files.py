"""Take in what a phone could not send and saved to a file: the last resort when its browser or its sign-in is broken.

The file is JSON, a line each (docs/sync-protocol.md): a head that names the device, operations as they would have been
pushed, parts of photos as base64. Every line is worth something by itself: what can be read is taken in as if the phone
had sent it, once, and the rest is told line by line.
"""

from __future__ import annotations

import base64
import hashlib
import json
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from fieldapp.access import audit
from fieldapp.access.login import DeviceHere, here_of
from fieldapp.access.models import Device, User
from fieldapp.access.roles import Actor
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db, transaction
from fieldapp.infra.schemas import ValidationError
from fieldapp.kernel.errors import Invalid, RondError, Unavailable
from fieldapp.kernel.time import Clock
from fieldapp.sync import named_blobs, protocol
from fieldapp.sync.models import NamedBlob
from fieldapp.sync.push import receive
from fieldapp.sync.registry import Registry
from fieldapp.sync.schemas import UnsentHeadSchema, UnsentPartSchema, read_operation, refuse_constant

FILE_BYTES_MAX = 512 * 1024 * 1024
LINE_BYTES_MAX = 2 * protocol.PART_BYTES_MAX
FAULTS_MAX = 100
_head, _part = UnsentHeadSchema(), UnsentPartSchema()


@dataclass(slots=True)
class TakenIn:
    """What became of a file: operations by acknowledgement, photos that are whole, and lines that could not be read."""

    acks: dict[str, int] = field(default_factory=lambda: {"ok": 0, "dup": 0, "held": 0, "mismatch": 0})
    photo_count: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def fault(self, line: int, code: str) -> None:
        """Note why a line was not taken in; after FAULTS_MAX only that there are more."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append((line, code))


@dataclass(slots=True)
class Intake:
    """A file on its way in."""

    here: DeviceHere
    app: str
    registry: Registry
    store: BlobStore
    clock: Clock
    taken: TakenIn = field(default_factory=TakenIn)
    waiting: list[protocol.PushedOperation] = field(default_factory=list)

    def operation(self, line: int, raw: Any) -> None:
        """Keep an operation for the next batch."""
        try:
            self.waiting.append(read_operation(raw, line))
        except (ValidationError, TypeError, AttributeError):
            self.taken.fault(line, "operation")
        if len(self.waiting) >= protocol.PUSH_OPS_MAX:
            self.flush()

    def flush(self) -> None:
        """Receive what is kept, as one batch."""
        if not self.waiting:
            return
        batch = protocol.Push(None, self.app, None, tuple(self.waiting))
        self.waiting.clear()
        for ack in receive(self.here, batch, self.registry, self.store, self.clock):
            self.taken.acks[ack["st"]] += 1

    def photo_part(self, line: int, raw: Any) -> None:
        """Store a part of a photo that an operation of this device named."""
        self.flush()
        try:
            loaded = _part.load(raw)
            content = base64.b64decode(loaded["part"], validate=True)
            if not self._append(loaded["photo"], loaded["off"], content):
                self.taken.fault(line, "photo_gap")
        except Unavailable:
            raise
        except (ValidationError, NotBase64, RondError):
            self.taken.fault(line, "photo")

    def _append(self, sha256: str, offset: int, content: bytes) -> bool:
        """Store a part unless it is there. Return false when an earlier one is missing."""
        tenant_id = self.here.actor.tenant_id
        with transaction(write=False):
            blob = db.session.get(NamedBlob, (tenant_id, self.here.device.id, sha256))
        if blob is None:
            raise Invalid("no operation of this device named the photo")
        stored = self.store.received_bytes(tenant_id, sha256)
        if blob.received_at is not None or offset < stored:
            return True
        if offset > stored:
            return False
        digest = hashlib.sha256(content).hexdigest()
        outcome = self.store.append_part(
            tenant_id, sha256, offset=offset, total_length=blob.size_bytes, part=content, part_sha256=digest
        )
        if outcome.is_restarted:
            raise Invalid("the bytes are not the photo's")
        if outcome.is_complete:
            self.taken.photo_count += 1
            with transaction(write=True):
                named_blobs.settle(tenant_id, [sha256], self.store, self.clock.now())
        return True


def take_in(actor: Actor, file: BinaryIO, registry: Registry, store: BlobStore, clock: Clock) -> TakenIn:
    """Take in a file that a phone wrote, on the word of whoever brings it. Opens its own transactions.

    Raises:
        Invalid: it is no such file, or of a device that is not the tenant's. Nothing was taken in.
    """
    lines = _lines(file)
    head = _read_head(next(lines, (1, None)))
    intake = Intake(_device(head["device"]), head["app"], registry, store, clock)
    for number, document in lines:
        if isinstance(document, dict) and "op" in document:
            intake.operation(number, document["op"])
        elif isinstance(document, dict) and "photo" in document:
            intake.photo_part(number, document)
        else:
            intake.taken.fault(number, "line")
    intake.flush()
    with transaction(write=True):
        facts: dict[str, Any] = {"photos": intake.taken.photo_count, "faults": len(intake.taken.faults)}
        subject = ("device", intake.here.device.id)
        facts |= intake.taken.acks
        audit.write(actor.tenant_id, "device:import", at=clock.now(), actor=actor, subject=subject, **facts)
    return intake.taken


def _lines(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield each line's number and document, None where it is none. Hold no more than LINE_BYTES_MAX of it."""
    number = 0
    while line := file.readline(LINE_BYTES_MAX):
        number += 1
        is_whole = line.endswith(b"\n") or len(line) < LINE_BYTES_MAX
        yield number, _document(line) if is_whole else None
        while not line.endswith(b"\n") and (line := file.readline(LINE_BYTES_MAX)):
            pass


def _document(line: bytes) -> Any:
    try:
        return json.loads(line, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        return None


def _read_head(first: tuple[int, Any]) -> dict[str, Any]:
    try:
        head: dict[str, Any] = _head.load(first[1])
    except (ValidationError, TypeError, AttributeError) as error:
        raise Invalid("no file of unsent records", errors={"file": ["not_ours"]}) from error
    return head


def _device(device_id: UUID) -> DeviceHere:
    with transaction(write=False):
        device = db.session.get(Device, device_id)
        if device is None:
            raise Invalid("no device of the organisation", errors={"file": ["unknown_device"]})
        return here_of(device, db.session.get_one(User, device.user_id))
