"""Many rows of one table at once, and small reads that every request makes: written for speed, safe in one place.

SQLAlchemy's ORM costs several times what a row costs the database. Here a table's rows are written by one prepared
statement, and a read is prepared once and told only its values. Both keep what the ORM would keep: pending changes are
written first, a read names its tenant or is refused.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Insert,
    Select,
    String,
    Table,
    TypeDecorator,
    Update,
    Uuid,
    bindparam,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.functions import FunctionElement

from fieldapp.infra.column_values import MakeReady, make_ready_of
from fieldapp.infra.db import ACROSS_TENANTS, Base, Tenanted, TenantMissing, db

TENANT = bindparam("whose", type_=Uuid())
"""In a prepared statement: the tenant of the session, bound when it runs."""

TOGETHER = 50
"""So many rows are inserted by one statement where there are as many: more cost memory and gain little."""


class WrittenJson(str):
    """JSON that has been written already: it goes into a column of JSON as it is."""

    __slots__ = ()


def write_json(value: Any) -> str:
    """Write a value as JSON; for the database's own serialiser."""
    return value if type(value) is WrittenJson else json.dumps(value)


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]], *, newest: Sequence[str] = ()) -> None:
    """Insert rows that all name the same columns, by one statement.

    Where a row with the same primary key is there, its columns `newest` are overwritten; without `newest` that is an error.
    """
    if not rows:
        return
    session = db.session()
    session.flush()
    connection = session.connection()
    table = table_of(model)
    statement = _insert_of(table, tuple(newest), connection.dialect.name)
    if not connection.dialect.positional:
        connection.execute(statement, list(rows))
        return
    written = _written(statement, frozenset(rows[0]), connection.dialect)
    values = written.values_of(rows)
    together = len(values) - len(values) % TOGETHER
    for at in range(0, together, TOGETHER):
        connection.exec_driver_sql(written.sql_of_many, tuple(chain.from_iterable(values[at : at + TOGETHER])))
    if together < len(values):
        connection.exec_driver_sql(written.sql, values[together:])


@dataclass(frozen=True)
class _Written:
    """An insert as the driver takes it: a question mark for each column, and how each column's values are made ready."""

    sql: str
    sql_of_many: str
    """The same for TOGETHER rows: the driver gives the interpreter away, and the database begins, once for all of them."""
    columns: tuple[tuple[str, MakeReady | None], ...]

    def values_of(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Return the rows as the driver takes them. What is the same in all of them is made ready once."""
        ready = []
        for name, make_ready in self.columns:
            values = list(map(itemgetter(name), rows))
            if make_ready is not None:
                is_same = values[0] is values[-1] and len(set(map(id, values))) == 1
                values = make_ready(values[:1]) * len(rows) if is_same else make_ready(values)
            ready.append(values)
        return list(zip(*ready, strict=True))


@lru_cache(maxsize=256)
def _insert_of(table: Table, newest: tuple[str, ...], dialect_name: str) -> Insert:
    kind = sqlite.insert if dialect_name == "sqlite" else postgresql.insert
    statement = kind(table)
    if not newest:
        return statement
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={name: statement.excluded[name] for name in newest}
    )


@lru_cache(maxsize=256)
def _written(statement: Insert, names: frozenset[str], dialect: Dialect) -> _Written:
    compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
    order = tuple(compiled.positiontup or ())
    if set(order) != names:
        raise RuntimeError(f"{statement.table.name}: columns with a default have to be named: {set(order) ^ names}")
    columns, sql = statement.table.c, str(compiled)
    row = f"({', '.join('?' * len(order))})"
    if sql.count(row) != 1:
        raise RuntimeError(f"{statement.table.name}: where one row's values stand is not clear")
    many = sql.replace(row, ", ".join([row] * TOGETHER))
    return _Written(sql, many, tuple((name, make_ready_of(columns[name].type, dialect)) for name in order))


def table_of(model: type[Base]) -> Table:
    """Return a model's table, for statements that are prepared here: nothing filters what is read from it but they."""
    return cast("Table", inspect(model).local_table)


class _Many(TypeDecorator[list[Any]]):
    """Any number of values as one: an array, or JSON where there are none."""

    impl = String
    cache_ok = True

    def __init__(self, of: Uuid[Any] | String) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else ARRAY(self.of))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value if value is None else list(value)
        return json.dumps([one.hex if isinstance(one, UUID) else one for one in value])


class _IsOneOf(FunctionElement[bool]):
    inherit_cache = True  # and no type: SQLite would be asked whether the truth is 1, and look through the whole table


@compiles(_IsOneOf)
def _in_array(element: _IsOneOf, compiler: Any, **kwargs: Any) -> str:
    column, uuids = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"{column} = ANY ({uuids})"


@compiles(_IsOneOf, "sqlite")
def _in_json(element: _IsOneOf, compiler: Any, **kwargs: Any) -> str:
    column, uuids = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({uuids}))"  # noqa: S608 - of a column's name and a mark for a value


def is_one_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Compare a column with a list that is bound as `name`: one value however long, so the statement stays the same."""
    return _IsOneOf(column, bindparam(name, type_=_Many(Uuid() if isinstance(column.type, Uuid) else String())))


def rows_by_id(model: Any, ids: Iterable[UUID]) -> list[Any]:
    """Return a tenant's rows of a model by their ids, in no order, sought by the ids and not through all rows of the tenant.

    Raises:
        TenantMissing: nobody has said whose rows the session may see.
    """
    tenant_id = db.session.info.get("tenant_id")
    if tenant_id is None:
        raise TenantMissing(model.__tablename__)
    query = select(model).where(unsearched(model.tenant_id) == tenant_id, model.id.in_(set(ids)))
    return list(db.session.scalars(query, execution_options=ACROSS_TENANTS))


class _Unsearched(FunctionElement[Any]):
    inherit_cache = True


@compiles(_Unsearched)
def _as_it_is(element: _Unsearched, compiler: Any, **kwargs: Any) -> str:
    return str(compiler.process(element.clauses, **kwargs))


@compiles(_Unsearched, "sqlite")
def _not_by_an_index(element: _Unsearched, compiler: Any, **kwargs: Any) -> str:
    return f"+{compiler.process(element.clauses, **kwargs)}"


def unsearched(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return a column to be compared but not searched by, where rows are sought by keys of their own.

    SQLite takes a tenant for a few rows, and would look through all of them rather than find two hundred by their keys.
    """
    return _Unsearched(column)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A statement that may be run past the ORM: it is held to a tenant, or must see all of them."""

    statement: Select[Any] | Update
    is_across: bool


class Found:
    """The rows that a prepared statement found, each with its columns by name."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def first(self) -> Any:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """Return the only row.

        Raises:
            LookupError: there is none, or there are more.
        """
        if len(self._rows) != 1:
            raise LookupError(f"{len(self._rows)} rows where one was looked for")
        return self._rows[0]

    def scalars(self) -> list[Any]:
        """Return the first column."""
        return [row[0] for row in self._rows]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A prepared statement as the driver takes it: how each question mark's value is made, and each column's read."""

    sql: str
    values: tuple[tuple[str, Any, Callable[[Any], Any] | None], ...]
    """The name of each, what it is when nobody says, and how the driver takes it."""
    row: Callable[[Iterable[Any]], Any] | None
    readers: tuple[Callable[[Any], Any] | None, ...]

    def values_of(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                make_ready(given.get(name, usual)) if make_ready is not None else given.get(name, usual)
                for name, usual, make_ready in self.values
            ]
        )

    def read(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        """Return the rows as the ORM would."""
        make = self.row
        if make is None:
            return []
        return [
            make([value if read is None else read(value) for read, value in zip(self.readers, row, strict=True)])
            for row in rows
        ]


def _row_of(names: list[str]) -> Callable[[Iterable[Any]], Any]:
    make: Any = namedtuple("Row", names)  # type: ignore[misc]
    return cast("Callable[[Iterable[Any]], Any]", make._make)


@lru_cache(maxsize=512)
def _ready(asked: Prepared, dialect: Dialect) -> _Ready:
    compiled = asked.statement.compile(dialect=dialect)
    usual = compiled.params
    names = tuple(compiled.positiontup or ())
    types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in names}
    columns = list(asked.statement.exported_columns)
    kinds = [column.type.dialect_impl(dialect) for column in columns]
    return _Ready(
        str(compiled),
        tuple((name, usual.get(name), types[name].bind_processor(dialect)) for name in names),
        _row_of([str(column.key) for column in columns]) if columns else None,
        tuple(kind.result_processor(dialect, None) for kind in kinds),
    )


def prepared(statement: Select[Any] | Update) -> Prepared:
    """Prepare a statement on tenants' tables, having seen that each of them is held to `TENANT`.

    Raises:
        TenantMissing: one is not.
    """
    parts = list(visitors.iterate(statement))
    tables = {part for part in parts if isinstance(part, Table) and _is_tenanted(part)}
    missing = tables - {table for part in parts if (table := _table_held_to_tenant(part)) is not None}
    if missing:
        raise TenantMissing(", ".join(sorted(table.name for table in missing)))
    return _kept(Prepared(statement, is_across=False))


def prepared_across_tenants(statement: Select[Any]) -> Prepared:
    """Prepare one of the few statements that must see every tenant: who asks is known only by its answer."""
    return _kept(Prepared(statement, is_across=True))


_PREPARED: list[Prepared] = []


def _kept(made: Prepared) -> Prepared:
    _PREPARED.append(made)
    return made


def make_ready(dialect: Dialect) -> None:
    """Compile what is prepared, and the inserts of every table, before the first who asks would wait for it."""
    if not dialect.positional:
        return
    for asked in _PREPARED:
        _ready(asked, dialect)
    for mapper in Base.registry.mappers:
        table = cast("Table", mapper.local_table)
        _written(_insert_of(table, (), dialect.name), frozenset(column.name for column in table.columns), dialect)


def run(asked: Prepared, /, **values: Any) -> Found:
    """Run a prepared statement in the session's transaction, for its tenant.

    Raises:
        TenantMissing: nobody has said whose rows the session may see.
    """
    session = db.session()
    session.flush()
    return _run(session.connection(), asked, _bound(asked, values))


def first_of(asked: Prepared, /, **values: Any) -> Any:
    """Return the first row that a prepared statement finds, or None, read past the session: what a request asks before it begins.

    Raises:
        TenantMissing: as `run`.
    """
    bound = _bound(asked, values)
    with db.engine.connect() as connection:
        return _run(connection, asked, bound).first()


def _run(connection: Connection, asked: Prepared, bound: Mapping[str, Any]) -> Found:
    """Run a statement. Where the driver takes values by their place, it is made ready once, for good."""
    if not connection.dialect.positional:
        result = connection.execute(asked.statement, bound)
        return Found(result.all() if result.returns_rows else ())
    ready = _ready(asked, connection.dialect)
    result = connection.exec_driver_sql(ready.sql, ready.values_of(bound))
    return Found(ready.read(result.cursor.fetchall()) if ready.row is not None else ())


def _bound(asked: Prepared, values: dict[str, Any]) -> dict[str, Any]:
    if asked.is_across:
        return values
    tenant_id = db.session.info.get("tenant_id")
    if tenant_id is None:
        raise TenantMissing("a prepared statement")
    return {TENANT.key: tenant_id, **values}


def forget(model: type[Base]) -> None:
    """Let what the session has read of a table be read anew: a prepared statement has changed it behind its back."""
    session = db.session()
    for known in [known for known in session.identity_map.values() if isinstance(known, model)]:
        session.expire(known)


def _is_tenanted(table: Table) -> bool:
    return any(mapper.local_table is table and issubclass(mapper.class_, Tenanted) for mapper in Base.registry.mappers)


def _table_held_to_tenant(part: Any) -> Any:
    """Return the table whose tenant a comparison holds to `TENANT`, or None when it does no such thing."""
    if not isinstance(part, BinaryExpression) or part.operator is not operators.eq or part.right is not TENANT:
        return None
    column = next(iter(part.left.clauses)) if isinstance(part.left, _Unsearched) else part.left
    return column.table if getattr(column, "name", "") == "tenant_id" else None
