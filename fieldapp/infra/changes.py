"""The change feed of a tenant, in commit order, and reactions inside the same transaction.

The feed keeps one row per (kind, entity, audience): its newest `seq`. A reader that has read up to a seq and asks again gets
what changed since, each entity once. `seq` comes from a counter row that a writer holds until it commits: a sequence of the
database would let a reader pass a number that commits later, and lose it for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Uuid, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from fieldapp.infra.db import Base, Tenanted, UtcDateTime, db
from fieldapp.infra.rows import TENANT, insert_rows, prepared, run, table_of

EVERYBODY = UUID(int=0)
"""Audience of what every user of the tenant may pull; otherwise the audience is one user."""

Reaction = Callable[[Any], None]


class FeedHead(Tenanted, Base):
    """The last seq given out in a tenant."""

    __tablename__ = "feed_heads"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)


class FeedRow(Tenanted, Base):
    """The newest change of one entity, for one audience."""

    __tablename__ = "feed_rows"
    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    audience: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, nullable=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    __table_args__ = (
        Index("uq_feed_rows_tenant_id_seq", "tenant_id", "seq", unique=True),
        Index("ix_feed_rows_tenant_id_audience_seq", "tenant_id", "audience", "seq"),
    )


def open_feed(tenant_id: UUID) -> None:
    """Give a new tenant its counter."""
    db.session.add(FeedHead(tenant_id=tenant_id, seq=0))
    db.session.flush()


def take_seqs(tenant_id: UUID, count: int) -> range:
    """Take the next `count` numbers of a tenant; they are visible to others when this transaction commits."""
    last = run(_TAKE, asked=tenant_id, count=count).one().seq
    return range(last - count + 1, last + 1)


_HEADS = table_of(FeedHead)
_TAKE = prepared(
    update(_HEADS)
    .where(_HEADS.c.tenant_id == TENANT, _HEADS.c.tenant_id == bindparam("asked"))
    .values(seq=_HEADS.c.seq + bindparam("count"))
    .returning(_HEADS.c.seq)
)


def head_seq(tenant_id: UUID) -> int:
    """Return the last seq of a tenant that this transaction can see."""
    return db.session.execute(select(FeedHead.seq).where(FeedHead.tenant_id == tenant_id)).scalar_one()


def note(tenant_id: UUID, kind: str, entity_id: UUID, *, at: datetime, audience: Iterable[UUID] = (EVERYBODY,)) -> int:
    """Write that an entity changed. Return the seq."""
    return note_many(tenant_id, [(kind, entity_id, who) for who in audience], at=at)[-1]


def note_many(tenant_id: UUID, changes: list[tuple[str, UUID, UUID]], *, at: datetime) -> range:
    """Write many changes `(kind, entity, audience)` at once, in their order. Return their seqs, one each."""
    if not changes:
        return range(0)
    seqs = take_seqs(tenant_id, len(changes))
    newest = dict(zip(changes, seqs, strict=True))
    rows = [
        {"tenant_id": tenant_id, "kind": kind, "entity_id": entity, "audience": audience, "seq": seq, "at": at}
        for (kind, entity, audience), seq in newest.items()
    ]
    insert_rows(FeedRow, rows, newest=("seq", "at"))
    return seqs


_reactions: Mapping[str, Sequence[Reaction]] = {}


def react_with(table: Mapping[str, Sequence[Reaction]]) -> None:
    """Set who reacts to what, in which order. Called once, by `create_app`."""
    global _reactions  # noqa: PLW0603 - one table a process, the same for every app in it
    _reactions = table


def announce(kind: str, facts: Any) -> None:
    """Tell whoever reacts to `kind`, now and in this transaction."""
    for react in _reactions.get(kind, ()):
        react(facts)
