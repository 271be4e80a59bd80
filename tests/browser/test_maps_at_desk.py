"""A supervisor imports a map, leaves out a piece of it on the map and one with the keyboard, and draws a path that it lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from fieldapp.infra.db import as_tenant, db
from fieldapp.places.models import Path, Place
from tests.browser.accessibility import barriers, stick_out
from tests.browser.desk_browser import NARROW_PX, WIDE_PX, DeskBrowser
from tests.browser.test_accessibility import tab_to
from tests.make.world import World
from tests.places.map_files import yard

STEP_PX = 5


@pytest.fixture
def at_desk(desk: DeskBrowser, world: World) -> DeskBrowser:
    """A desk where the supervisor has signed in."""
    desk.sign_in(world.home.users["supervisor"].login)
    return desk


@pytest.fixture
def with_map(at_desk: DeskBrowser) -> DeskBrowser:
    """A desk where a map has been imported."""
    hand_in(at_desk, yard().raw())
    at_desk.page.get_by_role("button", name="Ja, importera").click()
    expect(at_desk.page.get_by_text("Importen är gjord.")).to_be_visible()
    return at_desk


def hand_in(desk: DeskBrowser, raw: bytes) -> None:
    desk.go("/desk/places/import-map")
    file = {"name": "karta.osm", "mimeType": "application/xml", "buffer": raw}
    desk.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    desk.page.get_by_role("button", name="Visa vad som skulle ändras").click()


def found_wrong(desk: DeskBrowser, name: str) -> list[str]:
    found = barriers(desk.page, name)
    desk.page.set_viewport_size({"width": NARROW_PX[0], "height": NARROW_PX[1]})
    found += stick_out(desk.page, name)
    desk.page.set_viewport_size({"width": WIDE_PX[0], "height": WIDE_PX[1]})
    return found


def drawn(page: Page) -> Locator:
    canvas = page.locator("[data-map][data-ready] canvas")
    expect(canvas).to_be_visible()
    return canvas


def pieces(app: Flask, world: World, source: str) -> Sequence[Path]:
    with app.app_context(), as_tenant(world.home.id, write=False):
        query = select(Path).where(Path.source == source).order_by(Path.external_id)
        return db.session.scalars(query).all()


def excluded(app: Flask, world: World) -> list[str]:
    return [path.excluded_reason for path in pieces(app, world, "osm") if path.excluded_at is not None]


def lines(count: int) -> re.Pattern[str]:
    """Return a pattern of so many rows of two numbers."""
    return re.compile(rf"^[\d.]+, [\d.]+(\n[\d.]+, [\d.]+){{{count - 1}}}$")


def press_on_a_piece(page: Page) -> None:
    """Move down the middle of the map until the pointer says that there is a piece, and press."""
    canvas = drawn(page)
    box = canvas.bounding_box()
    assert box is not None
    for down in range(STEP_PX, round(box["height"]), STEP_PX):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + down)
        if canvas.evaluate("canvas => canvas.style.cursor") == "pointer":
            page.mouse.down()
            page.mouse.up()
            return
    raise AssertionError("no piece is met down the middle of the map")


def test_a_map_is_looked_at_before_it_is_imported(at_desk: DeskBrowser, installed: Flask, world: World) -> None:
    page = at_desk.page
    made = yard()
    made.way(5, [(0, 60), (20, 60)], missing=7, highway="path")
    hand_in(at_desk, made.raw())
    drawn(page)
    expect(page.get_by_role("cell", name="Några av objektets punkter finns inte i filen.")).to_be_visible()
    found = found_wrong(at_desk, "preview")
    page.get_by_role("button", name="Ja, importera").click()
    expect(page.get_by_text("Importen är gjord.")).to_be_visible()
    with installed.app_context(), as_tenant(world.home.id, write=False):
        assert len(db.session.scalars(select(Place).where(Place.external_id.like("osm:%"))).all()) == 3
    hand_in(at_desk, made.raw())
    expect(page.get_by_text("Allt i filen är redan som det ska vara.")).to_be_visible()
    found += found_wrong(at_desk, "preview, nothing")
    hand_in(at_desk, b"<osm version='0.6'>\n<node id='1' lat=")
    expect(page.get_by_text("trasig på rad 2")).to_be_visible()
    found += found_wrong(at_desk, "preview, faulty")
    assert "\n".join(found) == ""
    assert at_desk.faults == []


def test_a_piece_is_left_out_by_a_press_on_the_map(with_map: DeskBrowser, installed: Flask, world: World) -> None:
    page = with_map.page
    with_map.go("/desk/paths")
    press_on_a_piece(page)
    expect(page.get_by_text("1 stycke är valt.")).to_be_visible()
    found = found_wrong(with_map, "one chosen")
    page.get_by_label("Varför de ska lämnas utanför").fill("Avspärrat till våren")
    page.get_by_role("button", name="Lämna utanför").click()
    expect(page.get_by_text("1 stycke räknas inte längre.")).to_be_visible()
    assert excluded(installed, world) == ["Avspärrat till våren"]
    drawn(page)
    found += found_wrong(with_map, "one left out")
    assert "\n".join(found) == ""
    assert with_map.faults == []


def test_what_is_chosen_beside_the_list_is_sent_too(with_map: DeskBrowser, installed: Flask, world: World) -> None:
    page = with_map.page
    with_map.go("/desk/paths?text=finns-inte&state=counted")
    expect(page.get_by_text("Inga stycken passar urvalet.")).to_be_visible()
    press_on_a_piece(page)
    expect(page.locator("[data-chosen-list] input")).to_have_count(1)
    page.get_by_label("Varför de ska lämnas utanför").fill("Avspärrat")
    page.get_by_role("button", name="Lämna utanför").click()
    expect(page.get_by_text("1 stycke räknas inte längre.")).to_be_visible()
    assert excluded(installed, world) == ["Avspärrat"]


def test_the_network_is_looked_after_with_the_keyboard_alone(
    with_map: DeskBrowser, installed: Flask, world: World
) -> None:
    page = with_map.page
    with_map.go("/desk/paths?state=counted")
    drawn(page)
    tab_to(page, page.locator("input[name=pieces]").first)
    page.keyboard.press("Space")
    expect(page.get_by_text("1 stycke är valt.")).to_be_visible()
    page.get_by_label("Varför de ska lämnas utanför").focus()
    page.keyboard.type("Ska ritas om")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 stycke räknas inte längre.")).to_be_visible()
    with_map.go("/desk/paths?state=excluded")
    page.locator("input[name=pieces]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Räkna igen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 stycke räknas igen.")).to_be_visible()
    assert excluded(installed, world) == []


def test_a_path_is_drawn_with_the_mouse_and_with_the_keyboard(
    with_map: DeskBrowser, installed: Flask, world: World
) -> None:
    page = with_map.page
    with_map.go("/desk/paths/new")
    canvas = drawn(page)
    found = found_wrong(with_map, "drawing")
    canvas.click(position={"x": 60, "y": 60})
    page.get_by_role("button", name="Punkt i kartans mitt").focus()
    canvas.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(500)  # the map glides on
    page.get_by_role("button", name="Punkt i kartans mitt").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    rows = page.get_by_label("Punkter längs vägen")
    expect(rows).to_have_value(lines(3))
    page.get_by_role("button", name="Ta bort sista punkten").click()
    expect(rows).to_have_value(lines(2))
    page.get_by_role("button", name="Lägg till vägen").click()
    expect(page.get_by_text("Vägen är tillagd som")).to_be_visible()
    assert pieces(installed, world, "drawn")
    expect(page.get_by_text("ritat för hand").first).to_be_visible()
    assert "\n".join(found) == ""
    assert with_map.faults == []


def test_a_place_is_pointed_out_on_the_map(with_map: DeskBrowser, installed: Flask, world: World) -> None:
    page = with_map.page
    with_map.go("/desk/places/new")
    drawn(page).click(position={"x": 80, "y": 80})
    page.get_by_label("Id", exact=True).fill("MILJO-7")
    page.get_by_label("Namn", exact=True).fill("Miljöhuset")
    page.get_by_role("button", name="Lägg till").click()
    expect(page.get_by_text("Platsen Miljöhuset är tillagd.")).to_be_visible()
    with installed.app_context(), as_tenant(world.home.id, write=False):
        place = db.session.scalars(select(Place).where(Place.external_id == "MILJO-7")).one()
        assert place.lat is not None
        assert 57 < place.lat < 58
