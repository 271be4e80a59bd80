"""No barrier that axe can find on any screen of the phone or page of the desk, and a desk that works without a mouse."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import barriers, stick_out
from tests.browser.desk_browser import NARROW_PX, WIDE_PX, DeskBrowser
from tests.browser.desk_pages import desk_pages
from tests.browser.history import live_a_night
from tests.browser.host import Host
from tests.browser.phone_tour import tour
from tests.browser.photos import photo_with_position
from tests.browser.walks import Fix
from tests.make.world import PASSWORD, World

AT_THE_BUILDING = Fix(57.75, 11.98, datetime(2026, 11, 20, tzinfo=UTC))
TABS_MAX = 60


@pytest.fixture
def lived_in(installed: Flask, world: World) -> Flask:
    """The running installation after a night."""
    live_a_night(installed, world.home)
    return installed


def test_no_screen_of_the_phone_has_a_barrier(host: Host, lived_in: Flask, world: World, tmp_path: Path) -> None:
    found: list[str] = []
    photo = photo_with_position(None, tmp_path)

    def look(name: str) -> None:
        found.extend([*barriers(host.phone.page, name), *stick_out(host.phone.page, name)])

    tour(host, world.home.users["host"].login, AT_THE_BUILDING, photo, look)
    assert "\n".join(found) == ""


def test_no_page_of_the_desk_has_a_barrier(desk: DeskBrowser, lived_in: Flask, world: World) -> None:
    found: list[str] = []
    signed_in: str | None = None
    for page in desk_pages(lived_in, world.home.id):
        if page.login != signed_in:
            desk.sign_in(page.login or "")
            signed_in = page.login
        answer = desk.go(page.path)
        assert answer.ok, f"{page.name}: {answer.status}"
        assert desk.path == page.path, f"{page.name} leads to {desk.path}"
        found += barriers(desk.page, page.name)
        desk.page.set_viewport_size({"width": NARROW_PX[0], "height": NARROW_PX[1]})
        found += stick_out(desk.page, page.name)
        desk.page.set_viewport_size({"width": WIDE_PX[0], "height": WIDE_PX[1]})
    desk.go("/desk/observations/00000000-0000-0000-0000-000000000000")
    found += barriers(desk.page, "not there")
    assert "\n".join(found) == ""
    assert desk.faults == []


def test_pages_that_say_what_is_wrong_have_no_barrier(desk: DeskBrowser, lived_in: Flask, world: World) -> None:
    page = desk.page
    desk.go("/desk/sign-in")
    page.locator("input[name=login]").fill("ingen@nagonstans")
    page.locator("input[name=password]").fill("fel lösenord")
    page.get_by_role("button", name="Logga in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found = barriers(page, "sign-in, wrong")
    desk.sign_in(world.home.users["supervisor"].login)
    by_name = {each.name: each.path for each in desk_pages(lived_in, world.home.id)}
    desk.go(by_name["rounds.ask"])
    page.locator("input[name=own]").fill("kort")
    page.get_by_role("button", name="Öppna ronden").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    found += barriers(page, "reason, too short")
    desk.go(by_name["places.start_import"])
    faulty = {"name": "platser.csv", "mimeType": "text/csv", "buffer": b"place_id,kind\nA1,Castle\n"}
    page.locator("input[type=file]").set_input_files(faulty)  # type: ignore[arg-type]
    page.get_by_role("button", name="Visa vad som skulle ändras").click()
    expect(page.get_by_role("heading", name="Filen har fel")).to_be_visible()
    found += barriers(page, "import, faults")
    assert "\n".join(found) == ""


def test_the_desk_is_used_with_the_keyboard_alone(desk: DeskBrowser, lived_in: Flask, world: World) -> None:
    page = desk.page
    desk.go("/desk/observations")
    tab_to(page, page.locator("input[name=login]"))
    page.keyboard.type(world.home.users["supervisor"].login)
    tab_to(page, page.locator("input[name=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Iakttagelser och skador")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Till innehållet")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.locator("tr[id^=r-] a", has_text="Klotter"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Klotter", level=1)).to_be_visible()
    tab_to(page, page.locator("textarea[name=text]"))
    page.keyboard.type("Tack, felanmält.")
    tab_to(page, page.get_by_role("button", name="Spara kommentaren"))
    page.keyboard.press("Enter")
    expect(page.locator("#comments")).to_contain_text("Tack, felanmält.")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tabulator until something has the focus, which must then be seen."""
    for _ in range(TABS_MAX):
        if wanted.evaluate("element => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with the tabulator")
