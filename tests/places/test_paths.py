"""What supervisors do to the path network: pieces are left out and taken back, paths drawn; none is ever changed."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.places import queries
from fieldapp.places.models import Path, PathSuccession
from tests.make.world import Desk, World
from tests.places.map_files import OsmMap, latlon
from tests.places.test_map_import import one_path, paths, run_import

Point = tuple[float, float]


@pytest.fixture
def walked(world: World) -> World:
    """Two paths of 40 m that meet."""
    made = OsmMap()
    made.way(1, [(0, 0), (40, 0)], highway="footway", lit="yes")
    made.way(2, [(40, 0), (40, 40)], highway="footway")
    run_import(world, made)
    return world


def ids(world: World) -> list[str]:
    return [str(path.id) for path in paths(world)]


def exclude(desk: Desk, pieces: list[str], reason: str = "Avspärrat till våren") -> TestResponse:
    return desk.post("/desk/paths/exclude", {"pieces": pieces, "reason": reason})


def draw(desk: Desk, *points: Point, **form: str) -> TestResponse:
    rows = "\n".join(f"{latlon(at).lat:.7f}, {latlon(at).lon:.7f}" for at in points)
    return desk.post("/desk/paths/new", {"line": rows, **form})


def counted(world: World) -> set[UUID]:
    with world.as_home():
        return {path.id for path in queries.paths() if path.source != "register"}


def drawn(world: World) -> list[Path]:
    with world.as_home():
        return list(db.session.scalars(select(Path).where(Path.source == "drawn").order_by(Path.external_id)))


def test_a_piece_that_is_left_out_does_not_count_and_stays_where_it_is(walked: World) -> None:
    before = {path.id: path.line for path in paths(walked)}
    [first, second] = ids(walked)
    assert exclude(walked.desk(), [first]).status_code == 302
    assert counted(walked) == {UUID(second)}
    assert {path.id: path.line for path in paths(walked)} == before
    with walked.as_home():
        path = db.session.get_one(Path, UUID(first))
        assert (path.excluded_reason, path.excluded_by_id) == (
            "Avspärrat till våren",
            walked.home.users[Role.SUPERVISOR].id,
        )


def test_a_piece_is_taken_back(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked))
    assert counted(walked) == set()
    assert desk.post("/desk/paths/include", {"pieces": ids(walked)[:1], "reason": "x"}).status_code == 302
    assert counted(walked) == {UUID(ids(walked)[0])}


def test_the_same_holds_on_every_database(any_world: World) -> None:
    run_import(any_world, one_path((0, 0), (40, 0)))
    desk = any_world.desk()
    assert draw(desk, (0, 60), (40, 60)).status_code == 302
    assert exclude(desk, ids(any_world)).status_code == 302
    assert counted(any_world) == {path.id for path in drawn(any_world)}
    assert "Avspärrat till våren" in desk.get("/desk/paths").text
    assert desk.post("/desk/paths/include", {"pieces": ids(any_world)}).status_code == 302
    assert len(counted(any_world)) == 2


def test_who_did_it_and_why_is_in_the_audit_once(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked))
    exclude(desk, ids(walked), "En gång till")
    with walked.as_home():
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "path:exclude"))
        assert (event.reason, event.facts["paths"]) == ("Avspärrat till våren", sorted(ids(walked)))


@pytest.mark.parametrize("form", [{"reason": "Avspärrat"}, {"pieces": "x", "reason": "Avspärrat"}])
def test_pieces_must_be_chosen(walked: World, form: dict[str, str]) -> None:
    answer = walked.desk().post("/desk/paths/exclude", form)
    assert (answer.status_code, "Välj minst ett stycke" in answer.text) == (422, True)


def test_a_reason_must_be_given_and_the_choice_is_kept(walked: World) -> None:
    [first, _second] = ids(walked)
    answer = exclude(walked.desk(), [first], "")
    assert (answer.status_code, "Skriv varför" in answer.text) == (422, True)
    assert re.search(rf'value="{first}"[^>]* checked', answer.text)
    assert counted(walked) == {UUID(one) for one in ids(walked)}


def test_nobody_leaves_out_another_organisations_piece(walked: World) -> None:
    assert exclude(walked.desk(walked.foreign), ids(walked)).status_code == 302
    assert len(counted(walked)) == 2


def test_a_coordinator_sees_the_network_and_changes_nothing(walked: World) -> None:
    page = walked.desk(role=Role.COORDINATOR).get("/desk/paths").text
    assert "40 m" in page
    assert "checkbox" not in page
    assert "/desk/paths/new" not in page


@pytest.mark.parametrize(
    ("query", "found"), [("", 2), ("state=excluded", 1), ("state=counted", 1), ("state=drawn", 0), ("text=avspärr", 1)]
)
def test_pieces_are_found_by_state_and_text(walked: World, query: str, found: int) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked)[:1])
    page = desk.get(f"/desk/paths?{query}").text
    assert sum(f'id="r-{one}"' in page for one in ids(walked)) == found


def test_the_map_gets_what_is_left_out_too(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked)[:1])
    layer: dict[str, Any] = json.loads(desk.get("/desk/paths/map").text)
    states = {feature["properties"]["id"]: feature["properties"]["state"] for feature in layer["features"]}
    assert [states[one] for one in ids(walked)] == ["excluded", "counted"]


def test_the_ground_of_other_maps_has_what_counts(walked: World) -> None:
    desk = walked.desk()

    def count() -> int:
        return desk.get("/desk/ground").text.count('"layer":"path"')

    before = count()
    exclude(desk, ids(walked)[:1])
    assert count() == before - 1


def test_a_drawn_path_becomes_pieces_that_join_the_network(walked: World) -> None:
    assert draw(walked.desk(), (2, -3), (0, -80), is_lit="true").status_code == 302
    made = drawn(walked)
    assert [(round(path.length_m), path.is_lit) for path in made] == [(40, True), (40, True)]
    corners = [position for path in paths(walked) for position in path.line]
    assert any(position in corners for path in made for position in path.line)
    assert {path.id for path in made} <= counted(walked)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(0, 60), (5, 60)], "kortare än 15 meter"),
        ([(0, 60), (0, 4000)], "längre än 3 kilometer"),
        ([(0, 1), (40, 1)], "Där går redan en väg"),
        ([(0, 60)], "Klicka minst två punkter"),
    ],
)
def test_a_path_that_cannot_be_drawn_is_refused_in_a_sentence(walked: World, points: list[Point], words: str) -> None:
    answer = draw(walked.desk(), *points)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert drawn(walked) == []


@pytest.mark.parametrize("line", ["", "x, y\nz, w", "57.7\n57.8", "91, 11\n57, 11", "57, 11, 12\n57, 11"])
def test_what_is_no_line_is_refused(walked: World, line: str) -> None:
    answer = walked.desk().post("/desk/paths/new", {"line": line})
    assert (answer.status_code, "Klicka minst två punkter" in answer.text) == (422, True)


def test_a_path_is_drawn_once(walked: World) -> None:
    desk = walked.desk()
    draw(desk, (0, 60), (40, 60))
    assert draw(desk, (0, 60), (40, 60)).status_code == 422
    assert len(drawn(walked)) == 1


def test_a_path_is_drawn_anew_where_the_old_one_is_left_out(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked))
    assert draw(desk, (0, 1), (20, 2), (40, 1)).status_code == 302


def test_an_import_of_the_same_map_leaves_drawn_paths_alone(walked: World) -> None:
    desk = walked.desk()
    draw(desk, (0, 60), (40, 60))
    made = OsmMap()
    made.way(1, [(0, 0), (40, 0)], highway="footway", lit="yes")
    made.way(2, [(40, 0), (40, 40)], highway="footway")
    assert not run_import(walked, made).changes_something()
    assert [path.ended_at for path in drawn(walked)] == [None]


def test_a_drawn_path_that_a_map_has_now_is_succeeded_by_its(walked: World) -> None:
    draw(walked.desk(), (0, 60), (40, 60))
    [old] = drawn(walked)
    made = OsmMap(box=None)
    made.way(3, [(0, 61), (40, 61)], highway="footway")
    plan = run_import(walked, made)
    assert plan.faults == []
    [gone] = drawn(walked)
    assert (gone.line, gone.ended_at is None) == (old.line, False)
    with walked.as_home():
        [new] = db.session.scalars(select(PathSuccession.successor_id))
    assert new in counted(walked)


def test_a_path_drawn_in_the_stead_of_one_left_out_stays_when_the_map_changes(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked), "Ritas om")
    draw(desk, (0, 1), (20, 2), (40, 1))
    run_import(walked, one_path((0, 0), (20, 1), (40, 0), lit="yes"))
    assert [path.ended_at for path in drawn(walked)] == [None]
    [new] = paths(walked)
    assert (new.excluded_at is not None, new.excluded_reason) == (True, "Ritas om")


def test_what_somebody_wrote_is_shown_as_text(walked: World) -> None:
    desk = walked.desk()
    exclude(desk, ids(walked), "<script>alert(1)</script>")
    page = desk.get("/desk/paths").text
    assert "<script>alert" not in page
