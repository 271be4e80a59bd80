"""How many taps it takes from the round's screen until the record is saved on the phone, without a network."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.walks import Fix
from tests.make.world import World

AT_THE_BUILDING = Fix(57.75, 11.98, datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def host_on_round(host: Host, world: World, installation: Installation) -> Host:
    """A host on a round, at a building, after the server has gone."""
    host.phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    installation.stop()
    host.start_round()
    host.feel(AT_THE_BUILDING, accuracy_m=6)
    return host


def test_from_the_rounds_screen_to_saved_without_a_network(host_on_round: Host) -> None:
    host, phone = host_on_round, host_on_round.phone

    phone.tap_count = 0
    phone.tap("log-calm")
    phone.tap("calm-here")
    host.expect_saved_calm()
    assert phone.tap_count <= 2

    phone.tap_count = 0
    phone.tap("log-observation")
    phone.tap(phone.page.locator("[data-testid^=category-]").first)
    host.expect_saved()
    assert phone.tap_count <= 3
    phone.tap("refine-done")
    phone.expect_screen("round")

    phone.tap_count = 0
    phone.tap("log-damage")
    phone.tap("shutter")
    phone.tap(phone.page.locator("[data-testid^=category-]").first)
    host.expect_saved()
    assert phone.tap_count <= 4
    expect(phone.find("record-photos").locator("img")).to_have_count(1)
