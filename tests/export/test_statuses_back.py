"""What a receiver says comes into the case once, in its order, where the flow allows it; the rest is kept and shown."""

from __future__ import annotations

import itertools
import random

import pytest

from fieldapp.export.status_rules import Outcome, StatusReport
from tests.export.orders import Orders
from tests.make.world import World


@pytest.fixture
def orders(world: World) -> Orders:
    """A host who logs damage, and a receiver that has it."""
    return Orders(world)


@pytest.fixture
def any_orders(any_world: World) -> Orders:
    """The same on each kind of database."""
    return Orders(any_world)


def test_a_word_that_means_mended_mends_the_case_and_tells_the_finders_phone(orders: Orders) -> None:
    case = orders.sent("A-1")
    phone = orders.cases.phone
    phone.pull()
    assert orders.say("A-1", "closed", note="Sanerat") == {Outcome.APPLIED: 1}
    assert orders.cases.now(case).status == "atgardad"
    [event] = orders.cases.history(case)[-1:]
    assert (event.to_status, event.rule, event.reason) == ("atgardad", "receiver", "Sanerat")
    [changed] = [row for row in phone.pull() if row["id"] == str(case.observation_id)]
    assert changed["body"]["case"] == {"case_no": case.case_no, "status": "atgardad"}


def test_what_is_said_twice_does_nothing_twice(orders: Orders) -> None:
    case = orders.sent("A-1")
    report = orders.report("A-1", "in_progress", key="u-1")
    assert orders.take([report, report]) == {Outcome.APPLIED: 1}
    assert orders.take([report]) == {}
    assert len(orders.kept()) == 1
    assert [event.to_status for event in orders.cases.history(case)].count("pagar") == 1


def test_the_end_is_the_same_in_whatever_order_updates_come(orders: Orders) -> None:
    words = ["open", "investigating", "in_progress", "fixed"]
    told = [(word, minute) for minute, word in enumerate(words)]
    for number, some in enumerate(itertools.islice(itertools.permutations(told), 0, 24, 5)):
        case = orders.sent(f"B-{number}")
        for word, minute in some:
            orders.say(f"B-{number}", word, minute=minute)
        assert orders.cases.now(case).status == "atgardad"


@pytest.mark.parametrize("seed", range(5))
def test_duplicates_and_disorder_never_take_a_case_back(orders: Orders, seed: int) -> None:
    chance, case = random.Random(seed), orders.sent("C-1")
    reports = [
        orders.report("C-1", word, minute=n) for n, word in enumerate(["open", "in_progress", "fixed", "closed"])
    ]
    heap = [*reports, *reports]
    chance.shuffle(heap)
    for report in heap:
        orders.take([report])
    assert orders.cases.now(case).status == "atgardad"
    assert len(orders.kept()) == 4


def test_an_unknown_word_is_kept_shown_and_done_once_somebody_has_said_what_it_means(any_orders: Orders) -> None:
    orders = any_orders
    case = orders.sent("A-1")
    assert orders.say("A-1", "Comleted") == {Outcome.UNKNOWN: 1}
    assert orders.cases.now(case).status == "granskad"
    assert orders.map(comleted="atgardad") == {Outcome.APPLIED: 1}
    assert orders.cases.now(case).status == "atgardad"
    assert orders.map(comleted="atgardad") == {}


def test_a_word_that_gets_its_meaning_late_does_not_undo_what_was_said_since(orders: Orders) -> None:
    case = orders.sent("A-1")
    orders.say("A-1", "nekat", minute=0)
    orders.say("A-1", "in_progress", minute=5)
    assert orders.map(nekat="avvisad") == {Outcome.LATE: 1}
    assert orders.cases.now(case).status == "pagar"


def test_what_the_flow_refuses_is_kept_and_changes_nothing(orders: Orders) -> None:
    case = orders.sent("A-1")
    orders.cases.step(case, "avvisad", "Finns redan")
    before = orders.cases.history(case)
    assert orders.say("A-1", "fixed") == {Outcome.REFUSED: 1}
    assert orders.cases.now(case).status == "avvisad"
    assert len(orders.cases.history(case)) == len(before)
    assert orders.kept()[0].outcome == "refused"


def test_a_receiver_speaks_of_its_own_orders_alone(orders: Orders) -> None:
    orders.sent("A-1")
    another = orders.cases.log(severity=3)
    assert orders.take([StatusReport("k", "", another.case_no, "fixed", None, "")]) == {Outcome.STRAY: 1}
    assert orders.cases.now(another).status == "granskad"


def test_an_order_is_known_by_the_cases_number_too(orders: Orders) -> None:
    case = orders.sent("A-1")
    assert orders.take([StatusReport("k", "", case.case_no, "fixed", None, "")]) == {Outcome.APPLIED: 1}


def test_a_note_with_personal_data_is_kept_masked(orders: Orders) -> None:
    case = orders.sent("A-1")
    orders.say("A-1", "fixed", note="Ring Anna på 070-174 06 58")
    assert "070" not in orders.kept()[0].note
    assert "070" not in orders.cases.history(case)[-1].reason


def test_a_rejection_without_a_reason_says_whose_it_is(orders: Orders) -> None:
    case = orders.sent("A-1")
    assert orders.say("A-1", "no_further_action") == {Outcome.APPLIED: 1}
    assert orders.cases.now(case).status_reason
