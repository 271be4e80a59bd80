"""The desk's import of a map: shown first, with what it would change and what cannot be used, and done on a yes."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.places.models import Path as Piece
from fieldapp.places.models import Place, Zone
from fieldapp.places.waiting_files import WAITING_MAX, WaitingFiles
from tests.make.world import Desk, World
from tests.places.map_files import OsmMap, yard
from tests.places.test_map_import import zones_of

ADDRESS = "/desk/places/import-map"


def upload(desk: Desk, raw: bytes | OsmMap, **form: str) -> TestResponse:
    content = raw if isinstance(raw, bytes) else raw.raw()
    return desk.post(ADDRESS, {"file": (io.BytesIO(content), "../../karta.osm"), **form})


def yes(desk: Desk, page: TestResponse) -> TestResponse:
    return desk.post(
        f"{ADDRESS}/apply", dict(re.findall(r'type="hidden" name="(sha256|digest)" value="([^"]+)"', page.text))
    )


def count(world: World, model: Any, *where: Any) -> int:
    with world.as_home():
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def drawn(page: TestResponse) -> list[tuple[str, str]]:
    [layers] = re.findall(r'id="plan-layers">(.*?)</script>', page.text, re.DOTALL)
    return [(f["properties"]["layer"], f["properties"]["what"]) for f in json.loads(layers)["plan"]["features"]]


def refusal(answer: TestResponse) -> str:
    """Return the page on which an upload is refused."""
    assert answer.status_code == 422, answer.text
    return answer.text


def is_anything_kept(world: World) -> bool:
    return (Path(world.app.extensions["rond_settings"].data_dir) / "imports").exists()


def test_a_map_is_shown_first_and_done_on_a_yes(world: World) -> None:
    desk = world.desk()
    before = count(world, Place)
    preview = upload(desk, yard())
    assert (preview.status_code, count(world, Place)) == (200, before)
    assert "Utdrag ur OpenStreetMap" in preview.text
    assert drawn(preview).count(("place", "added")) == 3
    assert ("piece", "added") in drawn(preview)
    assert yes(desk, preview).status_code == 302
    assert count(world, Place) == before + 3
    assert count(world, Piece, Piece.source == "osm") > 0


def test_the_same_map_again_has_nothing_to_say_yes_to(world: World) -> None:
    desk = world.desk()
    yes(desk, upload(desk, yard()))
    again = upload(desk, yard())
    assert "Allt i filen är redan som det ska vara" in again.text
    assert 'data-map="plan"' not in again.text


def test_an_import_is_in_the_audit_by_who_said_yes(world: World) -> None:
    desk = world.desk(role=Role.ADMINISTRATOR)
    yes(desk, upload(desk, yard()))
    with world.as_home():
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "map:import"))
        assert (event.actor_id, event.facts["places"]["added"]) == (world.home.users[Role.ADMINISTRATOR].id, 3)


def test_what_would_end_is_named_and_drawn(world: World) -> None:
    desk = world.desk()
    yes(desk, upload(desk, yard()))
    other = OsmMap()
    other.way(3, [(-60, -30), (80, -30)], highway="footway")
    preview = upload(desk, other)
    assert {("place", "ended"), ("piece", "ended"), ("piece", "added")} <= set(drawn(preview))
    assert "Lekplats 2" in preview.text


def test_an_object_that_cannot_be_used_is_told_by_its_id(world: World) -> None:
    made = yard()
    made.way(5, [(0, 60), (20, 60)], missing=7, highway="path")
    preview = upload(world.desk(), made)
    assert "way/5" in preview.text
    assert "Några av objektets punkter finns inte i filen." in preview.text


def test_a_yes_is_good_once(world: World) -> None:
    desk = world.desk()
    preview = upload(desk, yard())
    assert yes(desk, preview).status_code == 302
    again = yes(desk, preview)
    assert (again.status_code, "gäller inte längre" in again.text) == (409, True)


def test_a_yes_to_what_has_changed_meanwhile_is_asked_again(world: World) -> None:
    desk = world.desk()
    preview = upload(desk, yard())
    one = OsmMap()
    one.way(3, [(-60, -30), (10, -30), (80, -30)], highway="footway", lit="yes")
    yes(desk, upload(desk, one))
    asked = yes(desk, preview)
    assert (asked.status_code, "har ändrats sedan du såg" in asked.text) == (409, True)
    assert yes(desk, asked).status_code == 302


def test_nobody_says_yes_to_another_organisations_map(world: World) -> None:
    preview = upload(world.desk(), yard())
    assert yes(world.desk(world.foreign), preview).status_code == 409


def test_a_register_that_waits_is_no_map(world: World) -> None:
    desk = world.desk()
    file = (io.BytesIO(b"place_id;kind;name\nB9;Building;Nian\n"), "x.csv")
    assert yes(desk, desk.post("/desk/places/import", {"file": file})).status_code == 409


def test_zones_say_how_they_were_read(world: World) -> None:
    desk = world.desk()
    preview = upload(desk, zones_of("B", "C"), kind="zones")
    assert "4326" in preview.text
    assert drawn(preview) == [("zone", "added"), ("zone", "added")]
    assert yes(desk, preview).headers["Location"] == "/desk/zones"
    assert count(world, Zone) == 3


def test_zones_without_a_code_ask_for_its_property_in_the_form(world: World) -> None:
    raw = zones_of("B").replace(b'"code"', b'"omr"').replace(b'"name"', b'"ben"')
    desk = world.desk()
    asked = upload(desk, raw)
    assert "Det har: omr, ben." in refusal(asked)
    assert 'aria-describedby="code_field-error" aria-invalid="true"' in asked.text.replace("  ", " ")
    assert upload(desk, raw, code_field="omr", name_field="ben").status_code == 200


def test_a_file_that_is_something_else_than_was_said_is_refused(world: World) -> None:
    page = refusal(upload(world.desk(), yard(), kind="zones"))
    assert "Filen är något annat: utdrag ur openstreetmap." in page
    assert not is_anything_kept(world)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"extent": "1,2,3"}, "fyra tal i grader"),
        ({"extent": "12,57,11,58"}, "fyra tal i grader"),
        ({"epsg": "x"}, "EPSG-nummer"),
        ({"kind": "gpx"}, "Välj vad filen är"),
    ],
)
def test_what_is_said_of_a_file_is_checked(world: World, form: dict[str, str], words: str) -> None:
    assert words in refusal(upload(world.desk(), yard(), **form))
    assert not is_anything_kept(world)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"place_id;kind;name\n", "ingen karta som kan läsas"),
        (b"<osm version='0.6'>\n<node id='1' lat=", "trasig på rad 2"),
        (b'{"features":[{"properties":null},{"properties":{}}]}', "ingen egenskap som kan vara dess kod"),
        (b"SQLite format 3\x00" + bytes(200), "ingen GeoPackage"),
        (b'{"features":[{"properties":{"code":"A"}},{"properties":{"code":"A"}}]}', "finns två gånger"),
    ],
)
def test_a_faulty_file_is_told_and_not_kept(world: World, raw: bytes, words: str) -> None:
    assert words in refusal(upload(world.desk(), raw))
    assert not is_anything_kept(world)


def test_a_form_without_a_file_asks_for_one(world: World) -> None:
    assert "Välj en fil." in refusal(world.desk().post(ADDRESS, {}))
    assert not is_anything_kept(world)


def test_what_a_map_says_is_shown_as_text(world: World) -> None:
    made = yard()
    made.way(9, [(0, 100), (9, 100), (9, 109), (0, 100)], building="yes", name="</script><script>alert(1)</script>")
    page = upload(world.desk(), made).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_no_more_than_some_files_of_one_tenant_wait(world: World, tmp_path: Path) -> None:
    files = WaitingFiles(tmp_path / "waiting")
    for number in range(WAITING_MAX + 3):
        files.put(world.home.id, bytes([number]), now=world.clock.now())
    files.put(world.foreign.id, b"x", now=world.clock.now())
    assert len(list(files.folder.iterdir())) == WAITING_MAX + 1
    assert count(world, Zone) == 1


def test_a_real_district_is_imported_at_the_desk(world: World, shared: Path) -> None:
    desk = world.desk()
    preview = upload(desk, (shared / "osm" / "malmo_sorgenfri_2013.osm.pbf").read_bytes())
    assert len(drawn(preview)) == 1050 + 2813
    assert yes(desk, preview).status_code == 302
    assert count(world, Piece, Piece.source == "osm") == 2813
