"""An opened round shows its route with gaps, in quarter-hours, to whoever said why, for half an hour."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from fieldapp.access import service
from fieldapp.access.commands import AddUser
from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.rounds.models import TrackSegment
from tests.desk.conftest import Evening, counted_queries, layers_of, walk
from tests.make.world import PASSWORD, Desk, World

REASON = "Uppföljning av en skada"
DONE = {"reason": "done"}
Audited = Callable[[str], list[AuditEvent]]


def opened(desk: Desk, evening: Evening) -> str:
    """Open the evening's round and return the address of the viewing."""
    address: str = desk.post(f"/desk/rounds/{evening.round_id}", {"reason": REASON}).headers["Location"]
    return address


def second_supervisor(world: World) -> Desk:
    with world.as_home(write=True):
        user, _code = service.add_user(
            world.home.id, AddUser("annan.ledare", "Annan Ledare", (Role.SUPERVISOR,)), clock=world.clock
        )
        service.set_first_password(user, PASSWORD)
    desk = Desk(world.app)
    assert desk.post("/desk/sign-in", {"login": "annan.ledare", "password": PASSWORD}).status_code == 302
    return desk


def test_the_map_has_what_was_walked_as_lines_and_the_gap_as_a_line_of_its_own(world: World, evening: Evening) -> None:
    desk = world.desk()
    page = desk.get(opened(desk, evening)).text
    route = layers_of(page, "round")["route"]["features"]
    kinds = [feature["properties"]["layer"] for feature in route]
    assert kinds == ["walked", "walked", "gap"]
    walked, later, gap = (feature["geometry"]["coordinates"] for feature in route)
    assert gap == [walked[-1], later[0]]
    assert f'id="r-{route[2]["properties"]["id"]}"' in page


def test_the_timeline_tells_records_and_gaps_in_quarter_hours_alone(world: World, evening: Evening) -> None:
    desk = world.desk()
    page = desk.get(opened(desk, evening)).text
    assert "20:30–21:30" in page
    assert "Klotter" in page
    assert "20:34" not in page  # the graffiti's minute


def test_a_gap_is_told_once_in_words_with_its_reason(world: World, evening: Evening) -> None:
    desk = world.desk()
    page = desk.get(opened(desk, evening)).text
    assert "1 lucka från kvarten 20:30: 10 min, appen var stängd." in page
    assert page.count("appen var stängd") == 1


def test_several_gaps_are_summed_and_each_is_there_with_its_reason(world: World, evening: Evening) -> None:
    desk = world.desk()
    ended_at = to_ms(evening.phone.clock.now())
    later = {"from": ended_at - 120_000, "to": ended_at}
    gap = evening.phone.operation("gap.record", data={"round": evening.round_id, "reason": "user_pause", **later})
    assert [ack["st"] for ack in evening.phone.acks(gap)] == ["ok"]
    page = desk.get(opened(desk, evening)).text
    assert "2 luckor, tillsammans 12 min. Längst från kvarten 20:30: 10 min, appen var stängd." in page
    lines = re.findall(r'<li id="r-gap-\d+"><span class="quarter-at">(.*?)</span> (.*?)</li>', page)
    assert lines == [("20:30", "10 min, appen var stängd"), ("21:15", "2 min, paus")]


def test_nothing_on_the_page_says_who_walked(world: World, evening: Evening) -> None:
    desk = world.desk()
    page = desk.get(opened(desk, evening)).text
    assert world.home.users[Role.HOST].name not in page
    assert world.home.users[Role.HOST].login not in page
    assert str(world.home.users[Role.HOST].id) not in page


def test_every_view_of_the_route_is_audited(world: World, evening: Evening, audited: Audited) -> None:
    desk = world.desk()
    address = opened(desk, evening)
    desk.get(address)
    desk.get(address)
    events = audited("round:view")
    assert [str(event.subject_id) for event in events] == [evening.round_id] * 2
    assert events[0].facts["viewing"] == address.rsplit("/", 1)[1]


def test_the_audit_says_why_a_round_was_seen_and_shows_no_id(world: World, evening: Evening) -> None:
    desk = world.desk()
    address = opened(desk, evening)
    desk.get(address)
    [line] = re.findall(
        r"<tr>(?:(?!</tr>).)*såg en rond.*?</tr>", world.desk(role=Role.DPO).get("/desk/audit").text, re.S
    )
    assert REASON in line
    assert "poster: 2" in line
    assert address.rsplit("/", 1)[1] not in line


def test_the_reason_holds_for_half_an_hour(world: World, evening: Evening) -> None:
    desk = world.desk()
    address = opened(desk, evening)
    world.clock.advance(timedelta(minutes=30))
    assert desk.get(address).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    answer = desk.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/desk/rounds/{evening.round_id}?again=1"
    assert "halvtimme" in desk.get(answer.headers["Location"]).text


def test_a_viewing_is_of_no_use_to_another_supervisor(world: World, evening: Evening, audited: Audited) -> None:
    address = opened(world.desk(), evening)
    answer = second_supervisor(world).get(address)
    assert answer.status_code == 302
    assert audited("round:view") == []


def test_a_viewing_of_another_round_and_an_unknown_one_lead_to_the_question(world: World, evening: Evening) -> None:
    desk = world.desk()
    viewing = opened(desk, evening).rsplit("/", 1)[1]
    other = evening.phone.start_round()
    evening.phone.acks(evening.phone.operation("round.end", other, {"reason": "done"}))
    for round_id, key in ((other, viewing), (evening.round_id, uuid.uuid4())):
        assert desk.get(f"/desk/rounds/{round_id}/viewing/{key}").status_code == 302


def test_an_erased_route_says_so_and_shows_the_places_seen(world: World, evening: Evening) -> None:
    with world.as_home(write=True):
        db.session.execute(update(TrackSegment).values(columns=None))
    desk = world.desk()
    page = desk.get(opened(desk, evening)).text
    layers = layers_of(page, "round")
    assert "positioner är raderade" in page
    assert "route" not in layers
    assert [feature["properties"]["label"] for feature in layers["seen"]["features"]] == [
        "Källare, Bergsbogatan 14",
        "Gården vid Bergsbogatan",
    ]


def test_records_are_symbols_by_severity_and_calm_by_a_tick(world: World, evening: Evening) -> None:
    desk = world.desk()
    records = layers_of(desk.get(opened(desk, evening)).text, "round")["records"]["features"]
    assert [feature["properties"]["symbol"] for feature in records] == ["severity-3", "calm"]


def test_the_list_has_closed_rounds_alone_and_counts_the_open_one(world: World, evening: Evening) -> None:
    going_on = evening.phone.start_round()
    page = world.desk().get("/desk/rounds").text
    assert evening.round_id in page
    assert going_on not in page
    assert "En rond pågår" in page
    assert "1 lucka, 10 min" in page
    assert "20:30–21:30" in page


def test_the_list_has_nobodys_name(world: World, evening: Evening) -> None:
    page = world.desk().get("/desk/rounds").text
    assert world.home.users[Role.HOST].name not in page
    assert str(world.home.users[Role.HOST].id) not in page


def test_a_list_is_audited_with_its_week(world: World, evening: Evening, audited: Audited) -> None:
    world.desk().get("/desk/rounds?week=2026-W47")
    assert [event.facts for event in audited("round:list")] == [{"filter": {"week": "2026-W47"}, "count": 1}]


def test_weeks_lead_to_each_other_but_not_into_the_future(world: World, evening: Evening) -> None:
    desk = world.desk()
    this = desk.get("/desk/rounds?week=2026-W47").text
    assert "week=2026-W46" in this
    assert "week=2026-W48" not in this
    assert "week=2026-W47" in desk.get("/desk/rounds?week=2026-W46").text


def test_an_odd_week_is_this_week(world: World, evening: Evening) -> None:
    desk = world.desk()
    for week in ("2026-W99", "x", "9999-W01", "0001-W01", "2026-W47-1"):
        assert evening.round_id in desk.get(f"/desk/rounds?week={week}").text


def test_the_list_takes_as_many_queries_for_ten_rounds_as_for_one(world: World, evening: Evening) -> None:
    desk = world.desk()
    with counted_queries() as one:
        desk.get("/desk/rounds")
    for _ in range(9):
        round_id = evening.phone.start_round()
        evening.phone.acks(
            evening.phone.record(round_id), evening.phone.operation("round.end", round_id, {"reason": "done"})
        )
    with counted_queries() as ten:
        page = desk.get("/desk/rounds").text
    assert page.count("Öppna …") == 10
    assert len(ten) == len(one)


def test_an_opened_round_takes_as_many_queries_however_much_was_walked_and_logged(
    world: World, evening: Evening
) -> None:
    desk, phone = world.desk(), evening.phone
    short = opened(desk, evening)
    long_id = phone.start_round()
    walked = [walk(phone, long_id, part=part, east=part / 100) for part in range(5)]
    phone.acks(*walked, *(phone.record(long_id) for _ in range(40)), phone.operation("round.end", long_id, DONE))
    long = opened(desk, replace(evening, round_id=long_id))
    counts = []
    for address, records in ((short, 2), (long, 40)):
        with counted_queries() as sent:
            page = desk.get(address).text
        assert page.count('id="r-') - page.count('id="r-gap') == records
        counts.append(len(sent))
    assert counts[0] == counts[1]
