"""Rows written and read without the ORM keep what the ORM would have kept: tenant, order, what is pending."""

import uuid
from datetime import timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from fieldapp.infra.changes import EVERYBODY, FeedRow
from fieldapp.infra.db import TenantMissing, db
from fieldapp.infra.rows import (
    TENANT,
    TOGETHER,
    Prepared,
    WrittenJson,
    insert_rows,
    is_one_of,
    prepared,
    run,
    unsearched,
    write_json,
)
from fieldapp.observations import surroundings
from fieldapp.observations.models import Category
from fieldapp.places.models import Place
from fieldapp.sync import push, waiting
from tests.make.world import World

PLACES, CATEGORIES = Place.__table__, Category.__table__


def feed_row(world: World, entity: uuid.UUID, seq: int) -> dict[str, Any]:
    at = world.clock.now()
    return {
        "tenant_id": world.home.id,
        "kind": "place",
        "entity_id": entity,
        "audience": EVERYBODY,
        "seq": seq,
        "at": at,
    }


def test_a_statement_that_names_no_tenant_is_refused() -> None:
    with pytest.raises(TenantMissing):
        prepared(select(PLACES.c.id))
    with pytest.raises(TenantMissing):
        prepared(
            select(PLACES.c.id).join(CATEGORIES, CATEGORIES.c.code == PLACES.c.name).where(PLACES.c.tenant_id == TENANT)
        )


def test_a_prepared_statement_sees_its_own_tenant_alone(any_world: World) -> None:
    statement = prepared(select(PLACES.c.external_id).where(PLACES.c.tenant_id == TENANT, PLACES.c.kind == "Building"))
    with any_world.as_home():
        assert len(list(run(statement))) == 1
    with any_world.app.app_context(), pytest.raises(TenantMissing):
        run(statement)


def test_rows_are_sought_by_any_number_of_ids_in_their_own_tenant(any_world: World) -> None:
    statement = prepared(
        select(PLACES.c.id).where(unsearched(PLACES.c.tenant_id) == TENANT, is_one_of(PLACES.c.id, "ids"))
    )
    own = {any_world.home.places[name].id for name in ("cellar", "yard")}
    foreign = any_world.foreign.places["cellar"].id
    with any_world.as_home():
        assert set(run(statement, ids=[*own, foreign, uuid.uuid4()]).scalars()) == own
        assert list(run(statement, ids=[foreign])) == []
        assert list(run(statement, ids=[])) == []


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (surroundings._THERE_ALREADY, "(id=?)"),
        (surroundings._PLACES_OF, "(id=?)"),
        (surroundings._ROUNDS_OF, "(id=?)"),
        (push._KNOWN, "(tenant_id=? AND id=?)"),
        (waiting._IS_AWAITED, "(tenant_id=? AND waits_for=?)"),
    ],
)
def test_what_a_batch_asks_is_found_by_its_key_however_many_rows_there_are(
    world: World, asked: Prepared, key: str
) -> None:
    sql = str(asked.statement.compile(dialect=sqlite.dialect()))
    with world.as_home():
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("",) * sql.count("?"))
        steps = [row[3] for row in plan]
    assert steps[0].startswith("SEARCH")
    assert steps[0].endswith(key)


def test_rows_read_back_as_they_were_written(any_world: World) -> None:
    entity = uuid.uuid4()
    with any_world.as_home(write=True):
        insert_rows(FeedRow, [feed_row(any_world, entity, 900), feed_row(any_world, uuid.uuid4(), 901)])
    with any_world.as_home():
        row = db.session.scalars(select(FeedRow).where(FeedRow.entity_id == entity)).one()
        assert (row.seq, row.audience, row.at) == (900, EVERYBODY, any_world.clock.now())


def test_so_many_rows_that_some_go_together_read_back_as_they_were_written(any_world: World) -> None:
    entities = [uuid.uuid4() for _ in range(2 * TOGETHER + 3)]
    here = timezone(timedelta(hours=2))
    times = [any_world.clock.now() + timedelta(microseconds=number) for number in range(len(entities))]
    rows = [
        {**feed_row(any_world, entity, 900 + number), "at": at.astimezone(here) if number % 2 else at}
        for number, (entity, at) in enumerate(zip(entities, times, strict=True))
    ]
    with any_world.as_home(write=True):
        insert_rows(FeedRow, rows)
        insert_rows(FeedRow, [{**row, "seq": row["seq"] + 1000} for row in rows], newest=("seq", "at"))
    with any_world.as_home():
        found = db.session.scalars(select(FeedRow).where(FeedRow.seq >= 1900).order_by(FeedRow.seq)).all()
        assert [(row.entity_id, row.at, row.seq) for row in found] == [
            (entity, at, 1900 + number) for number, (entity, at) in enumerate(zip(entities, times, strict=True))
        ]


def test_a_time_without_a_zone_is_not_written(world: World) -> None:
    naive = {**feed_row(world, uuid.uuid4(), 900), "at": world.clock.now().replace(tzinfo=None)}
    with world.as_home(write=True), pytest.raises(ValueError, match="naive"):
        insert_rows(FeedRow, [naive])


def test_a_row_that_is_there_is_an_error_or_made_new(any_world: World) -> None:
    entity = uuid.uuid4()
    with any_world.as_home(write=True):
        insert_rows(FeedRow, [feed_row(any_world, entity, 900)])
        insert_rows(FeedRow, [feed_row(any_world, entity, 902)], newest=("seq", "at"))
        seqs = db.session.scalars(select(FeedRow.seq).where(FeedRow.entity_id == entity)).all()
        assert list(seqs) == [902]
    with any_world.as_home(write=True), pytest.raises(IntegrityError):
        insert_rows(FeedRow, [feed_row(any_world, entity, 903)])


def test_what_is_pending_is_written_first(any_world: World) -> None:
    with any_world.as_home(write=True):
        category = db.session.scalars(select(Category).where(Category.code == "SK01")).one()
        category.sort = 777
        insert_rows(FeedRow, [feed_row(any_world, uuid.uuid4(), 904)])
        statement = prepared(
            select(CATEGORIES.c.sort).where(CATEGORIES.c.tenant_id == TENANT, CATEGORIES.c.code == "SK01")
        )
        assert run(statement).scalars() == [777]


def test_a_column_with_a_default_has_to_be_named(world: World) -> None:
    row = {"id": uuid.uuid4(), "tenant_id": world.home.id, "code": "ZZ01", "kind": "D"}
    with world.as_home(write=True), pytest.raises(RuntimeError, match="default"):
        insert_rows(Category, [row])


def test_json_that_is_written_already_is_left_as_it_is() -> None:
    assert write_json(WrittenJson('{"a":1}')) == '{"a":1}'
    assert write_json({"a": 1}) == '{"a": 1}'
