"""The demonstration can be removed, and nothing else goes with it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from fieldapp.access.models import Organisation, User
from fieldapp.damage.models import Case
from fieldapp.demonstration import loader
from fieldapp.demonstration.clearing import clear
from fieldapp.infra.db import ACROSS_TENANTS, db, transaction
from tests.make.world import World


def rename_home(world: World, *, is_demonstration: bool) -> None:
    with world.app.app_context(), transaction(write=True):
        values = {"slug": loader.SLUG, "is_demonstration": is_demonstration}
        db.session.execute(update(Organisation).where(Organisation.id == world.home.id).values(values))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model), execution_options=ACROSS_TENANTS) or 0


def test_all_of_it_goes_and_nothing_of_others(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    phone.acks(phone.record(), phone.record())
    page = desk.get("/desk/cases").text
    second = page.split('href="/desk/cases/0', 1)[1].split('"')[0]
    assert desk.post(f"/desk/cases/0{second}/merge", {"duplicate_of": "1"}).status_code == 302
    rename_home(world, is_demonstration=True)
    with world.app.app_context(), transaction(write=True):
        before = count(User)
        assert clear() > 0
        assert 0 < count(User) < before
        assert count(Case) == 0
        assert loader.demonstration() is None
        assert clear() == 0


def test_a_real_organisation_of_that_name_stays(world: World) -> None:
    rename_home(world, is_demonstration=False)
    with world.app.app_context(), transaction(write=True), pytest.raises(RuntimeError):
        clear()
