"""The ground of an extract: what is read of it, kept of it, and replaced by the next one."""

from __future__ import annotations

import pytest

from fieldapp.pack import queries, service
from fieldapp.pack.osm_ground import NoMap, ground_kind, line_kind, read_ground
from fieldapp.pack.service import GroundChange
from tests.make.world import World
from tests.places.map_files import OsmMap, square


def neighbourhood() -> OsmMap:
    made = OsmMap()
    made.way(1, [(-80, 0), (80, 0)], highway="residential", name="Bergsgatan")
    made.way(2, square(100, 0, 50), natural="water", name="Dammen")
    made.way(3, square(0, 100, 20), building="apartments")
    return made


def keep(world: World, made: OsmMap) -> GroundChange:
    with world.as_home(write=True):
        return service.import_ground(world.home.id, read_ground(made.raw()), clock=world.clock)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "primary_link"}, "road"),
        ({"highway": "living_street"}, "street"),
        ({"highway": "steps"}, "footway"),
        ({"highway": "footway", "indoor": "yes"}, None),
        ({"railway": "tram"}, "rail"),
        ({"railway": "subway", "tunnel": "yes"}, None),
        ({"highway": "pedestrian", "area": "yes"}, None),
        ({"waterway": "stream"}, None),
    ],
)
def test_a_line_is_of_the_kind_its_tags_say(tags: dict[str, str], kind: str | None) -> None:
    assert line_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"natural": "water"}, "water"),
        ({"leisure": "park"}, "green"),
        ({"landuse": "grass"}, "green"),
        ({"building": "shed"}, "building"),
        ({"building": "apartments"}, None),
        ({"highway": "pedestrian"}, "square"),
        ({"leisure": "playground"}, None),
    ],
)
def test_an_area_is_ground_or_a_place(tags: dict[str, str], kind: str | None) -> None:
    assert ground_kind(tags) == kind


def test_streets_and_water_are_read_and_houses_are_places() -> None:
    read = read_ground(neighbourhood().raw())
    assert [(shape.kind, shape.name) for shape in read.shapes] == [("water", "Dammen"), ("street", "Bergsgatan")]


def test_a_second_import_changes_nothing(world: World) -> None:
    assert keep(world, neighbourhood()) == GroundChange(2, 0, 0, 0)
    assert keep(world, neighbourhood()) == GroundChange(0, 0, 2, 0)


def test_what_is_gone_from_the_area_goes_and_what_was_renamed_changes(world: World) -> None:
    keep(world, neighbourhood())
    later = OsmMap()
    later.way(1, [(-80, 0), (80, 0)], highway="residential", name="Nya gatan")
    assert keep(world, later) == GroundChange(0, 1, 0, 1)
    with world.as_home():
        assert [shape.name for shape in queries.ground_by_ref().values()] == ["Nya gatan"]


def test_an_extract_of_elsewhere_leaves_what_is_here(world: World) -> None:
    keep(world, neighbourhood())
    elsewhere = OsmMap(box=((600, 600), (900, 900)))
    elsewhere.way(9, [(700, 700), (800, 700)], highway="residential")
    assert keep(world, elsewhere) == GroundChange(1, 0, 0, 0)


@pytest.mark.parametrize("raw", [b"", b"place_id;kind;name\n", b"<?xml version='1.0'?><osm><node"])
def test_what_is_no_map_is_refused(raw: bytes) -> None:
    with pytest.raises(NoMap):
        read_ground(raw)
