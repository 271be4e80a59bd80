"""Downloads hold the list's rows in the agreed fields, and leave a line in the audit."""

import csv
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from fieldapp.access.models import AuditEvent
from fieldapp.export.coordinates import SWEREF_99_12_00, SWEREF_99_TM, to_plane
from fieldapp.export.x1 import FIELDS
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon
from tests.make.world import World


def read_csv(world: World, address: str = "/desk/observations.csv?profile=rfc4180") -> list[dict[str, str]]:
    answer = world.desk().get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_damage_is_a_row_with_every_field(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(note="=HYPERLINK(1)", floor="2"))
    [row] = read_csv(world)
    assert tuple(row) == FIELDS
    assert row["case_no"] == "1"
    assert row["category_sv"] == "Klotter"
    assert row["description"] == "'=HYPERLINK(1)"
    assert row["observed_at"] == "2026-11-20T20:30:00+01:00"
    assert row["sla_due_at"] == "2026-11-21T20:30:00+01:00"
    assert (row["place_id"], row["utrymme_typ"], row["plan"]) == ("B14-K", "BasementLevel", "2")
    assert row["reporter_role"] == "trygghetsvärd"
    assert len(row["content_sha256"]) == 64


def test_personal_data_in_a_note_leaves_masked(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(note="Ring 070-123 45 67", note_confirmed=True))
    assert "123 45 67" not in read_csv(world)[0]["description"]


def test_nothing_says_who_logged_it(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record())
    text = world.desk().get("/desk/observations.csv").text
    host = world.home.users[next(iter(world.home.users))]
    for secret in (str(host.id), host.login, host.name):
        assert secret not in text


def test_the_filter_of_the_list_is_the_filter_of_the_file(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(), phone.record(category="RE01", severity=2))
    assert [row["category_code"] for row in read_csv(world, "/desk/observations.csv?profile=rfc4180&severity=2")] == [
        "RE01"
    ]


def test_excel_has_the_same_rows(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(), phone.record(category="BE04", severity=2))
    answer = world.desk().get("/desk/observations.xlsx")
    lines = list(load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))
    assert tuple(lines[0]) == FIELDS
    assert {line[FIELDS.index("category_code")] for line in lines[1:]} == {"SK01", "BE04"}


def test_a_long_list_is_read_in_chunks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldapp.export.x1.CHUNK_ROWS", 3)
    phone = world.phone()
    phone.acks(*(phone.record() for _ in range(7)))
    assert sorted(int(row["case_no"]) for row in read_csv(world)) == list(range(1, 8))


def test_a_download_is_in_the_audit_with_filter_and_count(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record())
    read_csv(world, "/desk/observations.csv?severity=3")
    with world.as_home():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "observation:export")).one()
        assert event.facts == {"file": "csv", "rows": 1, "filter": {"severity": "3"}}


@pytest.mark.parametrize("query", ["profile=pdf", "severity=9", "from=yesterday", "zone=x"])
def test_an_address_that_makes_no_sense_is_refused(world: World, query: str) -> None:
    assert world.desk().get(f"/desk/observations.csv?{query}").status_code == 422


def test_the_citys_own_figure_is_met() -> None:
    """Gustaf Adolf's statue, as Göteborg publishes it: SWEREF 99 12 00 N 6398667.228 E 148024.346."""
    statue = LatLon(57.707152, 11.966860)
    assert to_plane(statue, SWEREF_99_12_00) == pytest.approx((6398667.228, 148024.346), abs=0.2)
    assert to_plane(statue, SWEREF_99_TM) == pytest.approx((6400152.211, 319288.357), abs=0.2)
