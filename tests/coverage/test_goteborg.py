"""A real logger's evening in Göteborg: what was walked is seen, what was ridden is not, what nobody knows is unknown.

The lists were chosen by hand from pictures of the track over the network (seven pixels a metre, every fix numbered and
coloured by speed), before the engine had been run on it once. The logger goes down the west footway of Avenyn to the
theatre, stands there, and comes back up the east one, with positions mostly 5–10 m outside of the footways; later it rides
trams west of the tile. The tile has three parallel ways along Avenyn, 12 m apart: two footways and the street with rails.

Once the engine had run, one piece was moved from "not walked" to "nobody can tell": the only way to one that was there
already. What it missed then, by taking errors of a logger that measures every five seconds for more lasting than they are,
it sees now.

A piece is named by its way in the road database and its number on that way, counted from the west.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path as FilePath

import pytest
import shapely
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.coverage.models import PieceBin
from fieldapp.coverage.rules import NOT_SEEN, SEEN, SEEN_SHARE, UNKNOWN
from fieldapp.coverage.states import states
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, LocalPlane, distance_m
from fieldapp.places import map_import
from fieldapp.places.map_files import read_map
from fieldapp.places.models import Path
from fieldapp.places.network import Way, make_pieces
from fieldapp.places.zones_file import ZoneChoices
from fieldapp.rounds.gpx import GpxTrack, read_gpx
from fieldapp.rounds.imports import import_track
from fieldapp.rounds.models import Gap, Round
from fieldapp.rounds.track import Fix
from tests.coverage.evening import fold
from tests.make.world import World

Name = tuple[str, int]

DOWN = {
    **dict.fromkeys((("15819:5606", number) for number in (0, 1, 2, 3)), "west footway, north of the crossing"),
    **dict.fromkeys((("10806:4986", number) for number in (0, 1, 2)), "west footway, south of the crossing"),
    **dict.fromkeys((("15819:5606", number) for number in (6, 7, 8)), "west footway, down to where it bends"),
    ("3:1362561", 0): "from the bend to where the positions leap across the street",
}
AT_THE_END = {
    ("15819:5826", 0): "walked both ways at the theatre",
    ("15819:5826", 1): "walked back at the theatre; nothing else lies on its side",
}
UP = {
    ("15819:5838", 1): "east footway, from the theatre",
    ("15819:5838", 0): "east footway, up to the bend",
    ("15819:5696", 0): "from the bend on",
    ("15819:5610", 6): "east footway, up to where the walk leaves it for a house",
    ("15819:5610", 4): "east footway, from that house on",
    **dict.fromkeys((("10806:4983", number) for number in (3, 2, 1, 0)), "east footway, up to and over the crossing"),
    **dict.fromkeys((("15819:5610", number) for number in (3, 2, 1, 0)), "east footway, north of the crossing"),
}
WALKED = {**DOWN, **AT_THE_END, **UP}
UNCERTAIN = {
    ("20531:75697", 2): "the street, at a stop: positions drift from the west footway to it while standing",
    ("3:1362561", 1): "the positions leap 25 m across the street where it begins",
    ("15819:5830", 0): "leads to the next, and to nothing else",
    ("15819:5830", 1): "10 m west of another way down; positions lie between the two",
    ("10806:3573", 0): "a crossing whose end the walk passes",
    ("13470:78483", 0): "ten metres beside the positions, which turn round at half of it",
    ("13470:78447", 0): "a crossing with arms; positions come by one of them and leave it",
    ("10806:3571", 0): "a stub of 15 m at that crossing",
    ("15819:5610", 5): "walked for about half: the walk leaves it for a house, stays, and comes back farther on",
    ("12752:10027", 0): "the street: for 15 s the positions of the way up lie between it and the footway",
    ("12752:10027", 1): "the same",
    ("20531:75779", 0): "15–30 m over the crossing, where positions are ten metres off",
    ("15819:5606", 4): "the same",
    ("15819:5606", 5): "the same",
    ("20531:75748", 0): "the same",
}
"""Nobody can tell from the picture. Every other piece of the tile was not walked."""

RIDE_M_S = 4.0
RIDE_S = 30.0
APART_M = 50.0
"""What is nearer than this to a position may have been passed then."""
AROUND = "road "


@pytest.fixture
def evening(world: World, shared: FilePath) -> World:
    """The network of the tile, the roads around it, and the logger's round on them, folded."""
    osm = shared / "osm"
    with world.as_home(write=True):
        file = read_map((osm / "goteborg_vasastan_nvdb_3006.gpkg").read_bytes(), ZoneChoices())
        map_import.import_map(world.home.id, file, clock=world.clock)
        lay_roads(world, osm / "goteborg_central_roads_1091.geojson")
        actor = world.home.actor(Role.SUPERVISOR)
        import_track(actor, track_of(shared), zone_id=world.home.zone.id, party_size=1, clock=world.clock)
    fold(world)
    return world


def track_of(shared: FilePath) -> GpxTrack:
    return read_gpx((shared / "gpx" / "goteborg_walk_tram_2008.gpx").read_bytes())


def lay_roads(world: World, file: FilePath) -> None:
    """Lay roads around the tile: where the rides went, and where the evening's gaps begin and end."""
    tile = shapely.MultiPoint([at for path in db.session.scalars(select(Path)) for at in path.line]).envelope
    roads = [
        part
        for road in json.loads(file.read_text(encoding="utf-8"))["features"]
        for part in shapely.get_parts(shapely.geometry.shape(road["geometry"]).difference(tile))
    ]
    for number, piece in enumerate(make_pieces([Way(str(at), road.coords) for at, road in enumerate(roads)])):
        db.session.add(
            Path(
                id=uuid.uuid4(), tenant_id=world.home.id, external_id=f"{AROUND}{number}", line=piece.line,
                branches=piece.branches, length_m=piece.length_m, is_lit=True, created_at=world.clock.now(),
            )
        )  # fmt: skip


def rides(fixes: Sequence[Fix]) -> list[Fix]:
    """Return the fixes of every half minute that was faster than 4 m/s."""
    found: dict[int, Fix] = {}
    for at, fix in enumerate(fixes):
        until = next((k for k in range(at, len(fixes)) if (fixes[k].at - fix.at).total_seconds() >= RIDE_S), at)
        seconds = (fixes[until].at - fix.at).total_seconds()
        if 0 < seconds < 2 * RIDE_S and distance_m(fix.position, fixes[until].position) > RIDE_M_S * seconds:
            found |= {k: fixes[k] for k in range(at, until + 1)}
    return [found[k] for k in sorted(found)]


def names(paths: Iterable[Path]) -> dict[uuid.UUID, Name]:
    """Name the pieces of the tile by their ways and where they lie on them."""
    of_way = defaultdict[str, list[Path]](list)
    for path in paths:
        if not path.external_id.startswith(AROUND):
            of_way[path.origin.removeprefix("nvdb:")].append(path)
    found: dict[uuid.UUID, Name] = {}
    for way, mine in of_way.items():
        found |= {path.id: (way, number) for number, path in enumerate(sorted(mine, key=lambda one: one.line[0]))}
    return found


def test_what_was_walked_is_seen_and_nothing_else(evening: World) -> None:
    with evening.as_home():
        known = names(db.session.scalars(select(Path)))
        bins = db.session.scalars(select(PieceBin.path_id).where(PieceBin.share >= SEEN_SHARE)).all()
    seen = {known[path_id] for path_id in bins if path_id in known}
    assert (len(known), len(WALKED)) == (296, 26)
    assert (set(WALKED) - seen, seen - set(WALKED) - set(UNCERTAIN)) == (set(), set())


def test_no_ride_is_credited_to_the_streets_that_it_went_along(evening: World, shared: FilePath) -> None:
    fixes = track_of(shared).fixes
    plane = LocalPlane(fixes[400].position)
    ridden = rides(fixes)
    near_ride = shapely.MultiPoint([plane.to_xy(fix.position) for fix in ridden]).buffer(20.0)
    not_ridden = {fix.at for fix in fixes} - {fix.at for fix in ridden}
    elsewhere = shapely.MultiPoint([plane.to_xy(fix.position) for fix in fixes if fix.at in not_ridden]).buffer(APART_M)
    with evening.as_home():
        along = {
            path.id
            for path in db.session.scalars(select(Path))
            if (line := shapely.LineString([plane.to_xy(LatLon(lat, lon)) for lon, lat in path.line])).intersects(
                near_ride
            )
            and not line.intersects(elsewhere)
        }
        credited = along & set(db.session.scalars(select(PieceBin.path_id)))
    assert len(along) >= 15
    assert credited == set()


def test_what_the_two_long_gaps_may_hold_is_unknown_and_what_was_walked_is_seen(evening: World) -> None:
    with evening.as_home():
        round_ = db.session.scalars(select(Round)).one()
        gaps = db.session.scalars(select(Gap).order_by(Gap.from_at)).all()
        found: dict[str, set[Name]] = {name: set() for name in (SEEN, NOT_SEEN, UNKNOWN)}
        paths = names(db.session.scalars(select(Path)))
        standings = states(round_.started_at.date(), gaps[-1].to_at.date())
    for path_id, name in paths.items():
        found[standings[path_id].state].add(name)
    assert [round((gap.to_at - gap.from_at).total_seconds() / 60) for gap in gaps] == [70, 172]
    assert set(WALKED) <= set(found[SEEN]) <= set(WALKED) | set(UNCERTAIN)
    assert found[NOT_SEEN] == set()
