"""A database whose rows can be kept and put back in a millisecond or a few: no schedule makes a database of its own."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import create_engine, text

from fieldapp.infra import migrate
from fieldapp.infra.db import db

PG_LOCK_WAIT_MS = 3_000
VACUUM_EVERY = 200


class Rows(Protocol):
    """All rows of a database, to be kept under a name and put back."""

    url: str

    def keep(self, name: str) -> None:
        """Keep the rows as they are now, as far as they are committed."""

    def put_back(self, name: str) -> None:
        """Make the rows what they were."""


class SqliteRows:
    """SQLite copies all its pages into memory and back."""

    def __init__(self, folder: Path) -> None:
        file = folder / "rond.sqlite3"
        self.url = f"sqlite:///{file}"
        _migrate(self.url)
        self._live = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._kept: dict[str, sqlite3.Connection] = {}

    def keep(self, name: str) -> None:
        """Keep the rows as they are now."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        self._live.backup(copy)
        old = self._kept.pop(name, None)
        if old is not None:
            old.close()
        self._kept[name] = copy

    def put_back(self, name: str) -> None:
        """Make the rows what they were."""
        self._kept[name].backup(self._live)


class PostgresRows:
    """PostgreSQL keeps copies of the tables in schemas of their own."""

    def __init__(self, address: str) -> None:
        self.url = address
        _migrate(address)
        self._connection = psycopg.connect(address.replace("+psycopg", ""), autocommit=True)
        self._run("SET session_replication_role = replica")
        self._run("SET synchronous_commit = off")
        self._tables = [table.name for table in db.metadata.sorted_tables]
        self._kept: set[str] = set()
        self._put_back_count = 0

    def keep(self, name: str) -> None:
        """Keep the rows as they are now, all as of one moment."""
        if name not in self._kept:
            made = [f"CREATE TABLE {name}.{table} (LIKE public.{table})" for table in self._tables]
            self._run("; ".join([f"CREATE SCHEMA {name}", *made]))
            self._kept.add(name)
        copied = [_copy(table, "public", name) for table in self._tables]
        self._run("; ".join(["BEGIN ISOLATION LEVEL REPEATABLE READ", *copied, "COMMIT"]))

    def put_back(self, name: str) -> None:
        """Make the rows what they were."""
        copied = [_copy(table, name, "public") for table in self._tables]
        self._run("; ".join(["BEGIN", *copied, "COMMIT"]))
        self._put_back_count += 1
        if self._put_back_count % VACUUM_EVERY == 0:
            self._run("VACUUM ANALYZE")

    def _run(self, statements: str) -> None:
        self._connection.execute(statements.encode())


def _copy(table: str, source: str, target: str) -> str:
    return f"DELETE FROM {target}.{table}; INSERT INTO {target}.{table} SELECT * FROM {source}.{table}"  # noqa: S608


def _migrate(url: str) -> None:
    engine = create_engine(url)
    migrate.move(engine)
    if url.startswith("sqlite"):
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Create a database on a PostgreSQL server and drop it at the end. Yield its address."""
    name = f"sim_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            # Two writers that wait for each other because a mutant took their order away: an error, not a standstill.
            connection.execute(text(f"ALTER DATABASE {name} SET lock_timeout = {PG_LOCK_WAIT_MS}"))
        yield server.replace("/postgres?", f"/{name}?")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


def all_rows(table: str) -> list[dict[str, Any]]:
    """Return every row of a table as the database has it, in the order of its key."""
    found = db.metadata.tables[table]
    with db.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(found.select().order_by(*found.primary_key.columns))]
