"""What receivers tell us by themselves: calls that are signed with a secret of their own, answered once each."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.export.models import Receiver
from fieldapp.export.signatures import is_signed
from fieldapp.export.status_files import make_report
from fieldapp.export.status_models import InboundCall, InboundSecret
from fieldapp.export.status_service import take_reports
from fieldapp.infra.db import ACROSS_TENANTS, db
from fieldapp.kernel.errors import Conflict, Invalid, NotFound, RondError
from fieldapp.kernel.time import Clock

BODY_BYTES_MAX = 65_536
REPORTS_MAX = 200
KEY_CHARS_MAX = 64
CALLS_KEPT = timedelta(days=7)
FORMER_SECRET_HOLDS = timedelta(days=7)


class NotSigned(RondError):
    """The call is not signed by the receiver whose address it came to, or not now."""

    code = "not_signed"
    status = 401


class KeyUsed(Conflict):
    """The key of the call was used for another body."""

    code = "key_used"


@dataclass(frozen=True, slots=True)
class SignedCall:
    """One call as it came: the address it came to, its headers and its bytes."""

    address: str
    signature: str
    key: str
    body: bytes


def sender_of(call: SignedCall, now: datetime) -> InboundSecret:
    """Return who called.

    Raises:
        NotFound: nobody has this address.
        NotSigned: it is not signed with the secret of the address, or too long ago.
    """
    query = select(InboundSecret).where(InboundSecret.address == call.address)
    found = db.session.scalar(query.execution_options(**ACROSS_TENANTS))
    if found is None:
        raise NotFound
    if not is_signed(call.signature, call.body, secrets_of(found, now), now):
        raise NotSigned
    return found


def secrets_of(found: InboundSecret, now: datetime) -> list[str]:
    """Return the secrets that hold: the former one too, for a week after the change."""
    is_former_known = found.former_secret and now - found.changed_at <= FORMER_SECRET_HOLDS
    return [found.secret, *([str(found.former_secret)] if is_former_known else [])]


def answer_call(receiver_id: UUID, call: SignedCall, *, clock: Clock) -> dict[str, Any]:
    """Take what a call tells, in the tenant's transaction; the same call again gets the same answer, and does nothing.

    Raises:
        Invalid: the key is missing, or the body is not what it should be.
        KeyUsed: the key came with another body before.
    """
    receiver = db.session.get(Receiver, receiver_id)
    if receiver is None:
        raise NotFound
    if not 1 <= len(call.key) <= KEY_CHARS_MAX or not call.key.isprintable():
        raise Invalid("a key is needed", errors={"Idempotency-Key": ["missing"]})
    digest = hashlib.sha256(call.body).hexdigest()
    before = db.session.get(InboundCall, (receiver.tenant_id, receiver.id, call.key))
    if before is not None:
        if before.body_sha256 != digest:
            raise KeyUsed
        return dict(json.loads(before.answer))
    answer = _taken(receiver, _rows_of(call.body), clock)
    now = clock.now()
    kept = {"tenant_id": receiver.tenant_id, "receiver_id": receiver.id, "key": call.key, "at": now}
    db.session.add(InboundCall(**kept, body_sha256=digest, answer=json.dumps(answer)))
    db.session.execute(delete(InboundCall).where(InboundCall.at < now - CALLS_KEPT))
    return answer


def _rows_of(body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("not JSON", errors={"body": ["malformed"]}) from None
    rows = document.get("updates") if isinstance(document, dict) else None
    if not isinstance(rows, list) or len(rows) > REPORTS_MAX:
        raise Invalid("no list of updates", errors={"updates": ["malformed"]})
    return rows


def _taken(receiver: Receiver, rows: list[Any], clock: Clock) -> dict[str, Any]:
    """Take what can be read, and say of the rest which rows those were."""
    read = [make_report(_texts(row)) if isinstance(row, dict) else None for row in rows]
    outcomes = take_reports(receiver, [one for one in read if one is not None], source="webhook", clock=clock)
    unread = [number for number, report in enumerate(read) if report is None]
    return {"outcomes": {str(outcome): count for outcome, count in sorted(outcomes.items())}, "unread": unread}


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if isinstance(value, str | int)}


def rotate_secret(actor: Actor, receiver: Receiver, *, clock: Clock) -> InboundSecret:
    """Give a receiver an address and a secret, or another secret: the former one holds for a week more."""
    now = clock.now()
    found = db.session.get(InboundSecret, (receiver.tenant_id, receiver.id))
    if found is None:
        found = InboundSecret(tenant_id=receiver.tenant_id, receiver_id=receiver.id, address=secrets.token_urlsafe(24))
        db.session.add(found)
    else:
        found.former_secret = found.secret
    found.secret, found.changed_at = secrets.token_urlsafe(32), now
    db.session.flush()
    audit.write(actor.tenant_id, "receiver:rotate_inbound", at=now, actor=actor, subject=("receiver", receiver.id))
    return found
