"""The browser is killed outright in the midst of logging and sending: what was called saved is there, and arrives once."""

from __future__ import annotations

import random
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.fault_proxy import mixed
from tests.browser.faults.conftest import Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.long_form import IS_LONG
from tests.browser.faults.quick_hand import BEGIN, ToLog, as_json, has_logged

KILLS = 10
SEEDS = range(10) if IS_LONG else [1]
RECORDS_MAX = 3
MS_MAX = 400


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_called_saved_outlives_ten_kills_at_random_moments(
    take_up: LineMaker, signed_in: Left, records: list[ToLog], seed: int
) -> None:
    rng = random.Random(seed)
    moments = [(rng.randint(0, RECORDS_MAX), rng.randint(0, MS_MAX)) for _ in range(KILLS)]
    print(f"seed {seed}: killed so many records and milliseconds later: {moments}")  # noqa: T201 - so that a failure can be seen again
    line = take_up(signed_in)
    line.host.start_round()
    line.proxy.follow(mixed(seed))
    saved: list[str] = []

    def note(record: str) -> None:
        saved.append(record)

    for life, (count, ms) in enumerate(moments):
        enough = len(saved) + count
        line.phone.context.expose_function("rondSaved", note)
        line.phone.page.evaluate(BEGIN, as_json(records[life:] + records[:life]))
        while len(saved) < enough and not has_logged(line.phone.page):
            line.phone.page.wait_for_timeout(10)
        line.phone.page.wait_for_timeout(ms)
        line.phone.kill()
        line.phone.open()
        assert {UUID(one) for one in saved} <= line.told().records
    finish_what_was_being_written(line)
    line.host.open("round")
    line.host.end_round()
    line.expect_arrives(records, saved)


def finish_what_was_being_written(line: Line) -> None:
    """Close the editors that were open when the browser died: what is being written is kept back for a while."""
    for record in line.told().open_records:
        line.host.open(f"refine/{record}")
        line.phone.tap("refine-done")
        # The app goes back to where it was: the round, or a damage that was begun.
        expect(line.phone.page.locator("[data-screen=refine]")).to_have_count(0)
