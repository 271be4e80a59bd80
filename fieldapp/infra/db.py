"""The database: one declarative base, column types, tenant scope and transactions.

Rules kept here, in one place each:

* every table of a tenant inherits `Tenanted`; every ORM query on it is filtered by the tenant of the session, and refused
  when there is none (`TenantMissing`) unless it says `ACROSS_TENANTS`;
* a write transaction takes its lock first (SQLite: `BEGIN IMMEDIATE`; PostgreSQL: the tenant's feed row), so that the feed
  is in commit order and no two writers can deadlock over it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ClauseElement,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    MetaData,
    Table,
    TypeDecorator,
    Uuid,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors

from fieldapp.infra.turns import writers_turn
from fieldapp.kernel.time import require_utc

ACROSS_TENANTS = {"across_tenants": True}
"""Execution options of the few queries that must see every tenant: sign-in, jobs, operators' commands."""


class TenantMissing(RuntimeError):
    """A tenant's table was queried before anybody said whose: a fault in the program, never an answer."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite forgets the zone, so it is put back on the way out; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive instant; hand the database UTC."""
        return None if value is None else require_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Key = Annotated[UUID, mapped_column(Uuid, primary_key=True)]
Instant = Annotated[datetime, mapped_column(UtcDateTime)]


class Base(DeclarativeBase):
    """Base of every table. Names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Tenanted:
    """Mixin of every table whose rows belong to one tenant."""

    tenant_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), nullable=False)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "autoflush": True})


def set_tenant(tenant_id: UUID | None) -> None:
    """Say whose rows the present session may see."""
    db.session.info["tenant_id"] = tenant_id


@cache
def _tenanted_tables() -> frozenset[str]:
    """Return the names of the tables whose rows belong to a tenant; all models have been imported by the first query."""
    mappers = [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, Tenanted)]
    return frozenset(mapper.local_table.name for mapper in mappers if isinstance(mapper.local_table, Table))


@event.listens_for(Session, "do_orm_execute")
def _scope_to_tenant(state: ORMExecuteState) -> None:
    """Filter every ORM statement on a tenant's tables by the session's tenant; refuse it when there is none."""
    if state.is_column_load or state.is_relationship_load or state.execution_options.get("across_tenants"):
        return
    if state.is_insert:
        return
    # By the tables and not by what the statement returns: `select(func.count()).select_from(Case)` returns no Case.
    parts = visitors.iterate(cast("ClauseElement", state.statement))
    tables = {part.name for part in parts if isinstance(part, Table)} & _tenanted_tables()
    if not tables:
        return
    tenant_id = state.session.info.get("tenant_id")
    if tenant_id is None:
        raise TenantMissing(", ".join(sorted(tables)))
    state.statement = state.statement.options(
        with_loader_criteria(Tenanted, lambda cls: cls.tenant_id == tenant_id, include_aliases=True)
    )


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Make SQLite durable and patient, and leave BEGIN to us."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver's own BEGIN is deferred: a writer would meet SQLITE_BUSY at once
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "cache_size=-32768",
        # Every copy of the log into the database waits for the disk twice: done for 32 MB at a time, not for four.
        "wal_autocheckpoint=8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin immediately where writing is meant, so that waiting for the lock happens before anything was read."""
    if connection.dialect.name == "sqlite":
        is_write = connection.get_execution_options().get("is_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


@contextmanager
def transaction(*, write: bool) -> Iterator[None]:
    """Open, and at the end commit, the one transaction of a request, job or command.

    Services inside neither commit nor roll back. Where a tenant is set, a write transaction holds the tenant's feed row from
    its first statement. An error rolls everything back and goes on.
    """
    session = db.session()
    session.rollback()  # a read left open would keep its snapshot (and, on SQLite, could not become a writer)
    with _writers_turn() if write else nullcontext():
        if write:
            session.expire_all()  # what was read before the lock may have changed since
        session.connection(execution_options={"is_write": write})
        try:
            if write and session.info.get("tenant_id") is not None:
                lock_tenant(session.info["tenant_id"])
            yield
            session.commit()
        except BaseException:
            session.rollback()
            session.info.pop("noted", None)
            raise


def _writers_turn() -> AbstractContextManager[None]:
    """Wait for other writers where the database is one file."""
    url = db.engine.url
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return writers_turn(cast("str", url.database)) if is_file else nullcontext()


def lock_tenant(tenant_id: UUID) -> None:
    """Hold the tenant's feed row until the transaction ends. SQLite's writer holds the whole file already."""
    if db.session.connection().dialect.name == "postgresql":
        db.session.execute(
            text("SELECT seq FROM feed_heads WHERE tenant_id = :tenant_id FOR UPDATE"), {"tenant_id": tenant_id}
        )


@contextmanager
def as_tenant(tenant_id: UUID, *, write: bool) -> Iterator[None]:
    """Work as one tenant, in a transaction of its own: for jobs and operators' commands."""
    before = db.session.info.get("tenant_id")
    set_tenant(tenant_id)
    try:
        with transaction(write=write):
            yield
    finally:
        set_tenant(before)
