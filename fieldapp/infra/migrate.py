"""Bring a database to the schema this release expects, by numbered migrations."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def head() -> str:
    """Return the revision this release expects."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    if found is None:
        raise RuntimeError("there are no migrations")
    return found


def current(engine: Engine) -> str | None:
    """Return the revision a database is at, None when it is empty."""
    with engine.connect() as connection:
        return revision(connection)


def revision(connection: Connection) -> str | None:
    """Return the revision of the database behind a connection, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision_id: str) -> bool:
    """Tell whether this release has the migration: one it has not was made by a later release."""
    return any(script.revision == revision_id for script in ScriptDirectory.from_config(_config()).walk_revisions())


def move(engine: Engine, revision: str = "head", *, down: bool = False) -> None:
    """Migrate up, or down, to a revision, in one transaction."""
    config = _config()
    # SQLite checks foreign keys as tables are rebuilt; they are off during a migration and checked after it.
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.execution_options(is_write=True).begin():
            config.attributes["connection"] = connection
            (command.downgrade if down else command.upgrade)(config, revision)
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError("a migration left a reference to nothing")
        if is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def write_revision(engine: Engine, metadata: MetaData, number: str, message: str) -> None:
    """Write a new migration from the difference between a database and the models: a draft for a person to finish."""
    config = _config()
    with engine.connect() as connection:
        config.attributes |= {"connection": connection, "metadata": metadata}
        command.revision(config, message, autogenerate=True, rev_id=number)
