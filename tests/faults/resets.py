"""Bring an installation back to a moment, as often as wanted: its database and its files, whatever was done since."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, make_url, text

from tests.faults.stopping_database import engine_of

Reset = Callable[[], None]


@contextmanager
def resets(app: Flask) -> Iterator[Reset]:
    """Remember the installation as it is now; yield what brings it back."""
    folder = Path(app.extensions["rond_settings"].data_dir)
    kept = folder / f"kept-{uuid.uuid4().hex[:8]}"
    shutil.copytree(folder / "blobs", kept) if (folder / "blobs").is_dir() else kept.mkdir()
    database = _sqlite_resets if engine_of(app).dialect.name == "sqlite" else _postgres_resets
    with database(app) as reset_database:

        def reset() -> None:
            engine_of(app).dispose()
            reset_database()
            shutil.rmtree(folder / "blobs", ignore_errors=True)
            shutil.copytree(kept, folder / "blobs")

        yield reset


@contextmanager
def _sqlite_resets(app: Flask) -> Iterator[Reset]:
    engine = engine_of(app)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    file = Path(str(engine.url.database))
    kept = file.with_suffix(".kept")
    shutil.copyfile(file, kept)

    def reset() -> None:
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(kept, file)

    yield reset


@contextmanager
def _postgres_resets(app: Flask) -> Iterator[Reset]:
    engine = engine_of(app)
    engine.dispose()
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    name, kept = url.database, f"kept_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def run(*statements: str) -> None:
        with admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    run(f"CREATE DATABASE {kept} TEMPLATE {name}")
    try:
        yield lambda: run(f"DROP DATABASE {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {kept}")
    finally:
        run(f"DROP DATABASE {kept}")
        admin.dispose()
