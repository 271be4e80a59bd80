"""What every test may ask for: an application on a fresh migrated database, on SQLite or on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy import create_engine, text

from fieldapp import create_app
from fieldapp.access import secrets
from fieldapp.infra import migrate
from fieldapp.infra.db import db
from fieldapp.kernel.time import FixedClock
from fieldapp.settings import Settings
from tests.make.world import Tenant, World
from tools.postgres import VARIABLE as POSTGRES
from tools.postgres import running_postgres

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
EVENING = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


def pytest_configure() -> None:
    """Hash passwords fast: hundreds of users sign in. Let properties take their time, and the same examples in CI."""
    secrets.use_cheap_hashes()
    settings.register_profile("rond", deadline=None, derandomize=bool(os.environ.get("CI")))
    settings.load_profile("rond")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data for trying; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is absent")
    return SHARED


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "rond.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    migrate.move(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL: the one the checks started, else one for this run."""
    if os.environ.get(POSTGRES):
        yield os.environ[POSTGRES]
        return
    with running_postgres() as address:
        yield address


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> Iterator[tuple[str, str]]:
    """The server's address and the name of an empty migrated database on it, to be copied."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    with _postgres_database(postgres_server, name) as address:
        engine = create_engine(address)
        migrate.move(engine)
        engine.dispose()
        yield postgres_server, name


class _postgres_database:  # noqa: N801 - reads as a function, like contextmanager's
    """Create a database, from a template if one is named, and drop it at the end."""

    def __init__(self, server: str, name: str, template: str = "template0") -> None:
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._name, self._template = name, template
        self._address = server.replace("/postgres?", f"/{name}?")

    def __enter__(self) -> str:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self._name} TEMPLATE {self._template}"))
        return self._address

    def __exit__(self, *_: object) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {self._name} WITH (FORCE)"))
        self._admin.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still on an evening in November."""
    return FixedClock(EVENING)


def _make_app(folder: Path, url: str, clock: FixedClock) -> Flask:
    installation = Settings(data_dir=folder, database_url=url, secret_key="for tests only " * 4, is_testing=True)
    return create_app(installation, clock=clock)


@dataclass(frozen=True)
class Template:
    """A database to be copied: a file or a PostgreSQL database's name; with the tenants that are in it, if any."""

    source: str
    tenants: tuple[Tenant, Tenant] | None = None


@pytest.fixture(scope="session")
def peopled_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Template:
    """A SQLite file with two organisations: making them for each test anew would take most of the tests' time."""
    folder = tmp_path_factory.mktemp("peopled")
    file = folder / "rond.sqlite3"
    shutil.copyfile(migrated_sqlite, file)
    return Template(str(file), _people(folder, f"sqlite:///{file}"))


@pytest.fixture(scope="session")
def peopled_postgres(
    tmp_path_factory: pytest.TempPathFactory, migrated_postgres: tuple[str, str]
) -> Iterator[Template]:
    """The same on PostgreSQL."""
    server, template = migrated_postgres
    name = f"peopled_{uuid.uuid4().hex[:12]}"
    with _postgres_database(server, name, template) as url:
        yield Template(name, _people(tmp_path_factory.mktemp("peopled"), url))


def _people(folder: Path, url: str) -> tuple[Tenant, Tenant]:
    clock = FixedClock(EVENING)
    made = _make_app(folder, url, clock)
    world = World(made, clock)
    with made.app_context():
        if url.startswith("sqlite"):
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
    _close(made)
    return world.home, world.foreign


def _is_peopled(request: pytest.FixtureRequest) -> bool:
    return not {"world", "any_world"}.isdisjoint(request.fixturenames)


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """An application on a fresh SQLite file: empty, or with the world's organisations where a test asks for them."""
    file = tmp_path / "rond.sqlite3"
    if _is_peopled(request):
        shutil.copyfile(request.getfixturevalue("peopled_sqlite").source, file)
    else:
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
    made = _make_app(tmp_path, f"sqlite:///{file}", clock)
    yield made
    _close(made)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_app(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """An application on each kind of database: for what must hold on both."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    server, template = request.getfixturevalue("migrated_postgres")
    if _is_peopled(request):
        template = request.getfixturevalue("peopled_postgres").source
    with _postgres_database(server, f"test_{uuid.uuid4().hex[:12]}", template) as url:
        made = _make_app(tmp_path, url, clock)
        yield made
        _close(made)


def _close(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def world(app: Flask, clock: FixedClock, peopled_sqlite: Template) -> World:
    """Two organisations with users of every role, on SQLite. See `tests.make.world`."""
    return World(app, clock, peopled_sqlite.tenants)


@pytest.fixture
def any_world(request: pytest.FixtureRequest, any_app: Flask, clock: FixedClock) -> World:
    """The same on each kind of database."""
    is_sqlite = any_app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    template: Template = request.getfixturevalue("peopled_sqlite" if is_sqlite else "peopled_postgres")
    return World(any_app, clock, template.tenants)


@pytest.fixture
def random_ids() -> Callable[[], str]:
    """Random ids for tests that do not care which."""
    return lambda: str(uuid.uuid4())
