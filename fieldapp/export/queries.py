"""Reads of receivers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.damage.models import Case
from fieldapp.export.models import Delivery, DeliveryTry, Receiver
from fieldapp.infra.db import db

PAGE_ROWS = 50


def receiver_in_tenant(receiver_id: UUID) -> Receiver | None:
    """Return a receiver of the tenant."""
    return db.session.get(Receiver, receiver_id)


def delivery_in_tenant(delivery_id: UUID) -> Delivery | None:
    """Return a delivery of the tenant."""
    return db.session.get(Delivery, delivery_id)


def tries_of(delivery: Delivery) -> Sequence[DeliveryTry]:
    """Return the tries of a delivery, the newest first: never many."""
    query = select(DeliveryTry).where(DeliveryTry.delivery_id == delivery.id)
    return db.session.scalars(query.order_by(DeliveryTry.at.desc(), DeliveryTry.id.desc()).limit(PAGE_ROWS)).all()


@dataclass(frozen=True, slots=True)
class ReceiverLine:
    """A receiver, with how many of its deliveries wait and how many have stopped."""

    receiver: Receiver
    queued: int
    stopped: int


def receiver_lines() -> list[ReceiverLine]:
    """Return the tenant's receivers by name, in two queries."""
    counted = select(Delivery.receiver_id, Delivery.state, func.count()).where(Delivery.state.in_(("queued", "dead")))
    rows = db.session.execute(counted.group_by(Delivery.receiver_id, Delivery.state))
    counts = {(row[0], row[1]): row[2] for row in rows}
    receivers = db.session.scalars(select(Receiver).order_by(Receiver.name, Receiver.id))
    return [ReceiverLine(one, counts.get((one.id, "queued"), 0), counts.get((one.id, "dead"), 0)) for one in receivers]


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery, with its case's number and its receiver's name."""

    delivery: Delivery
    case_no: int
    receiver_name: str


def delivery_lines(state: str | None, before: UUID | None) -> tuple[list[DeliveryLine], UUID | None]:
    """Return a page of deliveries, the newest first, and before which one the next page begins."""
    query = (
        select(Delivery, Case.case_no, Receiver.name)
        .join(Case, Case.id == Delivery.case_id)
        .join(Receiver, Receiver.id == Delivery.receiver_id)
        .order_by(Delivery.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if state:
        query = query.where(Delivery.state == state)
    if before:
        query = query.where(Delivery.id < before)
    lines = [DeliveryLine(row[0], row[1], row[2]) for row in db.session.execute(query)]
    return lines[:PAGE_ROWS], lines[PAGE_ROWS - 1].delivery.id if len(lines) > PAGE_ROWS else None


def delivery_line(delivery: Delivery) -> DeliveryLine:
    """Return one delivery as a line of the list."""
    case, receiver = db.session.get_one(Case, delivery.case_id), db.session.get_one(Receiver, delivery.receiver_id)
    return DeliveryLine(delivery, case.case_no, receiver.name)
