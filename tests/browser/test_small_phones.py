"""Every screen of the phone has room for its words and for thumbs, in both languages, on small phones and with large text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.accessibility import cramped
from tests.browser.handset import HEIGHT_PX, WIDTH_PX
from tests.browser.history import live_a_night
from tests.browser.host import Host, Language
from tests.browser.phone_tour import tour
from tests.browser.photos import photo_with_position
from tests.browser.walks import Fix
from tests.make.world import World

AT_THE_BUILDING = Fix(57.75, 11.98, datetime(2026, 11, 20, tzinfo=UTC))
HEADER_PX_MAX = 76


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_screen_is_cramped(host: Host, installed: Flask, world: World, tmp_path: Path, language: Language) -> None:
    live_a_night(installed, world.home)
    host.language = language
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(cramped(host.phone.page, name))
        host.phone.page.set_viewport_size({"width": WIDTH_PX, "height": HEIGHT_PX})

    tour(host, world.home.users["host"].login, AT_THE_BUILDING, photo_with_position(None, tmp_path), look)
    assert "\n".join(found) == ""


def test_headers_keep_to_a_title_and_a_line_with_much_unsent(host: Host, world: World) -> None:
    phone = host.phone
    phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    phone.context.set_offline(True)
    host.start_round()
    for _ in range(11):
        host.log_observation("TR01")
    chip = phone.find("outbox-link")
    expect(chip).to_have_text("12 osända")
    for screen in ("round", ""):
        host.open(screen)
        header = phone.page.locator(".screen-head").bounding_box()
        assert header is not None
        assert header["height"] <= HEADER_PX_MAX, screen or "tonight"
