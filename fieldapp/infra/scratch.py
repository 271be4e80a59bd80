"""Databases beside the installation's own: a copy is opened in one to be proven, and takes the other's place in a restore.

SQLite: a file. PostgreSQL: a database of the same cluster, for which the role needs CREATEDB.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.infra.durable import fsync_file
from fieldapp.infra.part_files import fsync_folder
from fieldapp.infra.snapshot import kind_of, run_program

_LOGS = ("", "-wal", "-shm")


@contextmanager
def scratch(database_url: str, copy: Path, folder: Path) -> Iterator[str]:
    """Load a copy into a database of its own and yield its address; it is dropped at the end unless it was exchanged.

    `folder` is where SQLite's file lies meanwhile. Only one such database of an installation may be in use at a time.

    Raises:
        RuntimeError: the copy cannot be loaded.
    """
    if kind_of(database_url) == "sqlite":
        file = folder / f".scratch-{secrets.token_hex(6)}.sqlite3"
        try:
            shutil.copyfile(copy, file)
            yield f"sqlite:///{file}"
        finally:
            for log in _LOGS:
                file.with_name(file.name + log).unlink(missing_ok=True)
        return
    prefix = f"{str(make_url(database_url).database)[:40]}_scratch_"
    _sweep(database_url, prefix)
    name = f"{prefix}{secrets.token_hex(6)}"
    address = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    _administer(database_url, f"CREATE DATABASE {_quote(name)} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        run_program(address, ["pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", str(copy)])
        yield address
    finally:
        _administer(database_url, f"DROP DATABASE IF EXISTS {_quote(name)} WITH (FORCE)")


def _sweep(database_url: str, prefix: str) -> None:
    """Drop what a command that was killed has left: it holds as much as the database does."""
    with _cluster(database_url) as engine, engine.connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)")
        left = connection.execute(query, {"prefix": prefix}).scalars().all()
    for name in left:
        _administer(database_url, f"DROP DATABASE IF EXISTS {_quote(name)} WITH (FORCE)")


def exchange(database_url: str, scratch_url: str, aside: Path, stamp: str) -> str:
    """Put a scratch database in the place of the installation's. Return where the replaced one is kept, "" if none was.

    SQLite's files go into the folder `aside`; a PostgreSQL database is renamed with `stamp` at its end.

    Raises:
        RuntimeError: somebody is connected to the database, or the role may not rename it.
    """
    if kind_of(database_url) == "postgresql":
        return _exchange_postgres(database_url, scratch_url, stamp)
    target, file = Path(str(make_url(database_url).database)), Path(str(make_url(scratch_url).database))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fsync_file(file)
    kept = ""
    for log in reversed(_LOGS):
        source = target.with_name(target.name + log)
        if source.exists():
            shutil.move(source, aside / source.name)
            kept = str(aside / target.name)
    file.replace(target)
    for folder in {aside, target.parent}:
        fsync_folder(folder)
    return kept


def _exchange_postgres(database_url: str, scratch_url: str, stamp: str) -> str:
    name, scratch_name = str(make_url(database_url).database), str(make_url(scratch_url).database)
    kept = f"{name[:40]}_replaced_{stamp.lower()}" if _exists(database_url) else ""
    quoted = [_quote(part) for part in (name, kept, scratch_name)]
    swap = [f"ALTER DATABASE {quoted[2]} RENAME TO {quoted[0]}"]
    if kept:
        swap.insert(0, f"ALTER DATABASE {quoted[0]} RENAME TO {quoted[1]}")
    _administer(database_url, *swap, in_one=True)
    return f"database {kept}" if kept else ""


def is_missing(database_url: str) -> bool:
    """Tell whether SQLite would make a new file at this address; PostgreSQL says itself that there is no database."""
    return kind_of(database_url) == "sqlite" and not Path(str(make_url(database_url).database)).exists()


def _exists(database_url: str) -> bool:
    url = make_url(database_url)
    with _cluster(database_url) as engine, engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_database WHERE datname = :name")
        return bool(connection.execute(query, {"name": url.database}).scalar_one())


def others_connected(database_url: str) -> int:
    """Return how many connections PostgreSQL has to the database; 0 for SQLite, which cannot tell."""
    if kind_of(database_url) == "sqlite":
        return 0
    with _cluster(database_url) as engine, engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
        return int(connection.execute(query, {"name": make_url(database_url).database}).scalar_one())


@contextmanager
def _cluster(database_url: str) -> Iterator[Engine]:
    """Connect to the cluster by its database `postgres`: one's own cannot be renamed or dropped from within."""
    engine = create_engine(make_url(database_url).set(database="postgres"))
    try:
        yield engine
    finally:
        engine.dispose()


def _administer(database_url: str, *statements: str, in_one: bool = False) -> None:
    try:
        with _cluster(database_url) as engine:
            options = {} if in_one else {"isolation_level": "AUTOCOMMIT"}
            with engine.connect().execution_options(**options) as connection, connection.begin():
                for statement in statements:
                    connection.exec_driver_sql(statement)
    except SQLAlchemyError as error:
        raise RuntimeError(f"PostgreSQL: {getattr(error, 'orig', None) or error}".strip()) from error


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
