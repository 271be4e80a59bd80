"""A zone's pack: made when something has changed, the same for the same content, fetched whole or in the parts that differ."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from fieldapp.access.roles import Role
from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import as_tenant, db
from fieldapp.infra.feature import Installation
from fieldapp.infra.pictures import PictureCleaner
from fieldapp.pack import queries, service
from fieldapp.pack.archive import hash_of
from fieldapp.places.map_files import read_map
from fieldapp.places.map_import import import_map
from fieldapp.places.models import Place, Zone
from fieldapp.places.zones_file import ZoneChoices
from tests.make.world import Phone, Tenant, World
from tests.places.map_files import yard

BYTES_MAX = 700_000
SORGENFRI = [[13.0107, 55.5904], [13.05, 55.5904], [13.05, 55.6128], [13.0107, 55.6128], [13.0107, 55.5904]]
"""2.5 × 2.5 km of Malmö."""


def work(world: World) -> int:
    """Let the worker make packs until none is due. Return how many it made."""
    blobs = cast("BlobStore", world.app.extensions["rond_blobs"])
    installation = Installation(world.clock, blobs, cast("PictureCleaner", None))
    made = 0
    with world.app.app_context():
        while service.make_due_packs(installation):
            made += 1
            assert made < 10
    return made


def get(phone: Phone, zone: Zone, what: str = "", **headers: str) -> Any:
    return phone.http.get(f"/api/v1/pack/{zone.id}{what}", headers={**phone.headers, **headers})


def parts_of(manifest: dict[str, Any]) -> list[tuple[str, int]]:
    return [(part[0], part[1]) for file in manifest["files"] for part in file["parts"]]


def files_of(manifest: dict[str, Any], content: bytes) -> dict[str, bytes]:
    found, start = {}, 0
    for file in manifest["files"]:
        length = sum(part[1] for part in file["parts"])
        found[file["name"]] = content[start : start + length]
        start += length
    return found


def import_yard(world: World, tenant: Tenant) -> None:
    with world.app.app_context(), as_tenant(tenant.id, write=True):
        import_map(tenant.id, read_map(yard().raw(), ZoneChoices()), clock=world.clock)


def rename(world: World, name: str) -> None:
    with world.as_home(write=True):
        place = db.session.get_one(Place, world.home.places["yard"].id)
        place.name = name
        changes.note(world.home.id, "place", place.id, at=world.clock.now())


def test_the_worker_makes_each_zones_pack_once(any_world: World) -> None:
    assert work(any_world) == 2
    assert work(any_world) == 0


def test_a_pack_has_what_its_manifest_says(any_world: World) -> None:
    import_yard(any_world, any_world.home)
    work(any_world)
    phone = any_world.phone()
    manifest = get(phone, any_world.home.zone).json
    content = get(phone, any_world.home.zone, "/content").data
    assert manifest["bytes"] == len(content)
    start = 0
    for name, length in parts_of(manifest):
        assert hash_of(content[start : start + length]) == name
        start += length
    files = files_of(manifest, content)
    assert list(files) == ["places.json", "paths.json", "map.pmtiles"]
    places = json.loads(gzip.decompress(files["places.json"]))
    assert [zone[1] for zone in places["zones"]] == ["Norra"]
    assert "Källare, Bergsbogatan 14" in [place[2] for place in places["places"]]
    paths = json.loads(gzip.decompress(files["paths.json"]))["paths"]
    assert paths
    assert all(len(line) >= 4 for _id, _lit, lines in paths for line in lines)


def test_the_same_content_has_the_same_bytes_however_often_it_is_made(world: World) -> None:
    import_yard(world, world.home)
    with world.app.app_context():
        first = service.remake(world.home.id, world.home.zone.id, world.clock)
        world.clock.advance(timedelta(hours=3))
        again = service.remake(world.home.id, world.home.zone.id, world.clock)
    assert first is not None
    assert first == again


def test_a_pack_that_has_not_changed_is_not_sent_again(world: World) -> None:
    work(world)
    phone = world.phone()
    first = get(phone, world.home.zone)
    again = get(phone, world.home.zone, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.json["version"] == first.headers["ETag"].strip('"')


def test_after_a_change_only_the_parts_that_differ_are_new(world: World) -> None:
    import_yard(world, world.home)
    work(world)
    phone = world.phone()
    before = get(phone, world.home.zone).json
    rename(world, "Gården mot gatan")
    assert work(world) == 1
    after = get(phone, world.home.zone).json
    new = [number for number, part in enumerate(parts_of(after)) if part not in parts_of(before)]
    assert new == [0]  # places.json: a yard without an outline is in no tile
    fetched = get(phone, world.home.zone, f"/content?version={after['version']}&parts=0").data
    assert "Gården mot gatan" in gzip.decompress(fetched).decode()


def test_parts_come_in_the_order_asked_for(world: World) -> None:
    import_yard(world, world.home)
    work(world)
    phone = world.phone()
    manifest = get(phone, world.home.zone).json
    lengths = [length for _hash, length in parts_of(manifest)]
    whole = get(phone, world.home.zone, "/content").data
    some = get(phone, world.home.zone, "/content?parts=2-3,0").data
    start = sum(lengths[:2])
    assert some == whole[start : start + lengths[2] + lengths[3]] + whole[: lengths[0]]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"version={'0' * 32}", 404),
        ("version=latest", 422),
        ("parts=99999", 404),
        ("parts=3-1", 422),
        ("parts=0-99999", 422),
        ("parts=a", 422),
        ("parts=0-1,1", 422),
    ],
)
def test_what_is_not_there_is_not_sent(world: World, asked: str, status: int) -> None:
    work(world)
    assert get(world.phone(), world.home.zone, f"/content?{asked}").status_code == status


@pytest.mark.parametrize("what", ["", "/content"])
def test_another_organisations_pack_is_not_there(world: World, what: str) -> None:
    work(world)
    assert get(world.phone(), world.foreign.zone, what).status_code == 404
    assert get(world.phone(world.foreign), world.foreign.zone, what).status_code == 200
    assert get(world.phone(role=Role.SUPERVISOR), world.home.zone, what).status_code == 200
    assert get(world.phone(role=Role.DPO), world.home.zone, what).status_code == 403


def test_new_ground_makes_the_pack_anew(world: World) -> None:
    work(world)
    with world.as_home(write=True):
        made = yard()
        made.way(77, [(-300, 40), (300, 40)], highway="residential", name="Bergsgatan")
        import_map(world.home.id, read_map(made.raw(), ZoneChoices()), clock=world.clock)
    assert work(world) == 1
    phone = world.phone()
    manifest = get(phone, world.home.zone).json
    assert [file["name"] for file in manifest["files"]] == ["places.json", "paths.json", "map.pmtiles"]


def test_a_zone_that_has_ended_keeps_no_pack(world: World) -> None:
    work(world)
    with world.as_home(write=True):
        zone = db.session.get_one(Zone, world.home.zone.id)
        zone.ended_at = world.clock.now()
        other = Zone(
            id=world.foreign.zone.id.__class__(int=7),
            tenant_id=world.home.id,
            code="Z",
            name="Z",
            outline=zone.outline,
            created_at=world.clock.now(),
        )
        db.session.add(other)
        db.session.flush()
        changes.note_many(
            world.home.id, [("zone", found.id, changes.EVERYBODY) for found in (zone, other)], at=world.clock.now()
        )
    work(world)
    with world.as_home():
        assert queries.pack_of(world.home.zone.id) is None


def test_whose_map_it_is_is_told_where_it_is_somebodys(world: World) -> None:
    work(world)
    assert get(world.phone(), world.home.zone).json["attribution"] == ""
    import_yard(world, world.home)
    work(world)
    assert get(world.phone(), world.home.zone).json["attribution"] == "© OpenStreetMap"


def test_a_zone_that_is_nowhere_has_no_pack(world: World) -> None:
    with world.as_home(write=True):
        zone = db.session.get_one(Zone, world.home.zone.id)
        zone.outline = None
        for place in db.session.query(Place):
            place.lat = place.lon = None
    assert work(world) == 1  # the other organisation's
    assert get(world.phone(), world.home.zone).status_code == 404


def test_a_real_district_is_small(world: World, shared: Path) -> None:
    raw = (shared / "osm" / "malmo_sorgenfri_2013.osm.pbf").read_bytes()
    with world.as_home(write=True):
        db.session.get_one(Zone, world.home.zone.id).outline = SORGENFRI
        import_map(world.home.id, read_map(raw, ZoneChoices()), clock=world.clock)
    with world.app.app_context():
        pack = service.remake(world.home.id, world.home.zone.id, world.clock)
    assert pack is not None
    assert 150_000 < len(pack.content) < BYTES_MAX
