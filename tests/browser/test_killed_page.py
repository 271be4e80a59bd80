"""The page's process dies while the camera is open: what was begun is there when the app comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.make.world import World


@pytest.fixture
def host_on_round(host: Host, world: World, installation: Installation) -> Host:
    """A host on a round, after the server has gone."""
    host.phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    installation.stop()
    host.start_round()
    return host


def test_a_page_killed_while_the_camera_is_open_comes_back_to_it_with_its_draft(host_on_round: Host) -> None:
    host, phone = host_on_round, host_on_round.phone
    phone.tap("log-damage")
    expect(phone.find("shutter")).to_be_enabled()
    phone.crash_page()
    phone.open_page()
    phone.expect_screen("damage")

    phone.tap("shutter")
    expect(phone.page.locator(".photo-line img")).to_have_count(1)
    phone.tap("photo-again")
    expect(phone.find("shutter")).to_be_enabled()
    phone.crash_page()
    phone.open_page()
    phone.expect_screen("damage")
    expect(phone.page.locator(".photo-line img")).to_have_count(1)

    host.choose_category("SK01")
    host.expect_saved()
    expect(phone.find("record-photos").locator("img")).to_have_count(1)
    phone.tap("add-photo")
    expect(phone.find("shutter")).to_be_enabled()
    phone.crash_page()
    phone.open_page()
    phone.expect_screen("photo")
    phone.tap("shutter")
    expect(phone.expect_screen("refine").get_by_test_id("record-photos").locator("img")).to_have_count(2)


def test_a_photo_taken_and_not_put_to_a_category_waits_on_the_rounds_screen(host_on_round: Host) -> None:
    phone = host_on_round.phone
    phone.tap("log-damage")
    phone.tap("shutter")
    expect(phone.page.locator(".photo-line img")).to_have_count(1)
    phone.tap("back")
    screen = phone.expect_screen("round")
    phone.tap(screen.get_by_role("link", name="Fortsätt"))
    phone.expect_screen("damage")
    expect(phone.page.locator(".photo-line img")).to_have_count(1)
