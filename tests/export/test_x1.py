"""What a row says, and what it keeps to itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event

from fieldapp.access.models import Organisation
from fieldapp.export import service, x1
from fieldapp.infra.db import db
from fieldapp.observations.queries import ObservationFilter
from tests.make.world import Phone, World


def rows(world: World, **wanted: Any) -> list[x1.Row]:
    with world.as_home():
        return list(x1.rows(ObservationFilter(**wanted), db.session.get_one(Organisation, world.home.id)))


def log(world: World, **data: Any) -> dict[str, Any]:
    phone = world.phone()
    operation = phone.record(**data)
    [ack] = phone.acks(operation)
    assert ack["st"] == "ok"
    return operation


@pytest.fixture
def phone(world: World) -> Phone:
    return world.phone()


def test_the_fields_and_their_order_are_a_contract() -> None:
    # Who changes them changes `schema_version`, and then this.
    text = ",".join(x1.FIELDS)
    assert len(x1.FIELDS) == 55
    assert (
        hashlib.sha256(text.encode()).hexdigest() == "c977186514c5c50a9e50f56213857231f353d14a6262801bf61868410c51f005"
    )


def test_special_categories_of_data_stay_in_review(world: World) -> None:
    log(world, note="Han verkar vara sjuk och har diabetes")
    log(world, note="Trasig lampa")
    assert {row["description"] for row in rows(world)} == {"Trasig lampa", None}


def test_no_id_in_a_row_tells_when_the_record_was_made(world: World) -> None:
    operations = [log(world), log(world, category="BE04", severity=2)]
    found = rows(world)
    for operation in operations:
        assert operation["entity"] not in json.dumps(found)
    assert {row["case_id"] is None for row in found} == {True, False}
    assert [row["observation_id"] for row in found] == [row["observation_id"] for row in rows(world)]


def test_a_record_without_a_case_has_its_own_state(world: World) -> None:
    log(world, category="BE04", severity=2)
    [row] = rows(world)
    assert (row["case_no"], row["status"], row["sla_due_at"]) == (None, "recorded", None)


def test_a_sharp_position_counts_before_the_middle_of_a_place(world: World) -> None:
    position = {"lat": 57.7071521, "lon": 11.9668601, "accuracy_m": 8.04, "at": 1_790_000_000_000}
    log(world, position=position)
    log(world, position={**position, "accuracy_m": 180.0})
    log(world, position={**position, "accuracy_m": None}, place=None, place_source="none")
    log(world, position=None)
    log(world, position=None, place=None, place_source="none")
    found = [(row["location_source"], row["lat"], row["accuracy_m"]) for row in rows(world)]
    assert sorted(found, key=str) == sorted(
        [
            ("gps", 57.7071521, 8.0),
            ("place", 57.75, None),
            ("gps", 57.7071521, None),
            ("place", 57.75, None),
            ("none", None, None),
        ],
        key=str,
    )


def test_the_hash_follows_the_content_and_is_the_same_in_every_file(world: World) -> None:
    log(world, note="Trasig ruta")
    [row] = rows(world)
    assert row["content_sha256"] == x1.content_sha256(row)
    assert x1.content_sha256({**row, "severity": 4}) != row["content_sha256"]
    desk = world.desk()
    for profile, delimiter in (("rfc4180", ","), ("excel-sv", ";")):
        text = desk.get(f"/desk/observations.csv?profile={profile}").text.removeprefix("\ufeff")
        [line] = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert line["content_sha256"] == row["content_sha256"]


def test_swedish_excel_opens_the_file_by_itself(world: World) -> None:
    log(world)
    answer = world.desk().get("/desk/observations.csv")
    assert answer.data.startswith(b"\xef\xbb\xbfschema_version;case_id;")
    assert "57,75;11,98;" in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rond-bergsbo-2026-11-20.csv"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_numbers_are_numbers_in_excel_and_text_is_text(world: World) -> None:
    log(world, note="0701")
    book = load_workbook(io.BytesIO(world.desk().get("/desk/observations.xlsx").data))
    head, row = book.worksheets[0].iter_rows()
    types = {name.value: cell.data_type for name, cell in zip(head, row, strict=True)}
    assert (types["lat"], types["n_3007"], types["severity"]) == ("n", "n", "n")
    assert (types["description"], types["observed_at"]) == ("s", "s")


def test_a_list_too_long_for_one_file_is_refused_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ROWS_MAX", 1)
    log(world)
    log(world)
    answer = world.desk().get("/desk/observations.csv")
    assert answer.status_code == 422
    assert "Välj en kortare tid" in answer.text


def test_a_chunk_takes_the_same_number_of_queries_however_many_rows_it_has(
    world: World, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for size in (1, 9):
        phone.acks(*(phone.record() for _ in range(size)))
        statements: list[str] = []
        with world.app.app_context():
            engine = db.engine

        def count(_conn: Any, _cursor: Any, text: str, *_: Any, into: list[str] = statements) -> None:
            into.append(text)

        event.listen(engine, "before_cursor_execute", count)
        try:
            rows(world)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_another_organisations_records_are_in_no_file(world: World) -> None:
    foreign = world.phone(world.foreign)
    foreign.acks(foreign.record())
    assert rows(world) == []


def test_where_a_file_goes_on_nothing_is_lost_or_told_twice(
    world: World, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x1, "CHUNK_ROWS", 4)
    phone.acks(*(phone.record() for _ in range(12)))  # all in one moment: only the id tells them apart
    assert sorted(row["case_no"] for row in rows(world)) == list(range(1, 13))
