"""A round with 40 records and 20 photos, logged without a network, arrives complete and once whatever the network does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.fault_proxy import BadGateway, Cut, Fault, Passage, Portal, Refuse, Slow, Swallow, mixed
from tests.browser.faults.conftest import Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.long_form import IS_LONG
from tests.browser.faults.quick_hand import ToLog
from tests.browser.faults.round_records import PHOTOS, RECORDS
from tests.browser.faults.told import on_the_server, photos_on_the_server
from tests.browser.waiting import wait_for

TRIES = 4
SLOW_S = 8
RECORDS_AT_1_KBIT_S = 1_800
MIXED_S = 120
SEEDS = range(10) if IS_LONG else [1]


@dataclass(frozen=True, slots=True)
class Mode:
    """A fault, and how far anything gets while it lasts."""

    fault: Fault
    arrives: Literal["nothing", "unknown to the phone", "records"]


MODES = {
    "refused": Mode(Refuse(), "nothing"),
    "captive portal": Mode(Portal(), "nothing"),
    "bad gateway": Mode(BadGateway(), "nothing"),
    "cut in a request": Mode(Cut(900), "nothing"),
    "cut in an answer": Mode(Cut(7_000), "unknown to the phone"),
    "answer swallowed": Mode(Swallow(0.2), "unknown to the phone"),
    "cut in a photo": Mode(Cut(20_000), "records"),
}
TURNS = {name: [mode] for name, mode in MODES.items()} if IS_LONG else {"in turn": list(MODES.values())}


@pytest.fixture
def line(take_up: LineMaker, walked: Left) -> Line:
    """The phone after its round, open, without a network."""
    made = take_up(walked)
    made.host.open("outbox")
    before = made.told()
    assert (len(before.records), len(before.photos)) == (RECORDS, PHOTOS)
    assert before.unsent == frozenset(before.numbers)
    return made


@pytest.mark.parametrize("modes", TURNS.values(), ids=TURNS)
def test_a_round_arrives_once_after_each_fault(line: Line, records: list[ToLog], modes: list[Mode]) -> None:
    for mode in modes:
        expect_as_far_as(line, mode)
    line.expect_arrives(records)


def expect_as_far_as(line: Line, mode: Mode) -> None:
    """Let the phone try under a fault, and see how far it gets and that it believes no more than is true."""
    before = line.told()
    line.proxy.be(mode.fault)
    try_often(line, mode.fault)
    if mode.arrives == "records":
        expect(line.phone.find("outbox-unsent")).to_have_text("0")
    there, after = on_the_server(line.app, line.tenant), line.told()
    assert after.numbers == before.numbers
    assert frozenset(after.numbers) - after.unsent <= there, "the phone believes something sent that is not there"
    assert (after.unsent == before.unsent) is (mode.arrives != "records")
    assert bool(there) is (mode.arrives != "nothing")
    photos_left = int(line.phone.find("outbox-photos").text_content() or PHOTOS)
    # Photos small enough to come before the cut, and what is left of larger ones, arrive all the same.
    photos_there = photos_on_the_server(line.app, line.tenant) if mode.arrives == "records" else 0
    assert PHOTOS - photos_there <= photos_left <= PHOTOS


def try_often(line: Line, fault: Fault) -> None:
    """Ask for a try again and again, and see that each met the fault."""
    for _ in range(TRIES):
        met_before = len(met(line, fault))
        line.phone.tap("sync-now")
        if isinstance(fault, Refuse):
            expect(line.phone.find("next-try")).to_be_visible()
        else:
            wait_for("a try", partial(has_met_more, line, fault, met_before))


def has_met_more(line: Line, fault: Fault, before: int) -> bool:
    """Tell whether another request of the sync has met a fault."""
    return len(met(line, fault)) > before


def met(line: Line, fault: Fault) -> list[Passage]:
    """Return the requests of the sync that met a fault and have come to their end."""
    return [one for one in line.proxy.met(type(fault), "/api/v1/sync/") if one.fault == fault and one.is_over]


def test_a_round_arrives_once_after_a_time_on_a_line_of_1_kbit_s(line: Line, records: list[ToLog]) -> None:
    line.proxy.be(Slow(bits_per_s=1_000))
    line.phone.tap("sync-now")
    if IS_LONG:
        expect(line.phone.find("outbox-unsent")).to_have_text("0", timeout=RECORDS_AT_1_KBIT_S * 1_000)
    else:
        time.sleep(SLOW_S)
    [first, *_] = line.proxy.met(Slow, "/api/v1/sync/push")
    assert first.up_bytes > 0
    before = line.told()
    assert frozenset(before.numbers) - before.unsent <= on_the_server(line.app, line.tenant)
    line.expect_arrives(records)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_arrives_once_under_a_mix_of_faults(line: Line, records: list[ToLog], seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - so that a failure can be seen again
    line.proxy.follow(mixed(seed))
    left = [line.phone.find("outbox-unsent"), line.phone.find("outbox-photos")]

    def is_sent() -> bool:
        line.phone.tap("sync-now")
        line.phone.page.wait_for_timeout(300)
        return [one.text_content() for one in left] == ["0", "0"]

    wait_for("all is sent through the faults", is_sent, seconds=MIXED_S)
    met = {type(passage.fault) for passage in line.proxy.passages}
    assert met >= {Refuse, Cut, Slow, Swallow, BadGateway, Portal}
    line.expect_arrives(records)
