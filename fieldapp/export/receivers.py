"""The writer of receivers, and of what people do with deliveries that stopped."""

from __future__ import annotations

import uuid
from datetime import datetime

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.export.commands import SetReceiver
from fieldapp.export.models import Delivery, Receiver
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Conflict
from fieldapp.kernel.time import Clock


class NotStopped(Conflict):
    """The delivery has not stopped: there is nothing to send again."""

    code = "not_stopped"


def add_receiver(actor: Actor, command: SetReceiver, *, clock: Clock) -> Receiver:
    """Add a receiver. What is reviewed from now on is handed to it."""
    now = clock.now()
    made = Receiver(
        id=uuid.uuid4(), tenant_id=actor.tenant_id, name=command.name, adapter=command.adapter, created_at=now
    )
    _set(made, command)
    db.session.add(made)
    db.session.flush()
    _note(actor, made, "receiver:add", now)
    return made


def change_receiver(actor: Actor, receiver: Receiver, command: SetReceiver, *, clock: Clock) -> None:
    """Change a receiver. Its kind stays, as what it has received does."""
    _set(receiver, command)
    _note(actor, receiver, "receiver:change", clock.now())


def _set(receiver: Receiver, command: SetReceiver) -> None:
    receiver.name, receiver.is_paused = command.name, command.is_paused
    receiver.settings = {**(receiver.settings or {}), **command.settings}
    receiver.categories = list(command.categories)
    if command.secret:
        former = (receiver.secret or "").splitlines()[:1] if receiver.adapter == "webhook" else []
        receiver.secret = "\n".join([command.secret, *former])


def send_again(actor: Actor, delivery: Delivery, *, clock: Clock) -> None:
    """Queue a delivery that stopped, from the beginning. It is looked for first: it may have been done.

    Raises:
        NotStopped: it has not stopped: it is being sent, or was.
    """
    if delivery.state == "queued":
        return  # asked for twice
    if delivery.state not in ("dead", "paused"):
        raise NotStopped
    now = clock.now()
    delivery.is_unknown = delivery.tries > 0
    delivery.state, delivery.tries, delivery.next_try_at = "queued", 0, now
    subject = ("delivery", delivery.id)
    audit.write(actor.tenant_id, "delivery:send_again", at=now, actor=actor, subject=subject)


def _note(actor: Actor, receiver: Receiver, action: str, now: datetime) -> None:
    audit.write(actor.tenant_id, action, at=now, actor=actor, subject=("receiver", receiver.id), name=receiver.name)
