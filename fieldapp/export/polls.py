"""Ask receivers how mending goes: the worker's job. Nothing is asked inside a transaction, and one receiver waits for no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from fieldapp.damage.models import Case
from fieldapp.damage.rules import OPEN_STATUSES
from fieldapp.export.models import Delivery, Receiver
from fieldapp.export.status_models import ReceiverPoll
from fieldapp.export.status_rules import Outcome, StatusReport
from fieldapp.export.status_service import judge_again, take_reports
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db
from fieldapp.kernel.time import Clock

EVERY = timedelta(minutes=5)
LONGEST = timedelta(hours=6)
OVERLAP = timedelta(hours=1)
FIRST_SINCE = timedelta(days=7)
ORDERS_MAX = 500
"""So many orders are asked about at a time, in turn."""
ANSWER_MAX = 500


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked: a receiver, its orders, and since when updates are wanted."""

    receiver: Receiver
    external_ids: Sequence[str]
    since: datetime
    cursor: int


Ask = Callable[[Question, datetime], list[StatusReport]]
"""Asks a receiver and returns what it says. What it raises is kept as the receiver's last answer."""


def poll_receivers(adapters: Sequence[str], ask: Ask, *, clock: Clock) -> int:
    """Ask each receiver of these adapters whose time has come. Return how many were asked."""
    due = _due(adapters, clock.now())
    for tenant_id, receiver_id in due:
        _poll(tenant_id, receiver_id, ask, clock)
    return len(due)


def _due(adapters: Sequence[str], now: datetime) -> list[tuple[UUID, UUID]]:
    query = (
        select(Receiver.tenant_id, Receiver.id)
        .outerjoin(ReceiverPoll, ReceiverPoll.receiver_id == Receiver.id)
        .where(
            Receiver.adapter.in_(adapters),
            Receiver.is_paused.is_(False),
            or_(ReceiverPoll.next_at.is_(None), ReceiverPoll.next_at <= now),
        )
        .order_by(Receiver.id)
    )
    found = [(row[0], row[1]) for row in db.session.execute(query.execution_options(**ACROSS_TENANTS))]
    db.session.rollback()
    return found


def _poll(tenant_id: UUID, receiver_id: UUID, ask: Ask, clock: Clock) -> None:
    asked_at = clock.now()
    with as_tenant(tenant_id, write=False):
        question = _question(receiver_id, asked_at)
    try:
        reports = ask(question, asked_at) if question.external_ids else []
    except Exception as error:
        with as_tenant(tenant_id, write=True):
            _note_failure(tenant_id, receiver_id, f"{type(error).__name__}: {error}", asked_at)
        return
    with as_tenant(tenant_id, write=True):
        receiver = db.session.get_one(Receiver, receiver_id)
        take_reports(receiver, reports, source="poll", clock=clock, keep_strays=False)
        judge_again(receiver, [Outcome.STRAY])
        poll = _poll_of(tenant_id, receiver_id, asked_at)
        poll.asked_at = poll.answered_at = asked_at
        poll.next_at, poll.failures, poll.answer = asked_at + EVERY, 0, ""
        poll.cursor = question.cursor


def _question(receiver_id: UUID, now: datetime) -> Question:
    """Choose the orders of cases that are not mended, in turn by number where they are many."""
    receiver = db.session.get_one(Receiver, receiver_id)
    poll = db.session.get(ReceiverPoll, (receiver.tenant_id, receiver_id))
    after = poll.cursor if poll else 0
    rows = _orders(receiver_id, after)
    cursor = rows[-1][0] if len(rows) == ORDERS_MAX else 0
    since = poll.answered_at - OVERLAP if poll and poll.answered_at else now - FIRST_SINCE
    return Question(receiver, sorted({external_id for _number, external_id in rows}), since, cursor)


def _orders(receiver_id: UUID, after: int) -> list[tuple[int, str]]:
    query = (
        select(Case.case_no, Delivery.external_id)
        .join(Delivery, Delivery.case_id == Case.id)
        .where(
            Delivery.receiver_id == receiver_id,
            Delivery.external_id.is_not(None),
            Case.status.in_(OPEN_STATUSES),
            Case.case_no > after,
        )
        .group_by(Case.case_no, Delivery.external_id)
        .order_by(Case.case_no)
        .limit(ORDERS_MAX)
    )
    return [(row[0], row[1]) for row in db.session.execute(query) if row[1]]


def _poll_of(tenant_id: UUID, receiver_id: UUID, now: datetime) -> ReceiverPoll:
    poll = db.session.get(ReceiverPoll, (tenant_id, receiver_id))
    if poll is None:
        poll = ReceiverPoll(tenant_id=tenant_id, receiver_id=receiver_id, next_at=now, failures=0, answer="", cursor=0)
        db.session.add(poll)
    return poll


def _note_failure(tenant_id: UUID, receiver_id: UUID, answer: str, now: datetime) -> None:
    poll = _poll_of(tenant_id, receiver_id, now)
    poll.failures += 1
    poll.asked_at, poll.answer = now, answer[:ANSWER_MAX]
    poll.next_at = now + min(LONGEST, EVERY * 2 ** min(poll.failures, 10))
