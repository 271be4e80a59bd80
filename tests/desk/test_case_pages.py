"""Cases at the desk: filtered by the address, worked with by those who mend, without anybody's name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.places.models import Place
from tests.desk.conftest import counted_queries, layers_of
from tests.make.world import Phone, World

Audited = Callable[[str], list[AuditEvent]]
ROW = re.compile(r'<tr id="r-([0-9a-f-]{36})"')
PHONE_NUMBER = "070-123 45 67"


def logged(phone: Phone, **data: Any) -> str:
    """Log a record and return its id."""
    operation = phone.record(**data)
    [ack] = phone.acks(operation)
    assert ack["st"] == "ok", ack
    return str(operation["entity"])


def case_of(world: World, observation_id: str) -> Case:
    with world.as_home():
        return db.session.scalars(
            select(Case).where(Case.observation_id == UUID(observation_id), Case.status != "ateroppnad")
        ).one()


FILTERS: dict[str, set[str]] = {
    "": {"graffiti", "litter"},
    "status=ny": {"litter"},
    "status=atgardad": {"lamp"},
    "status=all": {"graffiti", "litter", "lamp"},
    "trade=KLO&status=all": {"graffiti"},
    "severity=2": {"litter"},
    "overdue=true": {"graffiti"},
    "to=2026-11-20": {"graffiti", "litter"},
    "from=2026-11-21&status=all&zone=": set(),
    "zone=00000000-0000-4000-8000-000000000000": set(),
}


def test_the_address_filters(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    made = {"graffiti": logged(phone), "litter": logged(phone, category="RE01", severity=2)}
    made["lamp"] = logged(phone, category="BE01")
    assert desk.post(f"/desk/cases/{case_of(world, made['lamp']).id}/mend", {"to": "atgardad"}).status_code == 302
    phone.clock.advance(timedelta(hours=25))
    desk = world.desk()
    for query, expected in FILTERS.items():
        page = desk.get(f"/desk/cases?{query}").text
        assert set(ROW.findall(page)) == {made[name] for name in expected}, query


def test_the_list_goes_on_below_a_number_and_takes_as_many_queries_for_fifty_as_for_one(world: World) -> None:
    phone = world.phone()
    logged(phone)
    desk = world.desk()
    with counted_queries() as one:
        desk.get("/desk/cases")
    phone.acks(*[phone.record() for _ in range(59)])
    with counted_queries() as fifty:
        page = desk.get("/desk/cases").text
    assert len(ROW.findall(page)) == 50
    assert len(fifty) == len(one)
    found = re.search(r'href="([^"]+)" rel="next"', page)
    assert found
    rest = desk.get(found.group(1).replace("&amp;", "&")).text
    assert len(set(ROW.findall(page)) | set(ROW.findall(rest))) == 60


def test_maintenance_sees_and_mends_cases_of_its_own_trades_alone(world: World) -> None:
    phone, desk = world.phone(), world.desk(role=Role.MAINTENANCE)
    graffiti, lamp = logged(phone), logged(phone, category="BE01")
    assert desk.get("/desk/").headers["Location"] == "/desk/cases"
    page = desk.get("/desk/cases?status=all").text
    assert ROW.findall(page) == [graffiti]
    own, other = case_of(world, graffiti), case_of(world, lamp)
    assert desk.get(f"/desk/cases/{other.id}").status_code == 403
    assert desk.post(f"/desk/cases/{other.id}/mend", {"to": "pagar"}).status_code == 403
    assert desk.post(f"/desk/cases/{own.id}/review", {"to": "stangd"}).status_code == 403
    assert desk.post(f"/desk/cases/{own.id}/mend", {"to": "atgardad", "reason": "Sanerat"}).status_code == 302
    shown = desk.get(f"/desk/cases/{own.id}").text
    assert "Sanerat" in shown
    assert "åtgärdat i tid" in shown
    assert case_of(world, graffiti).status == "atgardad"


def test_a_note_with_personal_data_is_refused_and_shown_again(world: World) -> None:
    case = case_of(world, logged(world.phone()))
    answer = world.desk(role=Role.MAINTENANCE).post(
        f"/desk/cases/{case.id}/mend", {"to": "atgardad", "reason": f"Ring {PHONE_NUMBER}"}
    )
    assert answer.status_code == 422
    assert "Texten ser ut att innehålla personuppgifter" in answer.text
    assert case_of(world, str(case.observation_id)).status == "granskad"


def test_an_impossible_step_is_refused_in_words(world: World) -> None:
    case = case_of(world, logged(world.phone()))
    answer = world.desk().post(f"/desk/cases/{case.id}/review", {"to": "stangd"})
    assert answer.status_code == 409
    assert "Ärendet är granskat och kan inte bli stängt." in answer.text


def test_the_whole_history_is_on_the_page_and_no_host(world: World) -> None:
    host, desk = world.home.users[Role.HOST], world.desk()
    case = case_of(world, logged(world.phone(), note="På dörren"))
    desk.post(f"/desk/cases/{case.id}/mend", {"to": "atgardad"})
    world.clock.advance(timedelta(hours=1))
    again = desk.post(f"/desk/cases/{case.id}/reopen", {"reason": "Kvar på baksidan"})
    first, second = desk.get(f"/desk/cases/{case.id}").text, desk.get(again.headers["Location"]).text
    assert "Regel: kategorin går direkt till drift" in first
    assert "åtgärdat → öppnat igen" in first
    assert "Ärende 2" in first
    assert "Öppnat igen efter" in second
    assert "Kvar på baksidan" in second
    assert "På dörren" in second
    for page in (first, second, desk.get("/desk/cases?status=all").text):
        assert host.name not in page
        assert str(host.id) not in page
    assert len(layers_of(second, "record")["records"]["features"]) == 1


def test_the_page_says_whose_the_place_is_where_it_is_anothers(world: World) -> None:
    case = case_of(world, logged(world.phone()))
    desk = world.desk()
    assert "Ägare" not in desk.get(f"/desk/cases/{case.id}").text
    with world.as_home(write=True):
        db.session.get_one(Place, world.home.places["cellar"].id).owner_id = world.foreign.id
    page = desk.get(f"/desk/cases/{case.id}").text
    assert "Ägare" in page


def test_a_text_that_waits_for_review_is_not_on_the_page(world: World) -> None:
    case = case_of(world, logged(world.phone(), note=f"Ring {PHONE_NUMBER} om dörren"))
    page = world.desk(role=Role.MAINTENANCE).get(f"/desk/cases/{case.id}").text
    assert "om dörren" not in page
    assert "Texten visas när den är granskad." in page


def test_a_coordinator_reads_how_a_case_stands_but_neither_text_nor_photos(world: World) -> None:
    case = case_of(world, logged(world.phone(), note="På dörren"))
    page = world.desk(role=Role.COORDINATOR).get(f"/desk/cases/{case.id}").text
    assert "granskat" in page
    assert "På dörren" not in page
    assert "/mend" not in page


def test_chosen_cases_are_reviewed_and_rejected_at_once(world: World, audited: Audited) -> None:
    phone, desk = world.phone(), world.desk()
    made = [case_of(world, logged(phone, category="RE01")) for _ in range(3)]
    ids = [str(case.id) for case in made]
    page = desk.get("/desk/cases").text
    assert page.count('name="cases"') == 3
    assert (
        desk.post("/desk/cases/review?status=ny", {"cases": ids[:2], "to": "granskad"}).headers["Location"]
        == "/desk/cases?status=ny"
    )
    assert "2 ärenden är nu: granskat." in desk.get("/desk/cases").text
    desk.post("/desk/cases/review", {"cases": ids[2:], "to": "avvisad"})
    assert "Skriv varför." in desk.get("/desk/cases").text
    desk.post("/desk/cases/review", {"cases": ids[2:], "to": "avvisad", "reason": "Redan städat"})
    assert case_of(world, str(made[2].observation_id)).status_reason == "Redan städat"
    assert len(audited("case:step")) == 3


def test_a_duplicate_is_merged_by_its_number(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    first, second = (case_of(world, logged(phone)) for _ in range(2))
    page = desk.get(f"/desk/cases/{second.id}").text
    assert "Öppna ärenden av samma kategori på samma plats eller inom 25 m" in page
    assert desk.post(f"/desk/cases/{second.id}/merge", {"duplicate_of": "77"}).status_code == 422
    assert desk.post(f"/desk/cases/{second.id}/merge", {"duplicate_of": str(first.case_no)}).status_code == 302
    assert "Dubbletter:" in desk.get(f"/desk/cases/{first.id}").text


def test_chosen_cases_are_merged_into_the_lowest_number(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    first, second, third = (case_of(world, logged(phone)) for _ in range(3))
    lamp = case_of(world, logged(phone, category="BE01"))

    def merge(*cases: Case) -> str:
        desk.post("/desk/cases/review", {"cases": [str(case.id) for case in cases], "to": "dubblett"})
        return str(desk.get("/desk/cases?status=all").text)

    for wrong in ((first,), (first, lamp)):
        assert "Välj minst två öppna ärenden av samma kategori" in merge(*wrong)
    assert "2 ärenden är dubbletter av ärende 1." in merge(third, first, second)
    assert case_of(world, str(third.observation_id)).duplicate_of_id == first.id


def test_what_lies_within_25_metres_is_proposed_as_the_same_damage(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    spots = {"here": 57.7, "near": 57.70018, "far": 57.7004}
    usual = {"lon": 11.97, "accuracy_m": 5.0, "at": 1_795_000_000_000}
    nowhere = {"place": None, "place_source": "none"}
    made = {
        name: case_of(world, logged(phone, position={"lat": lat, **usual}, **nowhere)) for name, lat in spots.items()
    }
    page = desk.get(f"/desk/cases/{made['here'].id}").text
    assert "20 m bort" in page
    assert f"Ärende {made['near'].case_no}<" in page
    assert f"Ärende {made['far'].case_no}<" not in page


BOARD_COLUMN = re.compile(r'<h2 id="column-([a-z]+)">.*?<span class="soft">(\d+)</span>')


def test_the_board_has_a_column_for_each_status_and_a_step_leads_back_to_it(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    graffiti, litter = case_of(world, logged(phone)), case_of(world, logged(phone, category="RE01"))
    page = desk.get("/desk/cases/board").text
    counts = dict(BOARD_COLUMN.findall(page))
    assert (counts["ny"], counts["granskad"], counts["atgardad"]) == ("1", "1", "0")
    assert f"/desk/cases/{litter.id}/review?board=true" in page
    answer = desk.post(f"/desk/cases/{graffiti.id}/mend?board=true&trade=KLO", {"to": "atgardad"})
    assert answer.headers["Location"] == "/desk/cases/board?trade=KLO"
    assert dict(BOARD_COLUMN.findall(desk.get("/desk/cases/board?trade=KLO").text))["atgardad"] == "1"
    assert dict(BOARD_COLUMN.findall(desk.get("/desk/cases/board?trade=EL").text))["atgardad"] == "0"


def test_the_board_shows_maintenance_its_own_trades_alone(world: World) -> None:
    phone = world.phone()
    logged(phone), logged(phone, category="BE01")
    page = world.desk(role=Role.MAINTENANCE).get("/desk/cases/board").text
    assert dict(BOARD_COLUMN.findall(page))["granskad"] == "1"


def test_the_board_takes_as_many_queries_for_many_cases_as_for_one(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    logged(phone)
    with counted_queries() as one:
        desk.get("/desk/cases/board")
    phone.acks(*[phone.record(category=code) for code in ("SK01", "SK02", "RE01") for _ in range(10)])
    with counted_queries() as many:
        desk.get("/desk/cases/board")
    assert len(many) == len(one)


def test_the_file_has_a_row_for_each_case_of_the_filter(world: World, audited: Audited) -> None:
    phone, desk = world.phone(), world.desk()
    first, second = (case_of(world, logged(phone)) for _ in range(2))
    desk.post(f"/desk/cases/{second.id}/merge", {"duplicate_of": str(first.case_no)})
    desk.post(f"/desk/cases/{first.id}/mend", {"to": "atgardad"})
    desk.post(f"/desk/cases/{first.id}/reopen", {"reason": "Kvar"})
    text = desk.get("/desk/cases.csv?status=all&profile=rfc4180").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["case_no"], row["status"]) for row in rows] == [
        ("3", "granskad"),
        ("2", "dubblett"),
        ("1", "ateroppnad"),
    ]
    assert rows[1]["duplicate_of"] == str(first.public_id) == rows[2]["case_id"]
    assert desk.get("/desk/cases.xlsx").data[:2] == b"PK"
    assert [event.facts["rows"] for event in audited("case:export")] == [3, 1]


def test_figures_tell_what_was_mended_in_time_and_what_came_back(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    quick, slow, late = (case_of(world, logged(phone)) for _ in range(3))
    logged(phone, category="RE01", severity=1)
    phone.clock.advance(timedelta(hours=2, minutes=30))
    desk.post(f"/desk/cases/{quick.id}/mend", {"to": "atgardad"})
    phone.clock.advance(timedelta(hours=30))
    desk = world.desk()
    desk.post(f"/desk/cases/{slow.id}/mend", {"to": "atgardad"})
    desk.post(f"/desk/cases/{quick.id}/reopen", {"reason": "Kvar"})
    page = desk.get("/desk/cases/figures").text
    row = re.search(r'<th scope="row">Klotter</th>(.*?)</tr>', page, re.DOTALL)
    assert row
    assert re.findall(r">([^<>]+)</td>", row.group(1)) == ["4", "33 %", "3 tim", "50 %"]
    assert 'role="img" aria-label="Åtgärdade inom fristen: Klotter 33 %"' in page
    text = desk.get("/desk/cases/figures.csv?profile=rfc4180").text
    rows = {(row["by"], row["code"]): row for row in csv.DictReader(io.StringIO(text))}
    assert rows["category", "SK01"]["in_time_pct"] == "33"
    assert rows["all", ""]["cases"] == "5"
    assert rows["month", "2026-11"]["cases"] == "5"
    assert case_of(world, str(late.observation_id)).status == "granskad"
    assert "Inga ärenden de dagarna." in desk.get("/desk/cases/figures?from=2030-01-01").text


def test_figures_take_as_many_queries_for_many_cases_as_for_one(world: World) -> None:
    phone, desk = world.phone(), world.desk()
    logged(phone)
    with counted_queries() as one:
        desk.get("/desk/cases/figures")
    phone.acks(*[phone.record(category=code) for code in ("SK01", "SK02", "BE01") for _ in range(10)])
    with counted_queries() as many:
        desk.get("/desk/cases/figures")
    assert len(many) == len(one)


def test_clocks_are_set_at_the_desk(world: World, audited: Audited) -> None:
    desk = world.desk()
    assert 'value="24"' in desk.get("/desk/cases/clocks").text
    assert desk.post("/desk/cases/clocks", {"severity_3": "0"}).status_code == 422
    desk.post("/desk/cases/clocks", {"severity_2": "96", "severity_3": "8", "severity_4": "24"})
    case = case_of(world, logged(world.phone()))
    assert case.due_at == case.opened_at + timedelta(hours=8)
    assert [event.facts["hours"] for event in audited("case:set_clocks")] == ["2: 96, 3: 8"]
