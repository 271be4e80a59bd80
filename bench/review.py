"""Measure the review's pages at 10,000 rounds and 5,000 pieces, on SQLite and on PostgreSQL: `python -m bench.review [--times 30]`.

The time is the server's: from the request to the whole answer, through sign-in, permission, queries and template, in one
process without a network. Filters are mixed; the first page of a process, which names the pieces, is measured beside.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from bench.coverage_rows import Row, row, table, write
from bench.review_store import Size, fill
from fieldapp import create_app
from fieldapp.access import secrets, service
from fieldapp.access.commands import AddUser
from fieldapp.access.models import Organisation
from fieldapp.access.roles import Role
from fieldapp.infra import migrate
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.kernel.time import FixedClock
from fieldapp.settings import Settings
from tools.postgres import running_postgres

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
FULL = Size(rounds=10_000, pieces=5_000, places=1_000)
LIMIT_MS = 200.0
PASSWORD = "en lugn kväll 2026"  # noqa: S105 - of a store that is thrown away
PAGES = {
    "map": "/desk/coverage",
    "map_layer": "/desk/coverage/map",
    "places": "/desk/coverage/places",
    "weekdays": "/desk/coverage/weekdays",
    "plan": "/desk/coverage/plan",
    "gaps": "/desk/coverage/gaps",
    "presence": "/desk/coverage/presence",
    "compare": "/desk/coverage/compare",
}
FILTERS = (
    "",
    "part=evening",
    "kind=piece",
    "from=2026-11-10&to=2026-11-23",
    "from=2026-09-01&to=2026-09-28",
    "kind=place",
)


def make_app(folder: Path, url: str) -> Flask:
    """Return an application on an empty, migrated database."""
    engine = create_engine(url)
    migrate.move(engine)
    engine.dispose()
    settings = Settings(data_dir=folder, database_url=url, secret_key="for measuring " * 4, is_testing=True)
    return create_app(settings, clock=FixedClock(NOW))


def make_supervisor(app: Flask) -> tuple[Organisation, UUID]:
    """Make an organisation with a supervisor. Return it and who that is."""
    with app.app_context():
        with transaction(write=True):
            made = service.create_organisation("bergsbo", "Bergsbo", "housing_company", clock=FixedClock(NOW))
            user, _code = service.add_user(
                made.id, AddUser("gunvor", "Gunvor", (Role.SUPERVISOR,)), clock=FixedClock(NOW)
            )
            service.set_first_password(user, PASSWORD)
        return made, user.id


def make_organisation(app: Flask, size: Size) -> Organisation:
    """Make an organisation with a supervisor and fill it."""
    made, user_id = make_supervisor(app)
    with app.app_context():
        with as_tenant(made.id, write=True):
            fill(made.id, user_id, NOW, size)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        db.session.remove()
        return made


def sign_in(app: Flask) -> FlaskClient:
    """Return the supervisor's browser."""
    client = app.test_client()
    page = client.get("/desk/sign-in").text
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    client.post("/desk/sign-in", data={"login": "gunvor", "password": PASSWORD, "csrf_token": token})
    return client


def measure(app: Flask, times: int) -> dict[str, list[float]]:
    """Return how many milliseconds each answer took, by page; the first of the process is `first`."""
    gc.collect()
    gc.freeze()  # as a server does when it starts
    client = sign_in(app)
    found: dict[str, list[float]] = {"first": [ms_of(client, PAGES["map"])]}
    for path in PAGES.values():
        ms_of(client, path)  # compiles the template
    for number in range(times):
        for name, path in PAGES.items():
            taken = ms_of(client, f"{path}?{FILTERS[number % len(FILTERS)]}")
            found.setdefault(name, []).append(taken)
    return found


def ms_of(client: FlaskClient, path: str) -> float:
    """Return how many milliseconds an answer took."""
    start = time.perf_counter()
    answer = client.get(path)
    taken = (time.perf_counter() - start) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return taken


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]


@contextmanager
def app_on(database: str) -> Iterator[Flask]:
    """Provide an application on an empty database, `sqlite` or `postgresql`, that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="rond-review-") as name:
        folder = Path(name)
        if database == "sqlite":
            yield make_app(folder, f"sqlite:///{folder / 'rond.sqlite3'}")
            return
        with running_postgres() as server:
            admin = create_engine(server, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE review"))
            app = make_app(folder, server.replace("/postgres?", "/review?"))
            yield app
            with app.app_context():
                db.engine.dispose()
            admin.dispose()


def review_rows(times: int, size: Size = FULL, databases: Sequence[str] = ("sqlite", "postgresql")) -> list[Row]:
    """Return a row for each page: its worse database, with the other beside it."""
    secrets.use_cheap_hashes()
    found: dict[str, dict[str, list[float]]] = {}
    for database in databases:
        with app_on(database) as app:
            make_organisation(app, size)
            found[database] = measure(app, times)
        print(
            f"  {database}: " + ", ".join(f"{name} {p95(taken):.0f} ms" for name, taken in found[database].items()),
            flush=True,
        )
    return [_row(name, times, {database: taken[name] for database, taken in found.items()}) for name in PAGES] + [
        row(
            "review_first_page_ms", max(taken["first"][0] for taken in found.values()), "ms", "first of a process", None
        )
    ]


def _row(name: str, times: int, taken: Mapping[str, Sequence[float]]) -> Row:
    each: dict[str, Any] = {f"{database}_ms": round(p95(values), 1) for database, values in taken.items()}
    medians: dict[str, Any] = {
        f"{database}_median_ms": round(statistics.median(values), 1) for database, values in taken.items()
    }
    worst = max(each.values())
    said = "the slower of " + ", ".join(f"{key} {value:g}" for key, value in each.items())
    holds = worst <= LIMIT_MS
    return row(
        f"review_{name}_p95_ms", worst, "ms", said, None, limit=LIMIT_MS, holds=holds, rounds=times, **each, **medians
    )


def main(words: Sequence[str]) -> int:
    """Measure, write and print; exit status 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.review", description="Measure the pages of coverage.")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing down")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(words)
    rows = review_rows(asked.times, databases=(asked.database,) if asked.database else ("sqlite", "postgresql"))
    print(table(rows))
    if not asked.dry:
        write("review", rows, {"size": {"rounds": FULL.rounds, "pieces": FULL.pieces, "places": FULL.places}})
    return 0 if all(one["holds"] is not False for one in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
