"""The first page tells what is new, asks the feed's head before it does work, and shows each role what is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fieldapp.access.roles import Role
from tests.coverage.evening import fold
from tests.desk.conftest import Evening, counted_queries
from tests.make.world import World


def figures(page: str) -> dict[str, int]:
    """Return the page's numbers by their words."""
    import re

    found = re.findall(r"<strong>(\d+)</strong><span>([^<]+)</span>", page)
    return {words: int(number) for number, words in found}


def test_the_evening_is_counted(world: World, evening: Evening) -> None:
    evening.phone.start_round()
    evening.phone.acks(evening.phone.record(note="Ring 070-123 45 67"))
    assert figures(world.desk().get("/desk/").text) == {
        "avslutad rond idag": 1,
        "rond pågår": 1,
        "lugn plats idag": 1,
        "iakttagelser idag": 0,
        "skador idag": 2,
        "öppna ärenden": 2,
        "post att granska": 1,
    }


def test_nothing_is_told_of_an_open_round_but_that_there_is_one(world: World, evening: Evening) -> None:
    going_on = evening.phone.start_round(party_size=7)
    page = world.desk().get("/desk/").text
    assert going_on not in page
    assert ">7<" not in page


def test_yesterdays_rounds_are_still_there_in_the_morning(world: World, evening: Evening) -> None:
    world.clock.advance(timedelta(hours=10))
    page = world.desk().get("/desk/").text
    assert "Ronder igår" in page
    assert evening.round_id in page


def test_places_never_seen_come_first(world: World, evening: Evening) -> None:
    fold(world)
    page = world.desk().get("/desk/").text
    assert "Norra: 2 platser" in page  # the building is seen in its cellar
    assert page.index("Källare, Bergsbogatan 14") < page.index("Gården vid Bergsbogatan")


def test_an_unchanged_feed_is_answered_without_a_body_and_with_few_queries(world: World, evening: Evening) -> None:
    desk = world.desk()
    first = desk.get("/desk/today")
    with counted_queries() as again:
        answer = desk.get("/desk/today", headers={"If-None-Match": first.headers["ETag"]})
    assert (answer.status_code, answer.data) == (304, b"")
    assert not [statement for statement in again if "observations" in statement or "rounds" in statement]


def test_a_new_record_changes_the_answer(world: World, evening: Evening) -> None:
    desk = world.desk()
    first = desk.get("/desk/today")
    evening.phone.acks(evening.phone.record())
    answer = desk.get("/desk/today", headers={"If-None-Match": first.headers["ETag"]})
    assert answer.status_code == 200
    assert figures(answer.text)["skador idag"] == 2


def test_a_round_nobody_ended_changes_the_answer_when_it_counts_as_closed(world: World) -> None:
    world.phone().start_round()
    desk = world.desk()
    first = desk.get("/desk/today")
    world.clock.advance(timedelta(hours=12, minutes=1))
    desk = world.desk()
    answer = desk.get("/desk/today", headers={"If-None-Match": first.headers["ETag"]})
    assert figures(answer.text)["ronder pågår"] == 0


@pytest.mark.parametrize("role", [Role.HOST, Role.PARTNER])
def test_who_has_nothing_to_do_here_is_shown_their_account_with_a_sentence(world: World, role: Role) -> None:
    desk = world.desk(role=role)
    answer = desk.get("/desk/")
    assert answer.headers["Location"] == "/desk/account"
    page = desk.get("/desk/account").text
    assert "bara ditt konto" in page


def test_maintenance_comes_to_its_cases(world: World) -> None:
    assert world.desk(role=Role.MAINTENANCE).get("/desk/").headers["Location"] == "/desk/cases"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.DPO])
def test_who_sees_no_records_sees_counts_and_no_rounds(world: World, evening: Evening, role: Role) -> None:
    page = world.desk(role=role).get("/desk/").text
    assert figures(page)["skada idag"] == 1
    assert evening.round_id not in page
    assert "/desk/observations" not in page
