"""No statement reads or changes another tenant's rows, whatever it returns, and none runs before somebody said whose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, exists, func, select, update

from fieldapp.infra.db import ACROSS_TENANTS, TenantMissing, db
from fieldapp.observations.models import Category
from fieldapp.places.models import Place, Zone
from tests.make.world import World

READS: dict[str, Callable[[], Any]] = {
    "entities": lambda: select(Place),
    "a column": lambda: select(Place.id),
    "a count of rows": lambda: select(func.count()).select_from(Place),
    "a count of a column": lambda: select(func.count(Place.id)),
    "a maximum": lambda: select(func.max(Place.name)),
    "groups": lambda: select(Place.zone_id, func.count()).group_by(Place.zone_id),
    "a join": lambda: select(Zone.name).join(Place, Place.zone_id == Zone.id),
    "an existence": lambda: select(exists(select(Place.id))),
    "a subquery": lambda: select(func.count()).select_from(select(Place.id).subquery()),
    "a list to be in": lambda: select(Zone.id).where(Zone.id.in_(select(Place.zone_id))),
    "a union": lambda: select(Place.id).union_all(select(Zone.id)),
    "a common table": lambda: select(select(Place.id).cte("some").c.id),
}
CHANGES: dict[str, Callable[[], Any]] = {
    "an update": lambda: update(Category).values(sort=Category.sort + 1),
    "a deletion": lambda: delete(Place).where(Place.external_id == "G1"),
}


def answer(world: World, statement: Any) -> list[tuple[Any, ...]]:
    with world.as_home():
        found = db.session.execute(statement).all()
        return sorted((tuple(getattr(value, "id", value) for value in row) for row in found), key=str)


@pytest.mark.parametrize("what", sorted(READS))
def test_what_is_read_is_the_same_whether_others_are_there_or_not(world: World, what: str) -> None:
    with_others = answer(world, READS[what]())
    with world.app.app_context():
        for model in (Place, Zone):
            db.session.execute(
                delete(model).where(model.tenant_id == world.foreign.id), execution_options=dict(ACROSS_TENANTS)
            )
        db.session.commit()
    alone = answer(world, READS[what]())
    assert with_others == alone


@pytest.mark.parametrize("what", sorted({**READS, **CHANGES}))
def test_nothing_runs_before_somebody_said_whose(world: World, what: str) -> None:
    with world.app.app_context(), pytest.raises(TenantMissing):
        db.session.execute({**READS, **CHANGES}[what]())


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_what_is_changed_is_the_tenants_own(world: World, what: str) -> None:
    with world.as_home(write=True):
        db.session.execute(CHANGES[what](), execution_options={"synchronize_session": False})
    with world.app.app_context():
        foreign = db.session.scalars(
            select(Place.external_id).where(Place.tenant_id == world.foreign.id), execution_options=dict(ACROSS_TENANTS)
        ).all()
        sorts = db.session.scalars(
            select(func.min(Category.sort)).where(Category.tenant_id == world.foreign.id),
            execution_options=dict(ACROSS_TENANTS),
        ).one()
    assert (sorted(foreign), sorts) == (["B14", "B14-K", "G1"], 0)
