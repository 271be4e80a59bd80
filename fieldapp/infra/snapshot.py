"""A whole copy of a database, taken while it is in use, and a look at exactly what is in it.

SQLite is copied by its backup interface, PostgreSQL by pg_dump; the connection that is handed out reads from the same
snapshot as the copy, so that what it says holds for the copy, whoever writes meanwhile.
"""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, create_engine, make_url

from fieldapp.infra.durable import fsync_file

SUFFIXES = {"sqlite": "sqlite3", "postgresql": "dump"}


def kind_of(database_url: str) -> str:
    """Return "sqlite" or "postgresql"."""
    return make_url(database_url).get_backend_name()


@contextmanager
def copied(database_url: str, target: Path) -> Iterator[Connection]:
    """Copy a database into the file `target`, durably, and yield a read-only connection that sees what the copy holds.

    Raises:
        RuntimeError: pg_dump failed or is not installed.
    """
    engine = create_engine(database_url)
    try:
        is_sqlite = kind_of(database_url) == "sqlite"
        options = {} if is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            (_copy_sqlite if is_sqlite else _copy_postgres)(connection, database_url, target)
            fsync_file(target)
            yield connection
    finally:
        engine.dispose()


def _copy_sqlite(connection: Connection, _database_url: str, target: Path) -> None:
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # the first read fixes the snapshot
    source = cast("sqlite3.Connection", connection.connection.driver_connection)
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete without a log beside it
        copy.execute("VACUUM")  # what was erased is not carried along in free pages


def _copy_postgres(connection: Connection, database_url: str, target: Path) -> None:
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    run_program(database_url, ["pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}"])


def run_program(database_url: str, command: Sequence[str]) -> None:
    """Run a program of PostgreSQL's on a database. A password goes by a private file: a command line can be seen by all.

    Raises:
        RuntimeError: it failed or is not installed; its own words are in the message.
    """
    url = make_url(database_url).set(drivername="postgresql")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="rond-") as passfile:
        if url.password is not None:
            escaped = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            passfile.write(f"*:*:*:*:{escaped}\n")
            passfile.flush()
            bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
            url = bare.update_query_dict({"passfile": passfile.name})
        address = url.render_as_string(hide_password=False)
        try:
            subprocess.run([*command, f"--dbname={address}"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            detail = getattr(error, "stderr", b"") or str(error).encode()
            raise RuntimeError(f"{command[0]}: {detail.decode(errors='replace').strip()}") from error
