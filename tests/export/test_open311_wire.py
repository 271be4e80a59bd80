"""What Open311 endpoints answer is read, in each of the forms that are in use; what is something else is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.export.adapters import open311_wire as wire
from fieldapp.kernel.errors import Malformed

REQUEST = {"service_request_id": 638344, "status": "closed", "service_code": "006", "lat": 57.7, "long": 11.9}
ROW_XML = "<request><service_request_id>638344</service_request_id><status>closed</status></request>"

ATTRIBUTE = (
    "<attribute><code>A</code><required>true</required>"
    "<values><value><key>1</key><name>Ett</name></value></values></attribute>"
)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([REQUEST]),
        json.dumps({"service_requests": [REQUEST]}),
        json.dumps({"service_requests": {"request": REQUEST}}),
        json.dumps(REQUEST),
        '[{"service_request_id":638344,"status":"closed","service_code":006}]',
        f"<service_requests>{ROW_XML}</service_requests>",
        f'<?xml version="1.0" encoding="utf-8"?>\n<service_requests>{ROW_XML}</service_requests>',
        f'<service_requests xmlns="http://wiki.open311.org/GeoReport_v2">{ROW_XML}</service_requests>',
        f"\ufeff<service_requests type='array'>{ROW_XML}<request><status>open</status></request></service_requests>",
    ],
)
def test_an_order_is_read_in_every_form_that_is_in_use(body: str) -> None:
    [found] = wire.read_requests(body.encode())
    assert (found.id, found.status) == ("638344", "closed")


@pytest.mark.parametrize("body", ["[]", "<service_requests/>", "<service_requests></service_requests>"])
def test_an_empty_list_has_no_orders(body: str) -> None:
    assert wire.read_requests(body.encode()) == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Tack!",
        "42",
        '"open"',
        "{}",
        '{"error": "sign in"}',
        "<html><body>Sign in to the network</body></html>",
        "<!doctype html><title>Sign in</title>",
        "<service_requests><request>",
        "<errors><error><code>400</code></error></errors>",
        '<!DOCTYPE x [<!ENTITY a "b">]><service_requests>&a;</service_requests>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><service_requests/>',
        "[" * 100_000,
    ],
)
def test_what_is_something_else_is_not_taken_for_an_empty_list(body: str) -> None:
    with pytest.raises(Malformed):
        wire.read_requests(body.encode())


def test_an_order_tells_its_attributes_and_times() -> None:
    given_ = {**REQUEST, "attributes": {"CASE_NO": 12}, "updated_datetime": "2026-11-20T20:00:00+01:00"}
    [found] = wire.read_requests(json.dumps([given_]).encode())
    assert found.attributes == {"CASE_NO": "12"}
    assert found.updated_at == datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    [listed] = wire.read_requests(json.dumps([{**REQUEST, "attributes": [{"code": "A", "value": "1"}]}]).encode())
    assert listed.attributes == {"A": "1"}


@pytest.mark.parametrize(
    "body",
    [
        '{"service_code":"X","attributes":[{"code":"A","required":"true","values":[{"key":1,"name":"Ett"}]}]}',
        '{"service_definition":{"attributes":{"attribute":{"code":"A","required":true,"values":[{"key":1,"name":"Ett"}]}}}}',
        f"<service_definition><service_code>X</service_code><attributes>{ATTRIBUTE}</attributes></service_definition>",
        f"<service_definition><service_code>X</service_code>{ATTRIBUTE}</service_definition>",
    ],
)
def test_a_definition_is_read_with_and_without_the_container_of_attributes(body: str) -> None:
    [found] = wire.read_definition(body.encode())
    assert (found.code, found.is_required, dict(found.values)) == ("A", True, {"1": "Ett"})


def test_updates_are_read_under_both_names() -> None:
    row = "<update_id>7</update_id><service_request_id>9</service_request_id><status>fixed</status>"
    for name in ("service_request_updates", "service_requests_updates"):
        [found] = wire.read_updates(f"<{name}><request_update>{row}</request_update></{name}>".encode())
        assert (found.id, found.request_id, found.status) == ("7", "9", "fixed")


def test_faults_are_read_and_a_page_of_something_else_has_none() -> None:
    assert wire.read_faults(b'[{"code":400,"description":"base is a duplicate"}]') == [
        wire.Fault("400", "base is a duplicate")
    ]
    assert wire.read_faults(b"<errors><error><code>403</code></error></errors>") == [wire.Fault("403", "")]
    assert wire.read_faults(b"<html>oops</html>") == []


@given(st.one_of(st.binary(max_size=300), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
    lambda value: json.dumps([{"service_request_id": value, "attributes": value, "lat": value}]).encode()
)))  # fmt: skip
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (wire.read_services, wire.read_requests, wire.read_definition, wire.read_updates):
        try:
            read(body)
        except Malformed:
            continue


def test_real_answers_are_read(shared: Path) -> None:
    folder = shared / "open311"
    assert len(wire.read_requests((folder / "chicago_georeport_v2_requests_25.json").read_bytes())) == 25
    assert len(wire.read_requests((folder / "requests_many.xml").read_bytes())) == 2
    assert wire.read_services((folder / "service_list.json").read_bytes())[0].code == "001"
