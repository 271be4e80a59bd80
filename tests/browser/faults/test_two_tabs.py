"""The app is open in two tabs at once: both log, both send, one records the way, one is closed; nothing is lost or doubled."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.infra.db import as_tenant, db
from fieldapp.rounds.commands import AddSegment
from fieldapp.rounds.models import TrackSegment
from fieldapp.rounds.track import Fix, decode
from tests.browser.fault_proxy import mixed
from tests.browser.faults.conftest import WAY, Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.quick_hand import BEGIN, ToLog, as_json, has_logged
from tests.browser.waiting import wait_for

EACH = 12
SEED = 2
FIRST_M, AFTER_M = 5, 90
"""What tells the fixes apart: the accuracy of the first, one more for each, and that of the one after a tab was closed."""


def test_two_tabs_log_and_send_at_once(take_up: LineMaker, signed_in: Left, records: list[ToLog]) -> None:
    line = take_up(signed_in)
    line.proxy.follow(mixed(SEED))
    line.host.start_round()
    first = line.phone.page
    second = line.phone.open_page()
    line.phone.expect_screen("round")
    for accuracy_m, fix in enumerate(WAY, start=FIRST_M):
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
    line.host.feel(WAY[0], accuracy_m=AFTER_M)
    line.host.end_round()
    told = line.expect_arrives(records)
    assert len(told.records) == 2 * EACH
    told_m = [fix.accuracy_m for fix in fixes_on_the_server(line)]
    # A position may come anew when a watch begins again, so that only those that were soon followed are counted.
    assert [told_m.count(FIRST_M + number) for number in range(len(WAY) - 1)] == [1] * (len(WAY) - 1)
    assert AFTER_M in told_m


def fixes_on_the_server(line: Line) -> list[Fix]:
    """Return every fix that the server has, as often as it has it."""
    with line.app.app_context(), as_tenant(line.tenant, write=False):
        segments = db.session.scalars(select(TrackSegment)).all()
        return [
            fix
            for segment in segments
            for fix in decode(AddSegment(round=segment.round_id, **(segment.columns or {})))[segment.carried :]
        ]
