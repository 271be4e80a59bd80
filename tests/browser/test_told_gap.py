"""A host's phone before, during and after a gap: what it can do tonight, the pocket screen, and what was walked all the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.coverage.models import PieceBin, ToldWalk
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import SystemClock
from fieldapp.pack import service
from tests.browser.accessibility import barriers, cramped
from tests.browser.desk_browser import Scheme
from tests.browser.handset import HEIGHT_PX, WIDTH_PX, Handset
from tests.browser.host import Host
from tests.browser.waiting import wait_for
from tests.browser.walks import Fix
from tests.coverage.evening import PIECE_M, lay_street, lonlat
from tests.make.world import World

STEP_M, STEP = 10.0, timedelta(seconds=8)
LOST_M, FOUND_M, END_M = 100.0, 250.0, 300.0
GAP = timedelta(minutes=6)
SIZES: Sequence[tuple[int, int, Scheme]] = ((320, 640, "dark"), (844, 390, "light"))
DRAWN = re.compile("true|false")
"""With ground under it or, as here, without."""
PARTS = """async () => (await Promise.all((await caches.keys()).map(async n => (await (await caches.open(n)).keys())
    .map(r => new URL(r.url).pathname)))).flat()"""


@pytest.fixture
def street(installed: Flask, world: World) -> list[str]:
    """The ids of a street's pieces, which are in the pack of the home organisation's zone."""
    with installed.app_context():
        with as_tenant(world.home.id, write=True):
            pieces = lay_street(world)
        service.remake(world.home.id, world.home.zone.id, SystemClock())
    return [str(piece) for piece in pieces]


def along(from_m: float, to_m: float, begins: datetime) -> Sequence[Fix]:
    """Return a walk on the street."""
    count = int((to_m - from_m) / STEP_M) + 1
    points = [lonlat(from_m + STEP_M * number, 0.0) for number in range(count)]
    return [Fix(lat, lon, begins + STEP * number) for number, (lon, lat) in enumerate(points)]


def look_at(phone: Handset, screen: str, folder: Path) -> None:
    """See that nothing on a screen keeps anybody out, on a small phone and on one that is turned, and keep pictures of it."""
    phone.expect_screen(screen)
    for width_px, height_px, scheme in SIZES:
        phone.page.set_viewport_size({"width": width_px, "height": height_px})
        phone.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        phone.page.screenshot(path=folder / f"{screen}-{width_px}.png", scale="css")
        assert "\n".join([*cramped(phone.page, screen), *barriers(phone.page, screen)]) == ""
    phone.page.set_viewport_size({"width": WIDTH_PX, "height": HEIGHT_PX})


def test_a_gap_is_told_of_by_hand_and_taken_for_that(
    host: Host, installed: Flask, world: World, street: list[str], tmp_path: Path
) -> None:
    phone, begins = host.phone, datetime.now(UTC) - timedelta(hours=3)
    phone.open(begins)
    host.sign_in(world.home.users["host"].login)
    wait_for(
        "the pack is on the phone", lambda: any("/rond-pack/zones/" in path for path in phone.page.evaluate(PARTS))
    )
    phone.page.reload()
    phone.tap("phone-check-open")
    expect(phone.find("check-position")).to_contain_text("Rond får se var telefonen är")
    expect(phone.find("check-map")).to_contain_text("Kartan finns på telefonen")
    host.start_round()
    before = along(0, LOST_M, begins)
    host.walk(before)
    host.walk(along(FOUND_M, END_M, before[-1].at + GAP))
    phone.tap("pocket")
    expect(phone.find("pocket-state")).to_contain_text("Vägen spelas in")
    look_at(phone, "pocket", tmp_path)
    phone.hold("pocket-leave")
    phone.expect_screen("round")
    expect(phone.find("gap")).to_contain_text("Gick ni här ändå?")
    phone.tap("gap")
    expect(phone.find("gap-map")).to_have_attribute("data-ready", DRAWN, timeout=30_000)
    between = phone.find("told-path")
    lost = [street[number] for number in (2, 3, 4)]
    assert set(lost) <= {row.get_attribute("data-id") for row in between.all()}
    for piece in lost:
        phone.tap(phone.page.locator(f"[data-testid=told-path][data-id='{piece}']"))
    look_at(phone, "gap", tmp_path)
    phone.tap("told-save")
    phone.expect_screen("round")
    expect(phone.find("gap")).to_contain_text("3 markerade, enligt värden")
    phone.tap("map-open")
    expect(phone.find("map")).to_have_attribute("data-ready", DRAWN, timeout=30_000)
    look_at(phone, "map", tmp_path)
    phone.tap("back")
    phone.tap("round-end-early")
    phone.page.locator("label", has=phone.find("end-weather")).tap()
    look_at(phone, "end", tmp_path)
    phone.hold("end-hold")
    phone.expect_screen("tonight")
    host.send_now()
    with installed.app_context(), as_tenant(world.home.id, write=False):
        [told] = db.session.scalars(select(ToldWalk)).all()
        bins = {str(bin_.path_id) for bin_ in db.session.scalars(select(PieceBin)) if bin_.source == "told"}
    assert set(told.target_ids) == bins == set(lost)
    assert (told.to_at - told.from_at).total_seconds() == pytest.approx((GAP + STEP).total_seconds(), abs=30)
    assert PIECE_M * 2 == LOST_M
