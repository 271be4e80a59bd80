"""A page of the review sends as many statements for a large organisation as for a small one."""

from __future__ import annotations

from bench.review_store import Size, fill
from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant
from tests.desk.conftest import counted_queries
from tests.make.world import World

SMALL = Size(rounds=3, pieces=20, places=4, zones=2, rounds_a_day=2, pieces_a_round=6, places_a_round=2)
LARGE = Size(rounds=60, pieces=200, places=60, zones=5, rounds_a_day=3, pieces_a_round=30, places_a_round=9)
ADDRESSES = (
    "/desk/coverage", "/desk/coverage/map", "/desk/coverage/places", "/desk/coverage/weekdays", "/desk/coverage/plan",
    "/desk/coverage/gaps", "/desk/coverage/presence", "/desk/coverage/compare", "/desk/coverage/gaps.csv",
    "/desk/rounds.csv",
)  # fmt: skip


def statements(world: World, tenant_name: str, size: Size) -> dict[str, int]:
    tenant = getattr(world, tenant_name)
    with world.app.app_context(), as_tenant(tenant.id, write=True):
        fill(tenant.id, tenant.users[Role.HOST].id, world.clock.now(), size)
    desk = world.desk(tenant)
    found = {}
    for address in ADDRESSES:
        assert desk.get(address).status_code == 200  # the first names the pieces, and keeps that
        with counted_queries() as sent:
            desk.get(address)
        found[address] = len(sent)
    return found


def test_the_number_of_statements_does_not_grow(any_world: World) -> None:
    small, large = statements(any_world, "home", SMALL), statements(any_world, "foreign", LARGE)
    assert small == large
    assert max(small.values()) <= 25
