"""The app is open in two tabs at once: both log, both send, one is closed in the midst of it; nothing is lost or doubled."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.infra.db import as_tenant, db
from fieldapp.rounds.commands import AddSegment
from fieldapp.rounds.models import TrackSegment
from fieldapp.rounds.track import decode
from tests.browser.fault_proxy import mixed
from tests.browser.faults.conftest import WAY, Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.quick_hand import BEGIN, ToLog, as_json, has_logged
from tests.browser.waiting import wait_for

EACH = 12
SEED = 2
FIRST_M = 5
"""The accuracy of the first fix, one more for each: what tells them apart."""


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
    line.host.end_round()
    told = line.expect_arrives(records)
    assert len(told.records) == 2 * EACH
    assert {FIRST_M + number for number in range(len(WAY))} <= accuracies_on_the_server(line)


def accuracies_on_the_server(line: Line) -> set[float | None]:
    """Return the accuracies of all fixes that the server has: one that both tabs were given may be there twice."""
    with line.app.app_context(), as_tenant(line.tenant, write=False):
        segments = db.session.scalars(select(TrackSegment)).all()
        commands = [AddSegment(round=segment.round_id, **(segment.columns or {})) for segment in segments]
    return {fix.accuracy_m for command in commands for fix in decode(command)}
