"""One evening, whole: from the thumb on a phone without a network to the supervisor's screen and a row in an export."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from sqlalchemy import select

from fieldapp.desk.round_list import week_name
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.queries import ObservationFilter, counts_by_round, list_page, photos_of
from fieldapp.rounds.queries import route
from fieldapp.sync.audit import missing
from fieldapp.sync.models import LedgerEntry
from tests.browser.desk_browser import DeskBrowser
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.photos import beside_the_picture, photo_with_position
from tests.browser.waiting import wait_for
from tests.browser.walks import Walk
from tests.conftest import SHARED
from tests.make.world import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOTE = "Porten till cykelrummet går inte i lås"
REASON = "Uppföljning av klottret vid porten"
LOGGED = ["PO06", "BE04", "SK01", "TR01", "OR06"]
GAPS_MIN = [70, 172]
GAPS_IN_WORDS = [re.compile(r"\b7[01] min\W+ingen position"), re.compile(r"\b17[234] min\W+appen var stängd")]


@dataclass(frozen=True, slots=True)
class Evening:
    """What the phone knows of the evening that was walked."""

    round_id: UUID
    began_at: datetime
    records: tuple[str, ...]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo whose file says where it was taken."""
    return photo_with_position(SHARED if SHARED.is_dir() else None, tmp_path)


def test_an_evening_from_a_thumb_without_a_network_to_a_row_in_an_export(
    host: Host,
    desk: DeskBrowser,
    installation: Installation,
    installed: Flask,
    world: World,
    walk: Walk,
    photo: Path,
) -> None:
    home, phone = world.home, host.phone
    get_ready(host, home.users["host"].login)
    installation.stop()

    evening = walk.ending_at(datetime.now(UTC))
    phone.open(at=evening.begins_at - timedelta(seconds=30))
    walk_and_log(host, evening, photo)
    before = host.unsent_count()
    phone.kill()

    phone.open()
    walked = expect_everything_is_there(host, evening, unsent_before=before)
    for accuracy_m, fix in enumerate(evening.parts[-1], start=12):
        host.feel(fix, accuracy_m=accuracy_m)
    host.open("round")
    host.end_round()

    installation.start()
    host.send_now()
    expect_received(host)
    expect_once_in_the_database(installed, world, walked)

    desk.sign_in(home.users["supervisor"].login)
    expect_round_at_the_desk(desk, walked)
    expect_photo_without_metadata(desk, photo)
    expect_in_files(desk)

    expect_told_who_looked(host, walked)
    assert desk.faults == []


def get_ready(host: Host, login: str) -> None:
    """Sign in while there is a network, fetch what is needed, and put the phone away."""
    host.phone.open()
    host.sign_in(login)
    host.wait_until_ready_for_offline()
    host.phone.close()


def walk_and_log(host: Host, evening: Walk, photo: Path) -> None:
    """Walk all but the last part of the way, and log on it: a calm check, three observations, a damage with a photo."""
    start, way = evening.parts[0], evening.parts[1]
    half = len(way) // 2
    host.start_round()
    host.walk(start)
    host.log_calm("Källare, Bergsbogatan 14")
    host.walk(way[:half])
    host.log_observation("BE04", NOTE)
    host.log_damage("SK01", photo)
    host.walk(way[half:])
    host.log_observation("TR01")
    host.log_observation("OR06")


def expect_everything_is_there(host: Host, walk: Walk, *, unsent_before: int) -> Evening:
    """The phone comes back to the round with every record, all on the phone, and the count of what is unsent is right."""
    phone = host.phone
    screen = phone.expect_screen("round")
    expect(screen.get_by_test_id("record")).to_have_count(len(LOGGED))
    # The fixes that were loose when the browser died are packed when it comes back: one operation more.
    expect(phone.find("unsent-count")).to_have_attribute("data-count", str(unsent_before + 1))
    records = host.records()
    expect(records).to_have_count(len(LOGGED))
    for number in range(len(LOGGED)):
        expect(records.nth(number)).to_have_attribute("data-state", "on_phone")
        expect(records.nth(number)).to_contain_text("På telefonen")
    ids = tuple(str(records.nth(number).get_attribute("data-id")) for number in range(len(LOGGED)))
    rows = phone.find("round-row")
    expect(rows).to_have_count(1)
    round_id = UUID(str(rows.get_attribute("data-id")))
    host.open("round")
    return Evening(round_id, walk.begins_at, ids)


def expect_received(host: Host) -> None:
    """Every record says that the server has it, with its photo."""
    records = host.records()
    for number in range(len(LOGGED)):
        expect(records.nth(number)).to_have_attribute("data-state", "received")
        expect(records.nth(number)).to_contain_text("Mottagen")


def expect_once_in_the_database(app: Flask, world: World, evening: Evening) -> None:
    """Nothing is missing, nothing came twice, nothing is held; the gaps are where nothing was known."""
    with app.app_context(), as_tenant(world.home.id, write=False):
        counts = counts_by_round([evening.round_id])[evening.round_id]
        found = list_page(ObservationFilter(round_id=evening.round_id), None, 50).rows
        entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.n)).all()
        holes = missing(entries[0].device_id)
        way = route(evening.round_id)
        photos = photos_of([record.id for record in found])
    assert (counts.calm, counts.observations, counts.damage) == (1, 3, 1)
    assert sorted(str(record.id) for record in found) == sorted(evening.records)
    assert sorted(record.category_code for record in found) == sorted(LOGGED)
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    assert Counter(entry.outcome for entry in entries) == {"applied": len(entries)}
    assert holes == {"max_n": len(entries), "missing": [], "photos_missing": []}
    assert [round((gap.to_at - gap.from_at).total_seconds() / 60) for gap in way.gaps] == pytest.approx(GAPS_MIN, abs=1)
    assert [gap.reason for gap in way.gaps] == ["no_fix", "locked_or_killed"]
    assert len(way.stretches) >= len(GAPS_MIN) + 1
    assert [photo.state for kept in photos.values() for photo in kept] in (["received"], ["clean"])


def expect_round_at_the_desk(desk: DeskBrowser, evening: Evening) -> None:
    """A supervisor sees the round after giving a reason: its route with gaps, its records, its photo."""
    page = desk.page
    desk.go(f"/desk/rounds?week={week_name(evening.began_at.astimezone(STOCKHOLM).date())}")
    page.locator(f"a[href$='{evening.round_id}']").click()
    expect(page.get_by_role("heading", name="Varför vill du se ronden?")).to_be_visible()
    for record in evening.records:
        assert record not in page.content(), "nothing of a round is shown before the reason"
    page.locator("input[name=own]").fill(REASON)
    page.get_by_role("button", name="Öppna ronden").click()
    expect(page.get_by_text(REASON).first).to_be_visible()
    for record in evening.records:
        expect(page.locator(f"#r-{record}")).to_have_count(1)
    expect(page.locator("[data-map=round]")).to_have_attribute("data-ready", "")
    drawn = [feature["properties"] for feature in layers(page, "round")["route"]]
    assert {"walked", "gap"} <= {properties["layer"] for properties in drawn}
    for gap in GAPS_IN_WORDS:
        line = page.locator(".gap-lines li", has_text=gap)
        expect(line).to_have_count(1)
        assert str(line.get_attribute("id")).removeprefix("r-") in {properties.get("id") for properties in drawn}
    # The worker cleans a photo after it has come: an earlier look at the page shows that it is on its way.
    wait_for("the photo on the round's page", lambda: page.reload() and page.locator(".thumbs img").count() == 1)


def layers(page: Page, name: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return what a map of the desk draws: the features of each of its layers."""
    read: dict[str, dict[str, list[dict[str, dict[str, str]]]]] = json.loads(
        page.locator(f"script#{name}-layers").text_content() or "{}"
    )
    return {layer: collection["features"] for layer, collection in read.items()}


def expect_photo_without_metadata(desk: DeskBrowser, sent: Path) -> None:
    """The photo the desk serves, small and large, is a bare JPEG; the one that was taken was not."""
    assert beside_the_picture(sent.read_bytes())
    link = desk.page.locator("a.thumb").first
    picture = link.locator("img")
    for address in (link.get_attribute("href"), picture.get_attribute("src")):
        assert beside_the_picture(desk.body(str(address))) == {}
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert int(picture.evaluate("image => image.naturalWidth")) > 0


def expect_in_files(desk: DeskBrowser) -> None:
    """The CSV and the Excel file hold each record of the evening once, and nothing else."""
    desk.go("/desk/observations")
    expect(desk.page.locator("tr[id^=r-]")).to_have_count(len(LOGGED))
    with desk.download("CSV").open(encoding="utf-8-sig", newline="") as file:
        expect_rows(list(csv.DictReader(file, delimiter=";")))
    with closing(load_workbook(desk.download("Excel"), read_only=True)) as book:
        head, *lines = book.worksheets[0].iter_rows(values_only=True)
    expect_rows([dict(zip(map(str, head), map(_text, line), strict=True)) for line in lines])


def expect_rows(rows: list[dict[str, str]]) -> None:
    """Check the rows of a file."""
    assert sorted(row["category_code"] for row in rows) == sorted(LOGGED)
    by_category = {row["category_code"]: row for row in rows}
    assert by_category["BE04"]["description"] == NOTE
    assert by_category["SK01"]["photo_count"] == "1"
    assert by_category["SK01"]["case_no"]
    assert by_category["PO06"]["title"].endswith("Källare, Bergsbogatan 14")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def expect_told_who_looked(host: Host, evening: Evening) -> None:
    """The host's phone tells who opened the round, and why."""
    host.send_now()
    host.open("records")
    host.phone.tap(host.phone.find("round-row"))
    viewings = host.phone.find("viewings")
    expect(viewings).to_contain_text("Gruppledare")
    expect(viewings).to_contain_text(REASON)


def test_nothing_is_shown_of_a_round_that_goes_on(
    make_handset: Callable[[str], Handset], desk: DeskBrowser, installation: Installation, world: World
) -> None:
    host = Host(make_handset(installation.address))
    host.phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    host.start_round()
    host.send_now()
    desk.sign_in(world.home.users["supervisor"].login)
    desk.go("/desk/rounds")
    expect(desk.page.get_by_text("En rond pågår.")).to_be_visible()
    expect(desk.page.locator("a[href^='/desk/rounds/']")).to_have_count(0)
