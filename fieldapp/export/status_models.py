"""Tables of what comes back from receivers: their words, what each word means, and when they are asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.export.status_rules import MAPPABLE, NOTHING, OUTCOMES, WORD_MAX
from fieldapp.infra.db import Base, Instant, Key, Tenanted, UtcDateTime


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN (" + ", ".join(f"'{word}'" for word in words) + ")"


class StatusWord(Tenanted, Base):
    """A word of a receiver and the status it means: "-" where it says nothing; None until somebody has said."""

    __tablename__ = "status_words"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"), primary_key=True)
    word: Mapped[str] = mapped_column(String(WORD_MAX), primary_key=True)
    status: Mapped[str | None] = mapped_column(String(16))
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]
    count: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (CheckConstraint(_one_of("status", (*MAPPABLE, NOTHING)), name="status"),)


class ReceivedStatus(Tenanted, Base):
    """What a receiver said of one of its orders, once, and what became of it. `note` is masked where it holds personal data."""

    __tablename__ = "received_statuses"
    id: Mapped[Key]
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"))
    key: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    case_no: Mapped[int | None] = mapped_column(Integer)
    word: Mapped[str] = mapped_column(String(WORD_MAX))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Instant]
    received_at: Mapped[Instant]
    source: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str] = mapped_column(String(8))
    __table_args__ = (
        Index("uq_received_statuses_tenant_id_receiver_id_key", "tenant_id", "receiver_id", "key", unique=True),
        Index("ix_received_statuses_tenant_id_case_id", "tenant_id", "case_id"),
        Index("ix_received_statuses_tenant_id_receiver_id_id", "tenant_id", "receiver_id", "id"),
        Index("ix_received_statuses_tenant_id_receiver_id_outcome_word", "tenant_id", "receiver_id", "outcome", "word"),
        CheckConstraint(_one_of("source", ("poll", "webhook", "file")), name="source"),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome"),
    )


class ReceiverPoll(Tenanted, Base):
    """When a receiver was asked last, what it answered, when it is asked again, and after which case's number."""

    __tablename__ = "receiver_polls"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"), primary_key=True)
    next_at: Mapped[Instant]
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    answer: Mapped[str] = mapped_column(Text, default="")
    cursor: Mapped[int] = mapped_column(Integer, default=0)


class InboundSecret(Tenanted, Base):
    """How a receiver signs what it sends us: under an address of its own, with a secret that can be changed without a pause."""

    __tablename__ = "inbound_secrets"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(43), unique=True)
    secret: Mapped[str] = mapped_column(Text)
    former_secret: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[Instant]


class InboundCall(Tenanted, Base):
    """A signed call that was answered, so that the same call gets the same answer."""

    __tablename__ = "inbound_calls"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    receiver_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("receivers.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
