"""The ground of an extract: what is read of it, kept of it, and replaced by the next one."""

from __future__ import annotations

import pytest

from fieldapp.places import queries
from fieldapp.places.ground import GroundPlan
from fieldapp.places.map_files import read_map
from fieldapp.places.map_import import import_map
from fieldapp.places.osm_ground import ground_kind, line_kind
from fieldapp.places.zones_file import ZoneChoices
from tests.make.world import World
from tests.places.map_files import OsmMap, square


def neighbourhood() -> OsmMap:
    made = OsmMap()
    made.way(1, [(-80, 0), (80, 0)], highway="residential", name="Bergsgatan")
    made.way(2, square(100, 0, 50), natural="water", name="Dammen")
    made.way(3, square(0, 100, 20), building="apartments")
    return made


def keep(world: World, made: OsmMap) -> GroundPlan:
    with world.as_home(write=True):
        return import_map(world.home.id, read_map(made.raw(), ZoneChoices()), clock=world.clock).ground


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
    read = read_map(neighbourhood().raw(), ZoneChoices())
    assert [(shape.kind, shape.name) for shape in read.ground] == [("water", "Dammen"), ("street", "Bergsgatan")]


def test_a_second_import_changes_nothing(world: World) -> None:
    assert list(keep(world, neighbourhood()).counts().values()) == [2, 0, 0, 0]
    assert list(keep(world, neighbourhood()).counts().values()) == [0, 0, 2, 0]


def test_what_is_gone_from_the_area_goes_and_what_was_renamed_changes(world: World) -> None:
    keep(world, neighbourhood())
    later = OsmMap()
    later.way(1, [(-80, 0), (80, 0)], highway="residential", name="Nya gatan")
    assert list(keep(world, later).counts().values()) == [0, 1, 0, 1]
    with world.as_home():
        assert [shape.name for shape in queries.ground_by_ref().values()] == ["Nya gatan"]


def test_an_extract_of_elsewhere_leaves_what_is_here(world: World) -> None:
    keep(world, neighbourhood())
    elsewhere = OsmMap(box=((600, 600), (900, 900)))
    elsewhere.way(9, [(700, 700), (800, 700)], highway="residential")
    assert list(keep(world, elsewhere).counts().values()) == [1, 0, 0, 0]
