"""Measure the pages of cases at 100,000 cases, on SQLite and on PostgreSQL: `python -m bench.cases [--times 30]`.

The time is the server's: from the request to the whole answer, through sign-in, permission, queries and template, in one
process without a network. Filters are mixed, those that find much and those that find little.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text

from bench.case_store import CaseSize, fill_cases
from bench.coverage_rows import Row, row, table, write
from bench.review import LIMIT_MS, NOW, make_app, make_supervisor, ms_of, p95, sign_in
from fieldapp.access import secrets
from fieldapp.infra.db import as_tenant, db
from tools.postgres import running_postgres

FULL = CaseSize(cases=100_000)
FILTERS: Mapping[str, Sequence[str]] = {
    "/desk/cases": (
        "",
        "status=all",
        "status=stangd",
        "status=all&trade=KLO",
        "overdue=true",
        "status=all&severity=1",
        "from=2025-03-01&to=2025-03-31&status=all",
        "status=avvisad",
        "status=all&before=40000",
        "trade=EL",
    ),
    "/desk/cases/board": ("", "trade=KLO", "overdue=true", "severity=3"),
    "/desk/cases/figures": ("", "from=2026-10-01", "from=2025-01-01&to=2025-12-31", "from=2020-01-01"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """How many milliseconds an answer took, and of how many of them this process was at work: others may be on the machine."""

    wall_ms: float
    cpu_ms: float


def measure(app: Flask, times: int) -> dict[str, list[Taken]]:
    """Return what each answer took, by page."""
    gc.collect()
    gc.freeze()  # as a server does when it starts
    client = sign_in(app)
    found: dict[str, list[Taken]] = {}
    for path in FILTERS:
        ms_of(client, path)  # compiles the template
    for number in range(times):
        for path, filters in FILTERS.items():
            began = time.process_time()
            wall_ms = ms_of(client, f"{path}?{filters[number % len(filters)]}")
            found.setdefault(path, []).append(Taken(wall_ms, (time.process_time() - began) * 1000))
    return found


def statements(app: Flask) -> dict[str, int]:
    """Return how many statements each page takes."""
    client, found = sign_in(app), {}
    with app.app_context():
        engine = db.engine
    for path in FILTERS:
        ms_of(client, path)
        found[path] = _statements(engine, client, path)
    return found


def _statements(engine: Engine, client: FlaskClient, path: str) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    ms_of(client, path)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@contextmanager
def filled(database: str, size: CaseSize) -> Iterator[Flask]:
    """Give an application whose organisation has so many cases."""
    with tempfile.TemporaryDirectory(prefix="rond-cases-") as name:
        folder = Path(name)
        if database == "sqlite":
            app = make_app(folder, f"sqlite:///{folder / 'rond.sqlite3'}")
            _fill(app, size)
            yield app
            return
        with running_postgres() as server:
            admin = create_engine(server, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text("CREATE DATABASE cases"))
            app = make_app(folder, server.replace("/postgres?", "/cases?"))
            _fill(app, size)
            yield app
            with app.app_context():
                db.engine.dispose()
            admin.dispose()


def _fill(app: Flask, size: CaseSize) -> None:
    made, user_id = make_supervisor(app)
    with app.app_context():
        with as_tenant(made.id, write=True):
            fill_cases(made.id, user_id, NOW, size)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        db.session.remove()


def case_rows(times: int, size: CaseSize = FULL, databases: Sequence[str] = ("sqlite", "postgresql")) -> list[Row]:
    """Return a row for each page: its worse database, with the other beside it."""
    secrets.use_cheap_hashes()
    found: dict[str, dict[str, list[Taken]]] = {}
    counts: dict[str, int] = {}
    for database in databases:
        with filled(database, size) as app:
            found[database] = measure(app, times)
            counts = statements(app)
        told = ", ".join(
            f"{path} {p95([one.wall_ms for one in taken]):.0f} ms" for path, taken in found[database].items()
        )
        print(f"  {database}: {told}", flush=True)
    return [_row(path, times, counts[path], {name: taken[path] for name, taken in found.items()}) for path in FILTERS]


def _row(path: str, times: int, count: int, taken: Mapping[str, Sequence[Taken]]) -> Row:
    walls = {database: [one.wall_ms for one in values] for database, values in taken.items()}
    each: dict[str, Any] = {f"{database}_ms": round(p95(values), 1) for database, values in walls.items()}
    medians: dict[str, Any] = {
        f"{database}_median_ms": round(statistics.median(values), 1) for database, values in walls.items()
    }
    for database, values in taken.items():
        medians[f"{database}_cpu_p95_ms"] = round(p95([one.cpu_ms for one in values]), 1)
    worst = max(each.values())
    said = "the slower of " + ", ".join(f"{key} {value:g}" for key, value in each.items())
    name = f"{path.removeprefix('/desk/').replace('/', '_')}_p95_ms"
    holds = worst <= LIMIT_MS
    return row(
        name, worst, "ms", said, None, limit=LIMIT_MS, holds=holds, rounds=times, statements=count, **each, **medians
    )


def main(words: Sequence[str]) -> int:
    """Measure, write and print; exit status 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.cases", description="Measure the pages of cases.")
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing down")
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(words)
    rows = case_rows(asked.times, databases=(asked.database,) if asked.database else ("sqlite", "postgresql"))
    print(table(rows))
    if not asked.dry:
        write(
            "cases",
            rows,
            {"size": {"cases": FULL.cases, "places": FULL.places, "zones": FULL.zones}, "load": os.getloadavg()[0]},
        )
    return 0 if all(one["holds"] is not False for one in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
