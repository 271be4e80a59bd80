"""A database whose client, the server's process, stops at any step: before each statement, before and after each commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from fieldapp.infra.db import db
from tests.infra.stopping_disk import Stopped

STATEMENTS = ("do_execute", "do_executemany", "do_execute_no_params")
ENDLESS = 10**9


class Steps:
    """Counts what a process does; at the chosen step it stops, and does nothing more."""

    def __init__(self, stop_at: int = ENDLESS) -> None:
        self.stop_at = stop_at
        self.done: list[str] = []
        self.is_dead = False

    def take(self, what: str) -> None:
        """Do one step, or stop before it."""
        if self.is_dead or len(self.done) >= self.stop_at:
            self.is_dead = True
            raise Stopped
        self.done.append(what)


@contextmanager
def stopping(app: Flask, steps: Steps) -> Iterator[None]:
    """Let everything that goes to the application's database be a step; a process that has stopped is tidied up.

    A dead process rolls nothing back: its connection breaks, and the database does the rest by itself.
    """
    engine = engine_of(app)
    with pytest.MonkeyPatch.context() as patch:
        for name in STATEMENTS:
            patch.setattr(engine.dialect, name, _counted(getattr(engine.dialect, name), steps))
        patch.setattr(engine.dialect, "do_commit", _committed(engine.dialect.do_commit, steps))
        patch.setattr(engine.dialect, "do_rollback", _rolled_back(engine.dialect.do_rollback, steps))
        with suppress(Stopped):
            yield
    engine.dispose()


def engine_of(app: Flask) -> Engine:
    """Return the application's database engine."""
    with app.app_context():
        return db.engine


def _counted(call: Callable[..., Any], steps: Steps) -> Callable[..., Any]:
    def counted(cursor: Any, statement: str, *rest: Any) -> Any:
        steps.take(" ".join(statement.split())[:80])
        return call(cursor, statement, *rest)

    return counted


def _committed(call: Callable[[Any], None], steps: Steps) -> Callable[[Any], None]:
    def committed(connection: Any) -> None:
        steps.take("before commit")
        call(connection)
        steps.take("after commit")

    return committed


def _rolled_back(call: Callable[[Any], None], steps: Steps) -> Callable[[Any], None]:
    def rolled_back(connection: Any) -> None:
        if steps.is_dead:
            getattr(connection, "driver_connection", connection).close()
        else:
            call(connection)

    return rolled_back
