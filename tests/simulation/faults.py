"""What goes wrong inside the server: it stops at a statement, a commit or a file operation, or the database will not.

A stop is raised as a `Stop`, which nothing in the application catches: transactions are rolled back, as the database does
with those of a process that is gone, and nobody is answered.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from fieldapp.infra import blobs, part_files

FILE_CALLS = ("fsync", "pwrite", "ftruncate")


class Stop(BaseException):
    """The server's process is killed here."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One thing that goes wrong in one request; `at` counts from 1 and may never be reached.

    what: "statement" (stop before it), "statement_done" (stop after it), "commit" (stop before), "commit_done" (stop after),
    "file" (stop at a file operation), "torn" (stop in the middle of writing to a file), "refuse" (the database will not).
    """

    what: str
    at: int


@dataclass(slots=True)
class Counts:
    """How often each kind of thing has happened in this request."""

    statement: int = 0
    commit: int = 0
    file: int = 0


class Faults:
    """Hooks in the engine and under the photo store; they do nothing without a plan."""

    def __init__(self, engine: Engine) -> None:
        self.plan: Plan | None = None
        self.is_fired = False
        self.on_statement: Callable[[str], bool] = lambda _statement: False
        self.on_begin: Callable[[], bool] = lambda: False
        self.on_end: Callable[[], None] = lambda: None
        self._counts = Counts()
        event.listen(engine, "before_cursor_execute", self._before_statement)
        event.listen(engine, "after_cursor_execute", self._after_statement)
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "rollback", lambda _connection: self.on_end())
        self._do_commit = engine.dialect.do_commit
        vars(engine.dialect)["do_commit"] = self._commit
        self._guard_files()

    def begin(self, plan: Plan | None) -> None:
        """Another request: it counts from the start."""
        self.plan, self.is_fired, self._counts = plan, False, Counts()

    def _is_due(self, what: str, count: int) -> bool:
        is_due = self.plan is not None and not self.is_fired and self.plan.what == what and self.plan.at == count
        self.is_fired = self.is_fired or is_due
        return is_due

    def _begin(self, connection: Any) -> None:
        # SQLite's BEGIN is a statement of our own, and the lock is taken with it.
        if connection.dialect.name != "sqlite" and self.on_begin():
            raise Stop

    def _before_statement(self, connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        is_killed = (statement.startswith("BEGIN") and self.on_begin()) or self.on_statement(statement)
        self._counts.statement += 1
        if is_killed or self._is_due("statement", self._counts.statement):
            _stop(connection, cursor)
        if self._is_due("refuse", self._counts.statement):
            raise OperationalError(statement, {}, sqlite3.OperationalError("the database will not"))

    def _after_statement(self, connection: Any, cursor: Any, *_rest: Any) -> None:
        if self._is_due("statement_done", self._counts.statement):
            _stop(connection, cursor)

    def _commit(self, connection: Any) -> None:
        self._counts.commit += 1
        if self._is_due("commit", self._counts.commit):
            connection.rollback()
            raise Stop
        self._do_commit(connection)
        self.on_end()
        if self._is_due("commit_done", self._counts.commit):
            raise Stop

    def _guard_files(self) -> None:
        guarded = SimpleNamespace(**{name: getattr(os, name) for name in dir(os) if not name.startswith("__")})
        for name in FILE_CALLS:
            setattr(guarded, name, self._guarded(name, getattr(os, name)))
        vars(blobs)["os"] = vars(part_files)["os"] = guarded
        real_replace = Path.replace

        def replace(path: Path, target: Any) -> Path:
            self._file("replace", lambda: None)
            return real_replace(path, target)

        Path.replace = replace  # type: ignore[method-assign, assignment]

    def _guarded(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any) -> Any:
            torn = (
                (lambda: call(arguments[0], arguments[1][: len(arguments[1]) // 2], arguments[2]))
                if (name == "pwrite")
                else (lambda: None)
            )
            self._file(name, torn)
            return call(*arguments)

        return guarded

    def _file(self, name: str, torn: Callable[[], Any]) -> None:
        self._counts.file += 1
        if self._is_due("file", self._counts.file):
            raise Stop
        if name == "pwrite" and self._is_due("torn", self._counts.file):
            torn()
            raise Stop


def _stop(connection: Any, cursor: Any) -> None:
    """End as a process that is killed: the database rolls back what it had begun, at once and not when somebody tidies up."""
    cursor.close()
    connection.connection.dbapi_connection.rollback()
    raise Stop
