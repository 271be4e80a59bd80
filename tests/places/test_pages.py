"""The desk's pages of zones and places, and the import of a register: shown first, done on a yes, all or nothing."""

from __future__ import annotations

import io
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.places import import_pages, imports
from fieldapp.places.models import Place, Zone
from fieldapp.places.waiting_files import KEPT, WaitingFiles
from tests.make.world import ZONE_OUTLINE, Desk, World

SQUARE = [[11.9, 57.7], [12.0, 57.7], [12.0, 57.8], [11.9, 57.8], [11.9, 57.7]]
GEOJSON = json.dumps({"type": "Polygon", "coordinates": [SQUARE]})
REGISTER = "place_id;kind;name;zone_id\nB14;Building;Bergsbogatan 14 A;N\nB2;Building;Tvåan;N\n"
HOUSE = {"external_id": "B2", "kind": "Building", "name": "Tvåan"}


def upload(desk: Desk, text: str | bytes, **form: str) -> TestResponse:
    raw = text if isinstance(text, bytes) else text.encode()
    return desk.post("/desk/places/import", {"file": (io.BytesIO(raw), "../../platser.csv"), **form})


def hidden(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(sha256|digest|create_zones)" value="([^"]+)"', page)
    return dict(found)


def zone_address(world: World, more: str = "") -> str:
    return f"/desk/zones/{world.home.zone.id}{more}"


def place_address(world: World, name: str, more: str = "") -> str:
    return f"/desk/places/{world.home.places[name].id}{more}"


def count(world: World, model: Any) -> int:
    with world.as_home():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_zone_is_added_with_its_outline(world: World) -> None:
    form = {"code": "S", "name": "Södra", "outline": GEOJSON}
    assert world.desk().post("/desk/zones/new", form).status_code == 302
    with world.as_home():
        assert db.session.scalars(select(Zone.outline).where(Zone.code == "S")).one() == SQUARE


def test_the_outline_of_a_file_counts_before_what_is_written(world: World) -> None:
    file = (io.BytesIO(b"\xef\xbb\xbf" + GEOJSON.encode()), "x.geojson")
    form = {"name": "Norra", "outline": "strunt", "outline_file": file}
    assert world.desk().post(zone_address(world), form).status_code == 302
    with world.as_home():
        assert db.session.get_one(Zone, world.home.zone.id).outline == SQUARE


def test_a_zone_that_is_saved_as_it_is_shown_stays_as_it_is(world: World) -> None:
    desk = world.desk()
    page = desk.get(zone_address(world)).text
    [written] = re.findall(r"<textarea[^>]*>([^<]+)</textarea>", page)
    form = {"name": "Norra", "outline": written.replace("&#34;", '"')}
    assert desk.post(zone_address(world), form).status_code == 302
    with world.as_home():
        assert db.session.get_one(Zone, world.home.zone.id).outline == ZONE_OUTLINE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "n ä"}, "Koden ska vara"),
        ({"name": ""}, "Skriv ett namn"),
        ({"outline": "{"}, "Gränsen går inte att läsa."),
        ({"outline": json.dumps({"type": "Point", "coordinates": [11, 57]})}, "Gränsen är ingen yta"),
        ({"outline": GEOJSON.replace("57.", "6400057.")}, "inte SWEREF 99"),
        ({"code": "N"}, "Det är upptaget"),
    ],
)
def test_a_zone_that_does_not_fit_is_refused_in_a_sentence(world: World, change: dict[str, str], words: str) -> None:
    answer = world.desk().post("/desk/zones/new", {"code": "S", "name": "Södra", "outline": GEOJSON, **change})
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert count(world, Zone) == 1


def test_a_zone_with_places_is_not_ended_and_the_page_says_how_many(world: World) -> None:
    answer = world.desk().post(zone_address(world, "/end"))
    assert (answer.status_code, "Området har 3 platser" in answer.text) == (409, True)


def test_a_place_is_added_and_changed(world: World) -> None:
    desk = world.desk()
    form = {**HOUSE, "zone_id": str(world.home.zone.id), "lat": "57,7072", "lon": "11.9669", "parent": "G1"}
    made = desk.post("/desk/places/new", form)
    assert made.status_code == 302
    page = desk.get(made.headers["Location"]).text
    assert 'value="57,7072"' in page
    assert 'value="G1"' in page
    changed = {name: value for name, value in form.items() if name != "external_id"} | {"name": "Tvåan A", "parent": ""}
    assert desk.post(made.headers["Location"], changed).status_code == 302
    with world.as_home():
        place = db.session.scalars(select(Place).where(Place.external_id == "B2")).one()
        assert (place.name, place.lat, place.parent_id) == ("Tvåan A", 57.7072, None)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Skriv ett namn"),
        ({"kind": "Apartment"}, "Välj vad det är för slags plats"),
        ({"lat": "57,7"}, "Ange longituden"),
        ({"lat": "6400000", "lon": "319000"}, "Ange latituden"),
        ({"parent": "finns inte"}, "Det finns ingen plats med det id:t"),
        ({"zone_id": "x"}, "Välj ett område"),
        ({"external_id": "B14"}, "Det är upptaget"),
        ({"adress": "x" * 121}, "Skriv högst 120 tecken"),
    ],
)
def test_a_place_that_does_not_fit_is_refused_in_a_sentence(world: World, change: dict[str, str], words: str) -> None:
    answer = world.desk().post("/desk/places/new", {**HOUSE, **change})
    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert count(world, Place) == 3


def test_a_foreign_zone_cannot_be_given_to_a_place(world: World) -> None:
    answer = world.desk().post("/desk/places/new", {**HOUSE, "zone_id": str(world.foreign.zone.id)})
    assert (answer.status_code, "Området finns inte" in answer.text) == (422, True)


def test_ending_a_house_says_what_goes_with_it(world: World) -> None:
    desk = world.desk()
    assert "Källare, Bergsbogatan 14" in desk.get(place_address(world, "building")).text
    assert desk.post(place_address(world, "building", "/end")).status_code == 302
    assert "2 platser är avslutade" in desk.get("/desk/places").text
    ended = desk.get("/desk/places?ended=true").text
    assert "Källare, Bergsbogatan 14" in ended
    assert desk.post(place_address(world, "cellar", "/resume")).status_code == 302
    assert "Källare, Bergsbogatan 14" in desk.get("/desk/places").text


def test_places_are_found_by_zone_kind_and_text(world: World) -> None:
    desk = world.desk()
    for query, found in (
        (f"zone={world.home.zone.id}", 3),
        ("kind=BasementLevel", 1),
        ("text=KÄLLARE", 1),
        ("text=finns+inte", 0),
        (f"zone={world.foreign.zone.id}", 0),
    ):
        assert desk.get(f"/desk/places?{query}").text.count('<th scope="row">') == found, query


def test_a_long_list_goes_on_where_it_stopped(world: World) -> None:
    desk = world.desk()
    rows = "".join(f"P{number:03};Building;Hus {number:03}\n" for number in range(120))
    page = upload(desk, f"place_id;kind;name\n{rows}")
    assert desk.post("/desk/places/import/apply", hidden(page.text)).status_code == 302
    address, seen = "/desk/places?text=Hus", []
    while address:
        page = desk.get(address)
        seen += re.findall(r'<th scope="row">(Hus \d+)</th>', page.text)
        more = re.findall(r'href="(/desk/places\?after=[^"]+)"', page.text)
        address = more[0].replace("&amp;", "&") if more else ""
    assert seen == [f"Hus {number:03}" for number in range(120)]


def test_a_coordinator_sees_places_and_changes_none(world: World) -> None:
    page = world.desk(role=Role.COORDINATOR).get("/desk/places").text
    assert "Bergsbogatan 14" in page
    assert "/desk/places/" not in page


def test_a_register_is_shown_first_and_done_on_a_yes(world: World) -> None:
    desk = world.desk()
    preview = upload(desk, REGISTER)
    assert preview.status_code == 200
    assert "Bergsbogatan 14</s> → <strong>Bergsbogatan 14 A" in preview.text
    assert count(world, Place) == 3
    assert desk.post("/desk/places/import/apply", hidden(preview.text)).status_code == 302
    assert count(world, Place) == 4
    assert "Allt i filen är redan som det ska vara" in upload(desk, REGISTER).text


def test_a_yes_is_good_once(world: World) -> None:
    desk = world.desk()
    form = hidden(upload(desk, REGISTER).text)
    assert desk.post("/desk/places/import/apply", form).status_code == 302
    again = desk.post("/desk/places/import/apply", form)
    assert (again.status_code, "gäller inte längre" in again.text) == (409, True)


def test_a_yes_to_what_has_changed_meanwhile_is_asked_again(world: World) -> None:
    desk = world.desk()
    form = hidden(upload(desk, REGISTER).text)
    desk.post("/desk/places/new", HOUSE)
    asked = desk.post("/desk/places/import/apply", form)
    assert (asked.status_code, "har ändrats sedan du såg" in asked.text) == (409, True)
    assert desk.post("/desk/places/import/apply", hidden(asked.text)).status_code == 302


def test_nobody_says_yes_to_another_organisations_file(world: World) -> None:
    form = hidden(upload(world.desk(), REGISTER).text)
    assert world.desk(world.foreign).post("/desk/places/import/apply", form).status_code == 409


@pytest.mark.parametrize(
    "form", [{}, {"sha256": "../../secret.key", "digest": "0" * 64}, {"sha256": "0" * 64, "digest": "0" * 64}]
)
def test_a_yes_to_nothing_is_refused(world: World, form: dict[str, str]) -> None:
    assert world.desk().post("/desk/places/import/apply", form).status_code == 409


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("place_id;kind\nB1;Building\n", "Kolumnen saknas."),
        ("place_id;kind;name\nB1;Hus;x\n", "Slaget är okänt."),
        ("place_id;kind;name;zone_id\nB1;Building;x;Ö\n", "Området Ö finns inte."),
        ("place_id;kind;name;parent_id\nB1;Building;x;B2\nB2;Building;x;B1\n", "går i cirkel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ingen textfil"),
        ("", "Filen har inga platser."),
    ],
)
def test_a_faulty_register_is_told_line_by_line_and_not_kept(world: World, text: str | bytes, words: str) -> None:
    answer = upload(world.desk(), text)
    assert answer.status_code == 422
    assert "Inget har importerats" in answer.text or "Kolumnen saknas" in answer.text
    assert words in answer.text or "Kolumnen saknas" in answer.text
    assert not (Path(world.app.extensions["rond_settings"].data_dir) / "imports").exists()


def test_a_register_larger_than_its_limit_is_refused_in_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (imports, import_pages):
        monkeypatch.setattr(module, "BYTES_MAX", 1024 * 1024 // 4)
    answer = upload(world.desk(), b"x" * (1024 * 1024 // 4 + 1))
    assert (answer.status_code, "Filen är större än" in answer.text) == (422, True)


def test_a_body_larger_than_any_request_may_be_is_refused_in_a_sentence(world: World) -> None:
    desk = world.desk()
    world.app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = upload(desk, b"x" * 2000)
    assert (answer.status_code, "för stort" in answer.text) == (413, True)


def test_a_form_without_a_file_asks_for_one(world: World) -> None:
    answer = world.desk().post("/desk/places/import", {})
    assert (answer.status_code, "Välj en fil." in answer.text) == (422, True)


def test_swedish_letters_of_an_old_file_are_shown_for_a_look(world: World) -> None:
    page = upload(world.desk(), "place_id;kind;name\nB2;Building;Östra".encode("cp1252")).text
    assert "Windows-1252" in page
    assert "Östra" in page


def test_zones_are_made_only_when_it_was_asked_for(world: World) -> None:
    desk, text = world.desk(), "place_id;kind;name;zone_id\nB2;Building;Tvåan;S\n"
    assert upload(desk, text).status_code == 422
    preview = upload(desk, text, create_zones="true")
    assert "Nya områden: S" in preview.text
    assert desk.post("/desk/places/import/apply", hidden(preview.text)).status_code == 302
    assert count(world, Zone) == 2


def test_what_a_register_says_is_shown_as_text(world: World) -> None:
    page = upload(world.desk(), "place_id;kind;name\nB14;Building;<script>alert(1)</script>\n").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_file_waits_for_a_day_and_is_forgotten(world: World, tmp_path: Path) -> None:
    files, now = WaitingFiles(tmp_path / "waiting"), world.clock.now()
    sha256 = files.put(world.home.id, b"one", now=now)
    old = (now - KEPT - timedelta(minutes=1)).timestamp()
    os.utime(next(files.folder.iterdir()), (old, old))
    files.put(world.home.id, b"two", now=now)
    assert files.read(world.home.id, sha256) is None
    assert len(list(files.folder.iterdir())) == 1
