"""The app is open in two tabs at once: both log, both send, one is closed in the midst of it; nothing is lost or doubled."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import expect

from tests.browser.fault_proxy import mixed
from tests.browser.faults.conftest import WAY, Left
from tests.browser.faults.line import LineMaker
from tests.browser.faults.quick_hand import BEGIN, ToLog, as_json, has_logged
from tests.browser.waiting import wait_for

EACH = 12
SEED = 2


def test_two_tabs_log_and_send_at_once(take_up: LineMaker, signed_in: Left, records: list[ToLog]) -> None:
    line = take_up(signed_in)
    line.proxy.follow(mixed(SEED))
    line.host.start_round()
    first = line.phone.page
    second = line.phone.open_page()
    line.phone.expect_screen("round")
    for accuracy_m, fix in enumerate(WAY, start=5):
        line.host.feel(fix, accuracy_m=accuracy_m)
    # A damage that is begun is one on the phone, in whichever tab it is finished: only one tab takes photos.
    first.evaluate(BEGIN, as_json([record for record in records if record.photo is None][:EACH]))
    second.evaluate(BEGIN, as_json([record for record in records if record.photo is not None][:EACH]))
    for tab in (first, second):
        wait_for("the tab has logged", partial(has_logged, tab), seconds=60)
    for tab in (first, second):
        tab.evaluate("location.hash = '#/records'")
        expect(tab.locator("[data-screen=records] [data-testid=record]")).to_have_count(2 * EACH)
    first.close()
    line.host.open("round")
    line.host.end_round()
    told = line.expect_arrives(records)
    assert len(told.records) == 2 * EACH
