"""Hand cases to receivers: queued with the step that calls for it, sent by the worker outside any transaction, one order each.

That a delivery is about to be tried is kept before it is; whatever ends in between, it is looked for before it is sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from fieldapp.access.queries import organisation_of
from fieldapp.damage import events, steps
from fieldapp.damage.commands import StepCase
from fieldapp.damage.facts import CaseFacts
from fieldapp.damage.queries import case_in_tenant
from fieldapp.damage.rules import SET_ASIDE_STATUSES
from fieldapp.export import x1
from fieldapp.export.adapters.base import (
    Accepted,
    CannotTell,
    Found,
    Looked,
    NotFound,
    Outcome,
    Pending,
    Refused,
    Retry,
)
from fieldapp.export.adapters.registry import POLLED, Way, adapter_of, open311_of
from fieldapp.export.models import Delivery, DeliveryTry, Receiver
from fieldapp.export.polls import Question, poll_receivers
from fieldapp.export.status_rules import StatusReport
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db
from fieldapp.infra.feature import Installation
from fieldapp.infra.rows import TENANT, prepared, run, table_of
from fieldapp.kernel.ids import uuid7

AT_ONCE = 50
TRIES_MAX = 15
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
SENT_KEPT, ANSWER_KEPT = 8_000, 2_000
WITHDRAWN_UNSENT = "withdrawn before it was sent"
OF_RECEIVERS = (events.SENT, events.RECEIVER)
"""Lines of a case's history that receivers themselves are the reason for: nobody is told what they said."""

_RECEIVERS = table_of(Receiver)
_ALL = prepared(select(_RECEIVERS.c.id, _RECEIVERS.c.categories).where(_RECEIVERS.c.tenant_id == TENANT))


def queue_cases(changed: Sequence[CaseFacts]) -> None:
    """Queue what receivers are to have, in the transaction of what happened: a few statements, whatever is in it."""
    wanted = [facts for facts in changed if facts.rule not in OF_RECEIVERS and facts.status != "ny"]
    receivers = [(row.id, row.categories) for row in run(_ALL)] if wanted else []
    if not receivers:
        return
    ids = {facts.case_id for facts in wanted}
    known: dict[tuple[UUID, UUID], list[Delivery]] = {}
    for delivery in db.session.scalars(select(Delivery).where(Delivery.case_id.in_(ids)).order_by(Delivery.revision)):
        known.setdefault((delivery.case_id, delivery.receiver_id), []).append(delivery)
    for facts in wanted:
        for receiver_id, codes in receivers:
            if not codes or facts.category_code in codes:
                _queue(facts, receiver_id, known.get((facts.case_id, receiver_id), []))
    db.session.flush()


def _queue(facts: CaseFacts, receiver_id: UUID, known: list[Delivery]) -> None:
    if not known:
        if facts.status == "granskad":
            db.session.add(_made(facts, receiver_id, "create"))
        return
    if facts.revision <= known[-1].revision:
        return
    action = "cancel" if facts.status in SET_ASIDE_STATUSES else "update"
    if action == "cancel" and len(known) == 1 and known[0].state == "queued" and not known[0].tries:
        known[0].state, known[0].answer = "dead", WITHDRAWN_UNSENT
        return
    db.session.add(_made(facts, receiver_id, action))


def _made(facts: CaseFacts, receiver_id: UUID, action: str) -> Delivery:
    return Delivery(
        id=uuid7(facts.at),
        tenant_id=facts.tenant_id,
        receiver_id=receiver_id,
        case_id=facts.case_id,
        revision=facts.revision,
        action=action,
        state="queued",
        queued_at=facts.at,
        next_try_at=facts.at,
    )


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A delivery on its way: what the worker takes with it out of the transaction."""

    delivery_id: UUID
    receiver: Receiver
    action: str
    fields: dict[str, Any]
    key: str
    external_id: str
    token: str
    is_unknown: bool


def send_due(installation: Installation) -> int:
    """Try what is due, the oldest first. Return how many were tried."""
    now = installation.clock.now()
    due = _due(now)
    for tenant_id, delivery_id in due:
        with as_tenant(tenant_id, write=True):
            parcel = _take(delivery_id)
        if parcel is None:
            continue
        done = _hand_over(parcel, installation)
        with as_tenant(tenant_id, write=True):
            _settle(parcel, done, installation.clock.now())
    return len(due)


def _due(now: datetime) -> list[tuple[UUID, UUID]]:
    """Find deliveries whose time has come and that no earlier one of the same case and receiver stands before."""
    earlier = aliased(Delivery)
    before = exists().where(
        earlier.receiver_id == Delivery.receiver_id,
        earlier.case_id == Delivery.case_id,
        earlier.revision < Delivery.revision,
        earlier.state != "sent",
    )
    query = (
        select(Delivery.tenant_id, Delivery.id)
        .join(Receiver, and_(Receiver.id == Delivery.receiver_id, Receiver.is_paused.is_(False)))
        .where(Delivery.state == "queued", or_(Delivery.next_try_at.is_(None), Delivery.next_try_at <= now), ~before)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(AT_ONCE)
    )
    found = [(row[0], row[1]) for row in db.session.execute(query.execution_options(**ACROSS_TENANTS))]
    db.session.rollback()
    return found


def _take(delivery_id: UUID) -> _Parcel | None:
    """Keep that a delivery is about to be tried, and return what is to be sent."""
    delivery = db.session.get_one(Delivery, delivery_id)
    opened = case_in_tenant(delivery.case_id)
    if delivery.state != "queued" or opened is None:
        return None
    was_unknown, delivery.is_unknown = delivery.is_unknown, True
    delivery.tries += 1
    sent = select(Delivery.external_id).where(
        Delivery.receiver_id == delivery.receiver_id,
        Delivery.case_id == delivery.case_id,
        Delivery.external_id.is_not(None),
    )
    receiver = db.session.get_one(Receiver, delivery.receiver_id)
    fields = x1.order_row(opened.case, opened.observation, organisation_of(delivery.tenant_id))
    key = hashlib.sha256(f"{delivery.case_id} {delivery.revision}".encode()).hexdigest()
    external_id = db.session.scalar(sent.limit(1)) or ""
    return _Parcel(delivery.id, receiver, delivery.action, fields, key, external_id, delivery.token, was_unknown)


def _hand_over(parcel: _Parcel, installation: Installation) -> Outcome | Looked:
    """Do the next thing with a parcel: ask what its token has become, look for it, or send it."""
    now = installation.clock.now()
    try:
        receiver = parcel.receiver
        way = Way(receiver.settings, receiver.secret, installation.outward, installation.clock)
        adapter = adapter_of(receiver.adapter, way, parcel.key)
        if parcel.token:
            return adapter.resolve(parcel.token)
        if parcel.action == "create":
            return adapter.look_up(parcel.fields, now) if parcel.is_unknown else adapter.create(parcel.fields, now)
        if not parcel.external_id:
            return Refused("the receiver has no order of this case")
        return adapter.tell(
            parcel.fields, parcel.external_id, parcel.key, is_cancelled=parcel.action == "cancel"
        )  # the same update has the same id: the receiver knows it again
    except Exception as error:
        return Retry(f"{type(error).__name__}: {error}")


def _settle(parcel: _Parcel, done: Outcome | Looked, now: datetime) -> None:
    delivery = db.session.get_one(Delivery, parcel.delivery_id)
    answer = str(getattr(done, "answer", ""))[:ANSWER_KEPT]
    sent = json.dumps(parcel.fields, ensure_ascii=False)
    db.session.add(
        DeliveryTry(
            id=uuid7(now),
            tenant_id=delivery.tenant_id,
            delivery_id=delivery.id,
            at=now,
            sent_sha256=hashlib.sha256(sent.encode()).hexdigest(),
            sent=sent[:SENT_KEPT],
            outcome=type(done).__name__.lower(),
            answer=answer,
        )
    )
    delivery.answer = answer
    match done:
        case Accepted(external_id) | Found(external_id):
            _accept(delivery, external_id, now)
        case Pending(token):
            delivery.token, delivery.next_try_at = token, now + FIRST_WAIT
        case NotFound():
            delivery.is_unknown, delivery.next_try_at = False, now
        case Refused():
            delivery.state = "dead"
        case Retry() | CannotTell():
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(delivery.tries, 12))
            delivery.next_try_at = now + max(wait, timedelta(seconds=getattr(done, "after_s", None) or 0))
    if delivery.tries >= TRIES_MAX and delivery.state == "queued":
        delivery.state = "dead"


def _accept(delivery: Delivery, external_id: str, now: datetime) -> None:
    delivery.state, delivery.external_id, delivery.sent_at = "sent", external_id, now
    delivery.token, delivery.is_unknown = "", False
    opened = case_in_tenant(delivery.case_id)
    if delivery.action == "create" and opened is not None and opened.case.status == "granskad":
        steps.take_step_by_rule(opened, StepCase("skickad"), events.SENT, at=now)


def poll_due(installation: Installation) -> int:
    """Ask the receivers whose time has come how mending goes. Return how many were asked."""

    def ask(question: Question, now: datetime) -> list[StatusReport]:
        receiver = question.receiver
        adapter = open311_of(receiver.settings, receiver.secret, installation.outward)
        return adapter.ask(question.external_ids, question.since, now)

    return poll_receivers(POLLED, ask, clock=installation.clock)
