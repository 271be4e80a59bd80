"""Migrations: up gives what the models say, down takes it away, rows survive, no application code inside."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

import fieldapp  # noqa: F401 - every model must be known
from fieldapp.infra import migrate
from fieldapp.infra.db import Base
from tests.conftest import _postgres_database
from tests.house.sources import ROOT

VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path}/m.sqlite3")
        yield made
        made.dispose()
        return
    with _postgres_database(request.getfixturevalue("postgres_server"), f"mig_{uuid.uuid4().hex[:10]}") as url:
        made = create_engine(url)
        yield made
        made.dispose()


def test_up_gives_exactly_the_models(engine: Engine) -> None:
    migrate.move(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_takes_everything_away(engine: Engine) -> None:
    migrate.move(engine)
    migrate.move(engine, "base", down=True)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def test_each_step_can_be_taken_back_with_rows_in_the_tables(engine: Engine) -> None:
    migrate.move(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisations (id, slug, name, kind, is_tenant, is_demonstration, on_call_name,"
                " on_call_phone, timezone, track_retention_hours, created_at)"
                " VALUES (:id, 'bo', 'Bo', 'other', true, false, '', '', 'Europe/Stockholm', 72, '2026-11-20 19:30:00+00:00')"
            ),
            {"id": uuid.uuid4() if engine.dialect.name == "postgresql" else uuid.uuid4().hex},
        )
    for path in reversed(VERSIONS[1:]):
        migrate.move(engine, path.stem.split("_")[0] + "-1", down=True)
    migrate.move(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT slug FROM organisations")).scalars().all() == ["bo"]


def test_migrations_are_numbered_in_one_line_and_the_head_is_written_down() -> None:
    numbers = [path.stem.split("_")[0] for path in VERSIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert (ROOT / "migrations" / "CURRENT_HEAD").read_text().strip() == numbers[-1] == migrate.head()


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_never_imports_the_application(path: Path) -> None:
    assert not re.search(r"^\s*(from|import) fieldapp", path.read_text(), re.MULTILINE)


def test_pieces_of_path_that_are_there_get_their_length(engine: Engine) -> None:
    migrate.move(engine, "0002")
    tenant, piece = (uuid.uuid4() if engine.dialect.name == "postgresql" else uuid.uuid4().hex for _ in range(2))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisations (id, slug, name, kind, is_tenant, is_demonstration, on_call_name,"
                " on_call_phone, timezone, track_retention_hours, created_at)"
                " VALUES (:id, 'bo', 'Bo', 'other', true, false, '', '', 'Europe/Stockholm', 72, '2026-11-20 19:30:00+00:00')"
            ),
            {"id": tenant},
        )
        connection.execute(
            text(
                "INSERT INTO paths (id, external_id, line, is_lit, tenant_id)"
                " VALUES (:id, 'P1', '[[11.98, 57.75], [11.98, 57.751]]', true, :tenant)"
            ),
            {"id": piece, "tenant": tenant},
        )
    migrate.move(engine)
    with engine.connect() as connection:
        [row] = connection.execute(text("SELECT length_m, source, origin, created_at FROM paths"))
    assert tuple(row) == (pytest.approx(111.195, abs=0.01), "register", "", None)
