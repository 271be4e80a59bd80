"""Tonight's document lists what hosts check, with the times it was last seen, and what of it is due."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from fieldapp.coverage.queries import seen_themselves
from tests.make.world import World


@dataclass(frozen=True)
class Place:
    """A place of a register, as far as this matters."""

    id: UUID
    kind: str
    parent_id: UUID | None = None


def test_a_building_is_seen_in_its_parts_and_a_stairwell_with_a_lift_itself() -> None:
    building, kiosk = Place(uuid4(), "Building"), Place(uuid4(), "Building")
    stairwell = Place(uuid4(), "Stairwell", building.id)
    lift = Place(uuid4(), "ElevatorShaft", stairwell.id)
    assert seen_themselves([building, kiosk, stairwell, lift]) == [kiosk, stairwell, lift]


def test_tonights_places_are_those_never_seen_and_then_the_longest_unseen(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    phone.acks(record)
    address = f"/api/v1/sync/docs/tonight/{world.home.zone.id}"
    places = phone.http.get(address, headers=phone.headers).json["places"]
    assert places == [
        {"place": str(world.home.places["yard"].id), "last_seen_at": None},
        {"place": str(world.home.places["cellar"].id), "last_seen_at": record["at"]},
    ]
