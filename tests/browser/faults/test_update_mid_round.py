"""A new version is offered in the midst of a round and the browser is killed: the round goes on in the old one, to its end."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.fault_proxy import Clear, Portal, Refuse
from tests.browser.faults.conftest import Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.quick_hand import QUICK_HAND, ToLog, as_json
from tests.browser.installation import copy_program
from tests.browser.test_offline_app import release_in_use, release_next
from tests.browser.waiting import wait_for

EACH = 4
TAKEN_IN_MS = 1_000


def test_a_version_offered_in_a_round_waits_for_its_end_over_a_kill_of_the_browser(
    take_up: LineMaker, signed_in: Left, records: list[ToLog], tmp_path: Path
) -> None:
    line = take_up(signed_in, copy_program(tmp_path / "program"))
    host, phone = line.host, line.phone
    host.start_round()
    phone.page.evaluate(QUICK_HAND, as_json(records[:EACH]))
    release_next(line.server.program)
    line.proxy.be(Clear())
    phone.page.reload()
    expect_waiting(line)
    line.proxy.be(Refuse())
    phone.kill()
    phone.open()
    expect_waiting(line)
    assert release_in_use(phone) is None

    host.open("round")
    phone.page.evaluate(QUICK_HAND, as_json(records[EACH : 2 * EACH]))
    host.end_round()
    host.open("settings")
    with phone.page.expect_navigation():
        phone.tap("update-apply")
    phone.expect_screen("settings")
    assert release_in_use(phone) == "next"
    expect(phone.find("update-ready")).to_have_count(0)
    told = line.expect_arrives(records)
    assert len(told.records) == 2 * EACH


def expect_waiting(line: Line) -> None:
    """The host is told of the new version, and that it waits."""
    line.host.open("settings")
    expect(line.phone.find("update-ready")).to_contain_text("Den läggs in när ronden är avslutad.")
    expect(line.phone.find("update-apply")).to_have_count(0)


def test_a_captive_portal_in_the_place_of_a_new_version_is_not_taken_for_it(
    take_up: LineMaker, signed_in: Left, tmp_path: Path
) -> None:
    line = take_up(signed_in, copy_program(tmp_path / "program"))
    host, phone = line.host, line.phone
    release_next(line.server.program)
    line.proxy.follow(lambda path: Portal() if path != "/pwa/sw.js" else Clear())
    phone.page.reload()
    wait_for("the new version was asked for", lambda: line.proxy.met(Portal, "/pwa/"))
    phone.page.wait_for_timeout(TAKEN_IN_MS)
    line.proxy.be(Refuse())
    phone.kill()
    phone.open()
    phone.expect_screen("tonight")
    host.open("settings")
    expect(phone.find("update-ready")).to_have_count(0)
    assert release_in_use(phone) is None

    line.proxy.be(Clear())
    phone.page.reload()
    expect(phone.find("update-apply")).to_be_visible()
