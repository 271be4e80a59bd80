"""Lists and records of observations: filtered by the address, paged by the record, audited, without anybody's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from tests.desk.conftest import Evening, counted_queries, layers_of, new_id
from tests.make.world import Phone, World

Audited = Callable[[str], list[AuditEvent]]
ROW = re.compile(r'<tr id="r-([0-9a-f-]{36})"')
PHONE_NUMBER = "070-123 45 67"


def logged(phone: Phone, **data: Any) -> str:
    """Log a record outside any round and return its id."""
    operation = phone.record(**data)
    [ack] = phone.acks(operation)
    assert ack["st"] == "ok", ack
    return str(operation["entity"])


def rows(page: str) -> list[str]:
    return ROW.findall(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"graffiti", "gathering", "lamp"}),
        ("kind=D", {"graffiti", "lamp"}),
        ("kind=O", {"gathering"}),
        ("severity=4", {"lamp"}),
        ("group=BE", {"lamp"}),
        ("category=OR01", {"gathering"}),
        ("state=withdrawn", {"lamp"}),
        ("state=recorded", {"graffiti", "gathering"}),
        ("review=true", {"gathering"}),
        ("from=2026-11-21", {"lamp"}),
        ("to=2026-11-20", {"graffiti", "gathering"}),
        ("from=2026-11-20&to=2026-11-20&kind=D&severity=&zone=", {"graffiti"}),
        ("zone=00000000-0000-4000-8000-000000000000", set()),
    ],
)
def test_the_address_filters(world: World, query: str, expected: set[str]) -> None:
    phone = world.phone()
    made = {
        "graffiti": logged(phone, severity=2),
        "gathering": logged(phone, category="OR01", note=f"Ring {PHONE_NUMBER}"),
    }
    phone.clock.advance(timedelta(hours=4))  # past midnight in Stockholm
    made["lamp"] = logged(phone, category="BE01", severity=4)
    phone.acks(phone.operation("observation.withdraw", made["lamp"], {"reason": "mistake"}, base=1))
    page = world.desk().get(f"/desk/observations?{query}").text
    assert set(rows(page)) == {made[name] for name in expected}


@pytest.mark.parametrize("query", ["kind=X", "severity=9", "from=igår", "zone=x", "from=2026-11-21&to=2026-11-20"])
def test_a_filter_that_cannot_be_is_answered_plainly(world: World, query: str) -> None:
    answer = world.desk().get(f"/desk/observations?{query}")
    assert answer.status_code == 422
    assert "Något i formuläret stämmer inte" in answer.text


def test_pages_hold_each_record_once_while_new_ones_arrive(world: World) -> None:
    phone = world.phone()
    operations = [phone.record() for _ in range(120)]  # all at the same instant: the id decides the order
    assert {ack["st"] for ack in phone.acks(*operations)} == {"ok"}
    desk = world.desk()
    address, seen = "/desk/observations", []
    while address:
        page = desk.get(address).text
        seen += rows(page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found.group(1).replace("&amp;", "&") if found else ""
        phone.clock.advance(timedelta(seconds=1))
        logged(phone)
    assert sorted(seen) == sorted(str(operation["entity"]) for operation in operations)


def test_the_list_takes_as_many_queries_for_fifty_records_as_for_one(world: World, evening: Evening) -> None:
    desk = world.desk()
    with counted_queries() as one:
        desk.get("/desk/observations")
    evening.phone.acks(*[evening.phone.record(evening.round_id) for _ in range(49)])
    with counted_queries() as fifty:
        page = desk.get("/desk/observations").text
    assert len(rows(page)) == 50
    assert len(fifty) == len(one)


def test_the_list_counts_everything_the_filter_lets_through(world: World, evening: Evening) -> None:
    logged(evening.phone, category="OR01")
    page = world.desk().get("/desk/observations").text
    assert "3 poster: 1 skada, 1 iakttagelse, 1 lugnt, 0 övrig närvaro" in page


def test_a_list_is_audited_with_its_filter(world: World, evening: Evening, audited: Audited) -> None:
    world.desk().get("/desk/observations?kind=D&severity=&after=&x=1")
    assert [event.facts for event in audited("observation:list")] == [{"filter": {"kind": "D"}, "count": 1}]


def test_neither_list_nor_record_says_who_logged_it(world: World, evening: Evening) -> None:
    desk = world.desk()
    host = world.home.users[Role.HOST]
    record = desk.get(f"/desk/observations/{evening.graffiti_id}").text
    for page in (desk.get("/desk/observations").text, record):
        assert host.name not in page
        assert host.login not in page
        assert str(host.id) not in page
    assert "en värd i gruppen" in record


def test_the_map_shows_each_record_of_the_page(world: World, evening: Evening) -> None:
    page = world.desk().get("/desk/observations").text
    drawn = [feature["properties"]["id"] for feature in layers_of(page, "records")["records"]["features"]]
    assert sorted(drawn) == sorted(rows(page))


def test_another_tenants_records_are_not_listed_and_as_unknown_as_none(world: World) -> None:
    foreign = logged(world.phone(world.foreign))
    desk = world.desk()
    assert rows(desk.get("/desk/observations").text) == []
    answers = [desk.get(f"/desk/observations/{key}") for key in (foreign, new_id())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_a_record_shows_its_place_its_case_and_its_history(world: World, evening: Evening, audited: Audited) -> None:
    phone = evening.phone
    phone.acks(phone.operation("observation.correct", evening.graffiti_id, {"set": {"severity": 2}}, base=1))
    page = world.desk().get(f"/desk/observations/{evening.graffiti_id}").text
    for words in ("Bergsbogatan 14", "Källare", "Ärende 1: granskat", "3 Inom ett dygn", "2 Planeras", "Trygghetsvärd"):
        assert words in page
    assert [str(event.subject_id) for event in audited("observation:view")] == [evening.graffiti_id]


def test_a_masked_note_is_shown_whole_on_request_and_that_is_audited(world: World, audited: Audited) -> None:
    record = logged(world.phone(), note=f"Ring {PHONE_NUMBER}", note_confirmed=True)
    desk = world.desk()
    assert PHONE_NUMBER not in desk.get(f"/desk/observations/{record}").text
    assert audited("observation:read_note") == []
    assert PHONE_NUMBER in desk.post(f"/desk/observations/{record}/note").text
    assert [str(event.subject_id) for event in audited("observation:read_note")] == [record]


def test_a_comment_reaches_the_host(world: World, evening: Evening) -> None:
    desk = world.desk()
    answer = desk.post(f"/desk/observations/{evening.graffiti_id}/comments", {"text": "Tack, <b>saneras</b> i morgon."})
    assert answer.status_code == 302
    page = desk.get(answer.headers["Location"]).text
    assert "Kommentaren är sparad" in page
    assert "Tack, &lt;b&gt;saneras&lt;/b&gt; i morgon." in page
    comments = evening.phone.pulled("observation")[evening.graffiti_id]["comments"]
    assert [comment["text"] for comment in comments] == ["Tack, <b>saneras</b> i morgon."]


@pytest.mark.parametrize("text", ["", "x" * 501, f"Ring {PHONE_NUMBER}"])
def test_a_comment_that_cannot_be_keeps_its_words_and_changes_nothing(
    world: World, evening: Evening, text: str
) -> None:
    answer = world.desk().post(f"/desk/observations/{evening.graffiti_id}/comments", {"text": text})
    assert answer.status_code == 422
    assert f">{text}</textarea>" in answer.text
    assert evening.phone.pulled("observation")[evening.graffiti_id]["comments"] == []


def test_another_category_changes_kind_case_and_history(world: World, evening: Evening) -> None:
    desk = world.desk()
    answer = desk.post(f"/desk/observations/{evening.graffiti_id}/category", {"category": "OR01"})
    page = desk.get(answer.headers["Location"]).text
    for words in ("Kategorin är ändrad", "OR01 · Iakttagelse", "Ärende 1: avvisat", "SK01 Klotter", "Gruppledare"):
        assert words in page


@pytest.mark.parametrize("category", ["", "PO06", "ZZ99", "sk01"])
def test_a_category_that_cannot_be_chosen_changes_nothing(world: World, evening: Evening, category: str) -> None:
    answer = world.desk().post(f"/desk/observations/{evening.graffiti_id}/category", {"category": category})
    assert answer.status_code == 422
    assert "Den kategorin går inte att välja" in answer.text
    assert evening.phone.pulled("observation")[evening.graffiti_id]["category"] == "SK01"


def test_a_calm_check_offers_no_other_category(world: World, evening: Evening) -> None:
    desk = world.desk()
    [calm] = rows(desk.get("/desk/observations?category=PO06").text)
    assert "Rätta kategorin" not in desk.get(f"/desk/observations/{calm}").text
