"""A walk through every screen of the phone app, each in the state in which hosts meet it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.host import Host
from tests.browser.walks import Fix
from tests.make.world import PASSWORD

Show = Callable[[str], None]


def tour(host: Host, login: str, here: Fix, photo: Path, show: Show, *, password: str = PASSWORD) -> None:
    """Go through the app as a newcomer on a phone that nobody has signed in on; `show` is called on every screen.

    A newcomer who does not read Swedish says so on the first screen; every later one follows.
    """
    host.phone.open()
    sign_in_screens(host, show)
    host.sign_in(login, password)
    host.wait_until_ready_for_offline()
    show("tonight")
    host.phone.tap("phone-check-open")
    show("tonight-check")
    host.phone.tap("phone-check-open")
    host.phone.stand_at(here)
    host.start_round()
    host.feel(here, accuracy_m=6)
    show("round-begun")
    logging_screens(host, photo, show)
    round_screens(host, show)
    record_screens(host, show)
    settings_screens(host, show)


def sign_in_screens(host: Host, show: Show) -> None:
    """The ways to sign in, a wrong password, and how to install the app."""
    phone = host.phone
    phone.expect_screen("sign-in")
    if host.language != "sv":
        phone.tap("language-switch")
        expect(phone.page.locator(f"html[lang={host.language}]")).to_have_count(1)
    show("sign-in")
    phone.find("sign-in-login").fill("ingen@nagonstans")
    phone.find("sign-in-password").fill("fel lösenord")
    phone.tap("sign-in-submit")
    expect(phone.find("fault")).to_be_visible()
    show("sign-in-wrong")
    phone.tap("sign-in-first")
    expect(phone.find("sign-in-code")).to_be_visible()
    phone.find("sign-in-new-password").fill("kort")
    show("sign-in-code")
    host.open("install")
    show("install")
    host.open("sign-in")
    phone.tap("sign-in-forgotten")
    show("sign-in-forgotten")
    phone.page.reload()
    phone.expect_screen("sign-in")


def logging_screens(host: Host, photo: Path, show: Show) -> None:
    """Everything between the round's screen and a saved record."""
    phone = host.phone
    phone.tap("log-calm")
    phone.expect_screen("calm")
    show("calm")
    phone.tap(phone.find("place-option").first)
    host.expect_saved_calm()
    show("calm-saved")
    phone.tap("log-observation")
    phone.expect_screen("observe")
    show("observe")
    phone.tap("group-OR")
    show("observe-group")
    phone.tap("category-OR02")
    host.expect_saved()
    show("refine-urgent")
    phone.tap("refine-done")
    phone.tap("log-damage")
    expect(phone.find("shutter")).to_be_enabled()
    show("damage-camera")
    phone.find("photo-gallery").set_input_files(photo)
    expect(phone.page.locator(".photo-line img")).to_have_count(1)
    show("damage-category")
    host.choose_category("SK01")
    host.expect_saved()
    expect(phone.find("record-photos").locator("img")).to_have_count(1)
    refining_screens(host, show)
    phone.tap("refine-done")
    phone.expect_screen("round")


def refining_screens(host: Host, show: Show) -> None:
    """A damage that is being made better: note, place, category, one more photo."""
    phone = host.phone
    phone.find("note").fill("Ring Anna på 070-123 45 67 om porten")
    phone.find("floor-text").focus()
    expect(phone.find("note-warning")).to_be_visible()
    show("refine-warning")
    phone.find("note").fill("Stort klotter till vänster om porten")
    phone.find("floor-1").tap()
    show("refine")
    phone.tap("change-category")
    phone.expect_screen("recategorise")
    show("recategorise")
    phone.page.get_by_role("button", name=host.words.cancel).tap()
    phone.tap("refine-place")
    phone.expect_screen("place")
    show("place")
    phone.find("place-search").fill("källare")
    expect(phone.find("place-option").first).to_be_visible()
    show("place-search")
    phone.tap("back")
    phone.tap("add-photo")
    phone.expect_screen("photo")
    expect(phone.find("shutter")).to_be_enabled()
    show("photo")
    phone.tap("back")
    phone.expect_screen("refine")


def round_screens(host: Host, show: Show) -> None:
    """A round that goes on, is paused, is in a pocket, is to be ended."""
    phone = host.phone
    phone.expect_screen("round")
    show("round")
    phone.find("round-end").scroll_into_view_if_needed()
    show("round-below")
    host.open("round/pocket", "pocket")
    show("pocket")
    host.open("round/map", "map")
    expect(phone.find("map")).to_have_attribute("data-ready", re.compile("true|false"), timeout=30_000)
    show("map")
    host.open("round")
    phone.tap("round-pause")
    expect(phone.find("round-resume")).to_be_visible()
    show("round-paused")
    phone.tap("round-resume")
    host.open("")
    show("tonight-on-round")
    host.open("round/end", "end")
    phone.page.locator("label", has=phone.find("end-weather")).tap()
    show("end")
    host.open("round")
    host.end_round()
    show("tonight-after")
    host.open("round", "no-round")
    show("no-round")


def record_screens(host: Host, show: Show) -> None:
    """What was logged, how far it has come, and what can still be done about it."""
    phone = host.phone
    host.send_now()
    show("outbox")
    host.open("records")
    show("records")
    phone.tap(phone.find("record").filter(has_text=re.compile("Klotter|Graffiti")).first)
    phone.expect_screen("record")
    show("record")
    phone.tap("withdraw")
    phone.expect_screen("withdraw")
    show("withdraw")
    phone.page.get_by_role("button", name=host.words.cancel).tap()
    phone.tap("correct")
    phone.expect_screen("refine")
    show("correct")
    phone.tap("undo")
    host.open("records")
    phone.tap(phone.find("round-row").first)
    phone.expect_screen("round-detail")
    show("round-detail")
    host.open("records/00000000-0000-0000-0000-000000000000", "record")
    show("record-unknown")


def settings_screens(host: Host, show: Show) -> None:
    """The app and who uses it."""
    for address, name in (
        ("settings", "settings"),
        ("settings/password", "password"),
        ("settings/about", "about"),
        ("settings/sign-out", "sign-out"),
        ("users", "users"),
    ):
        host.open(address, name)
        show(name)
    host.phone.page.wait_for_load_state("networkidle")
