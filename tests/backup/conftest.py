"""An installation with records and photos, to be backed up on each kind of database."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from fieldapp.infra.db import db
from fieldapp.settings import Settings
from tests.make.world import World
from tools import postgres


@pytest.fixture
def any_store(any_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world on each kind of database, with PostgreSQL's programs at hand; what commands leave behind is removed."""
    settings: Settings = any_world.app.extensions["rond_settings"]
    if settings.database_url.startswith("sqlite"):
        yield any_world
        return
    monkeypatch.setenv("PATH", os.pathsep.join([str(postgres.programs()), os.environ["PATH"]]))
    yield any_world
    leave(any_world)  # a restore was served by an application of its own
    _drop_replaced(settings.database_url)


def _drop_replaced(database_url: str) -> None:
    url = make_url(database_url)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        query = text("SELECT datname FROM pg_database WHERE datname LIKE :pattern")
        for name in connection.execute(query, {"pattern": f"{url.database}_replaced_%"}).scalars().all():
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def settings_of(world: World) -> Settings:
    """Return the installation's settings."""
    found: Settings = world.app.extensions["rond_settings"]
    return found


def leave(world: World) -> None:
    """Close every connection to the database, as a server does that ends."""
    with world.app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
