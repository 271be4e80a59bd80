"""The map on the phone: a real district's pack is fetched while nothing is being sent, and opened when there is no network."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import expect
from shapely import LineString

from fieldapp.infra import changes
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.kernel.time import SystemClock
from fieldapp.pack import service
from fieldapp.places.map_files import read_map
from fieldapp.places.map_import import import_map
from fieldapp.places.models import Zone
from fieldapp.places.zones_file import ZoneChoices
from tests.browser.accessibility import barriers, cramped
from tests.browser.desk_browser import Scheme
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.waiting import wait_for
from tests.browser.walks import Fix
from tests.make.world import World

SORGENFRI = [[13.0107, 55.5904], [13.05, 55.5904], [13.05, 55.6128], [13.0107, 55.6128], [13.0107, 55.5904]]
"""2.5 × 2.5 km of Malmö."""
MIDDLE = (13.020, 55.597, 13.040, 55.607)
EXTRACT = "malmo_sorgenfri_2013.osm.pbf"
PIXELS_MIN = 20
PALETTE = {
    "light": {"walked": "#00796b", "left": "#a65b00", "me": "#0a62d0", "house": "#d3cdc3", "calm check": "#14653b"},
    "dark": {"walked": "#3fd0b6", "left": "#ffd479", "me": "#5aa2ff", "house": "#2a323b", "calm check": "#1b7a4c"},
}
CLOSE_ZOOM = 16.5
RECORD_AT = 5
STEP_M, STEP_S = 6, 2
"""Nearly running: positions have the machine's time, whatever the page takes for now."""
PARTS = """async () => (await Promise.all((await caches.keys()).map(async n => (await (await caches.open(n)).keys())
    .map(r => new URL(r.url).pathname)))).flat()"""
MANIFEST = "/rond-pack/zones/"


@pytest.fixture
def malmo(installed: Flask, world: World, shared: Path) -> None:
    """The home organisation's zone is in Malmö, with what the extract has of it, and its pack is made."""
    raw = (shared / "osm" / EXTRACT).read_bytes()
    tenant_id, zone_id, clock = world.home.id, world.home.zone.id, SystemClock()
    with installed.app_context():
        with as_tenant(tenant_id, write=True):
            zone = db.session.get_one(Zone, zone_id)
            zone.outline, zone.name = SORGENFRI, "Sorgenfri"
            changes.note(tenant_id, "zone", zone_id, at=clock.now())
            import_map(tenant_id, read_map(raw, ZoneChoices()), clock=clock)
        service.remake(tenant_id, zone_id, clock)


def steps(line: Sequence[Sequence[float]], count: int) -> Sequence[Fix]:
    """Return a walk along a line of `[lon, lat]`."""
    plane = LocalPlane(LatLon(line[0][1], line[0][0]))
    way = LineString([plane.to_xy(LatLon(lat, lon)) for lon, lat in line])
    at = [plane.to_latlon(*way.interpolate(STEP_M * number).coords[0]) for number in range(count)]
    return [Fix(position.lat, position.lon, datetime.now(UTC)) for position in at]


def tap_on(phone: Handset, at: Fix, *, seen_from: Fix) -> None:
    """Tap the map where a position is drawn; the middle of the map is where the host is."""
    east_m, north_m = LocalPlane(LatLon(seen_from.lat, seen_from.lon)).to_xy(LatLon(at.lat, at.lon))
    metres_a_pixel = 40_075_017 * math.cos(math.radians(at.lat)) / (512 * 2**CLOSE_ZOOM)
    box = phone.find("map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    phone.page.touchscreen.tap(x + east_m / metres_a_pixel, y - north_m / metres_a_pixel)


def long_way(shared: Path) -> Sequence[Sequence[float]]:
    """Return the longest walked way of the middle of the district."""
    file = read_map((shared / "osm" / EXTRACT).read_bytes(), ZoneChoices())
    west, south, east, north = MIDDLE
    inside = [way.line for way in file.ways if all(west < lon < east and south < lat < north for lon, lat in way.line)]
    return max(inside, key=lambda line: LineString(line).length)


def kept(phone: Handset) -> list[str]:
    """Return the paths of everything in the browser's caches."""
    found: list[str] = phone.page.evaluate(PARTS)
    return found


def fetch_pack(host: Host, world: World) -> None:
    """Sign in and wait until the phone has the pack and what draws it."""
    host.phone.open()
    host.sign_in(world.home.users["host"].login)
    expect(host.phone.find("offline-ready")).to_be_visible()
    expect(host.phone.find("never-seen")).to_be_visible()
    wait_for("the pack is on the phone", lambda: any(path.startswith(MANIFEST) for path in kept(host.phone)))
    wait_for("the map's files are on the phone", lambda: any("maplibre-gl-worker" in path for path in kept(host.phone)))


def colours_in(picture: bytes) -> dict[tuple[int, ...], int]:
    """Return how often each colour is in a picture."""
    found = Image.open(io.BytesIO(picture)).convert("RGB").tobytes()
    return Counter(zip(found[::3], found[1::3], found[2::3], strict=True))


def rgb(written: str) -> tuple[int, ...]:
    """Read `#rrggbb`."""
    return tuple(bytes.fromhex(written.removeprefix("#")))


def expect_drawn(phone: Handset, theme: str) -> None:
    """See that the map has what a host looks for, each in its colour of the theme, and hardly anything empty."""
    wanted = {rgb(colour): name for name, colour in PALETTE[theme].items()}

    def missing() -> list[str]:
        seen = colours_in(phone.find("map").screenshot(scale="css"))
        return [name for colour, name in wanted.items() if seen.get(colour, 0) < PIXELS_MIN]

    wait_for(f"{theme}: everything is drawn", lambda: not missing(), seconds=30)


@pytest.mark.usefixtures("malmo")
def test_the_map_of_a_real_district_opens_without_a_network(
    host: Host, installation: Installation, world: World, shared: Path, tmp_path: Path
) -> None:
    phone = host.phone
    fetch_pack(host, world)
    phone.close()
    installation.stop()
    phone.open()
    phone.expect_screen("tonight")
    host.start_round()
    way = steps(long_way(shared), 14)
    for number, fix in enumerate(way):
        host.feel(fix, accuracy_m=5 + number % 5)
        if number == RECORD_AT:
            host.log_calm("")
        phone.page.wait_for_timeout(STEP_S * 1000)
    host.feel(way[-1], accuracy_m=18)
    phone.tap("map-open")
    phone.expect_screen("map")
    expect(phone.find("map")).to_have_attribute("data-ready", "true", timeout=60_000)
    expect(phone.find("map-no-pack")).to_have_count(0)
    tap_on(phone, way[RECORD_AT], seen_from=way[-1])
    expect(phone.find("map-card").get_by_test_id("record")).to_contain_text("Lugnt")
    for theme in PALETTE:
        phone.page.emulate_media(color_scheme=cast("Scheme", theme), reduced_motion="reduce")
        expect_drawn(phone, theme)
        phone.page.screenshot(path=tmp_path / f"map-{theme}.png", scale="css")
    phone.tap("map-heading")
    expect(phone.find("map-heading")).to_have_attribute("aria-pressed", "true")
    expect_drawn(phone, "dark")
    phone.page.screenshot(path=tmp_path / "map-heading.png", scale="css")
    assert "\n".join([*cramped(phone.page, "map"), *barriers(phone.page, "map")]) == ""
    phone.find("back").tap()
    phone.expect_screen("round")
    phone.tap("map-open")
    expect_drawn(phone, "dark")


def test_without_webgl_the_places_are_listed(host: Host, world: World) -> None:
    phone = host.phone
    phone.open()
    phone.page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        "  return kind === 'webgl2' ? null : get.call(this, kind, ...more); };"
    )
    phone.page.reload()
    host.sign_in(world.home.users["host"].login)
    host.start_round()
    phone.tap("map-open")
    expect(phone.expect_screen("map").get_by_test_id("map-list")).to_be_visible()
    expect(phone.find("near-place").first).to_be_visible()
    expect(phone.find("log-calm")).to_be_visible()
