"""The ways of Open311 endpoints that are in use, tried against one that runs as a process of its own."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fieldapp.export.adapters import open311_client as client
from fieldapp.export.adapters.open311_form import (
    Unanswerable,
    description_of,
    is_order_of,
    order_form,
    update_form,
)
from fieldapp.export.adapters.open311_wire import Attribute, Request
from fieldapp.kernel.errors import Malformed
from tests.receivers.open311 import Endpoint, running_endpoint
from tests.receivers.open311_desk import API_KEY, PERSONAL

SINCE, UNTIL = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
CASE: dict[str, Any] = {
    "case_id": "7b0c7a5e-51a5-4f2e-9c39-0f6f0f5b7c11", "case_no": 12, "title": "Klotter, Källare", "severity": 3,
    "trade_code": "KLO", "lat": 57.75, "lon": 11.98, "adress": "Bergsbogatan 14", "uppgang": "A",
    "description": "Stort klotter på dörren", "email": "host@bergsbo", "phone": "0701234567",
}  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    """An endpoint as a process."""
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.fixture(params=["json", "xml"])
def asked(running: Endpoint, request: pytest.FixtureRequest) -> client.Endpoint:
    """The endpoint with an empty memory, spoken to in each of the formats."""
    running.reset()
    return client.Endpoint(running.url, exchange, request.param, api_key=API_KEY)


def exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> client.Answer:
    """Send one request, as plainly as can be."""
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return client.Answer(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        return client.Answer(error.code, error.read())


def order(asked: client.Endpoint, **fields: Any) -> Request:
    """Order the mending of a case."""
    return asked.create(order_form({**CASE, **fields}, "GRAF", asked.definition("GRAF"), {}))


def test_an_order_is_made_shown_and_found_by_its_marks(asked: client.Endpoint, running: Endpoint) -> None:
    made = order(asked)
    [shown] = asked.requests([made.id])
    assert (shown.id, shown.status, shown.attributes["CASE_NO"]) == (made.id, "open", "12")
    found = asked.search("GRAF", SINCE, UNTIL, lambda row: is_order_of(row, CASE))
    assert found is not None
    assert found.id == made.id
    assert (
        asked.search("GRAF", SINCE, UNTIL, lambda row: is_order_of(row, {**CASE, "case_id": "x", "case_no": 1})) is None
    )


def test_nothing_of_a_person_is_sent(asked: client.Endpoint, running: Endpoint) -> None:
    order(asked)
    account = running.account()
    assert account["personal"] == []
    assert not set(PERSONAL) & set(account["forms"][0])
    assert "host@bergsbo" not in json.dumps(account["forms"])


def test_a_list_is_answered_by_its_keys_and_a_text_is_not_answered(asked: client.Endpoint, running: Endpoint) -> None:
    order(asked)
    [form] = running.account()["forms"]
    assert form["attribute[TRADE][]"] == "KLO"
    assert form["attribute[SEVERITY]"] == "3"
    assert "attribute[INTRO]" not in form


def test_a_required_attribute_without_an_answer_is_told() -> None:
    questions = [Attribute("HAMMARE", "singlevaluelist", True, True, "", {"1": "Liten"})]
    with pytest.raises(Unanswerable) as told:
        order_form(CASE, "GRAF", questions, {})
    assert told.value.codes == ("HAMMARE",)
    assert ("attribute[HAMMARE]", "1") in order_form(CASE, "GRAF", questions, {"HAMMARE": "liten"})


def test_a_service_without_definition_is_told_all(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(has_definitions=False)
    order(asked)
    assert running.account()["forms"][0]["attribute[CASE_NO]"] == "12"


def test_a_batch_service_gives_a_token_that_becomes_an_order(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(is_batch=True, token_polls=1)
    made = order(asked)
    assert (made.id, bool(made.token)) == ("", True)
    assert asked.token(made.token) is None
    done = asked.token(made.token)
    assert done is not None
    assert done.id == "A-1"


def test_identical_orders_are_refused_as_duplicates(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(refuses_identical=True)
    order(asked)
    with pytest.raises(client.Refusal) as refused:
        order(asked)
    assert refused.value.is_duplicate


def test_rows_without_id_are_passed_over(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(has_rows_without_id=True)
    order(asked)
    assert [row.id for row in asked.requests(["A-1"])] == ["A-1"]
    assert asked.search("GRAF", SINCE, UNTIL, lambda row: is_order_of(row, CASE)) is not None


def test_an_endpoint_that_shows_one_order_under_another_name_is_asked_there(
    asked: client.Endpoint, running: Endpoint
) -> None:
    running.behave(has_singular_path=True, has_list_by_id=False)
    order(asked)
    assert [row.id for row in asked.requests(["A-1", "A-9"])] == ["A-1"]


def test_a_description_and_both_coordinates_are_always_sent(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(needs_description=True)
    order(asked, description=None, title=None)
    [form] = running.account()["forms"]
    assert form["lat"]
    assert form["long"]
    nowhere = dict(order_form({**CASE, "lat": None}, "GRAF", None, {}))
    assert not {"lat", "long"} & set(nowhere)
    assert nowhere["address_string"] == "A, Bergsbogatan 14"


def test_what_an_endpoint_does_not_show_is_not_taken_for_absent(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(echoes=[])
    order(asked)
    with pytest.raises(client.Unsearchable):
        asked.search("GRAF", SINCE, UNTIL, lambda row: is_order_of(row, CASE))


@pytest.mark.parametrize("mood", ["500", "500_after", "busy"])
def test_what_may_pass_is_not_final(asked: client.Endpoint, running: Endpoint, mood: str) -> None:
    running.behave(post_plan=[mood])
    with pytest.raises(client.Refusal) as refused:
        order(asked)
    assert not refused.value.is_final


def test_a_page_of_something_else_is_no_answer(asked: client.Endpoint, running: Endpoint) -> None:
    running.behave(post_plan=["html"], get_plan=["ok", "html"])
    with pytest.raises(Malformed):
        order(asked)
    with pytest.raises(Malformed):
        asked.search("GRAF", SINCE, UNTIL, lambda row: False)


def test_a_wrong_key_is_refused_for_good(asked: client.Endpoint, running: Endpoint) -> None:
    wrong = client.Endpoint(asked.base_url, exchange, asked.form, api_key="no")
    with pytest.raises(client.Refusal) as refused:
        order(wrong)
    assert (refused.value.code, refused.value.is_final) == (403, True)


def test_updates_go_out_and_come_back_where_the_endpoint_has_them(asked: client.Endpoint, running: Endpoint) -> None:
    order(asked)
    asked.update(update_form(CASE, "A-1", "k-1", "cancelled", "Återtaget"))
    assert running.account()["updates"] == {"k-1": 1}
    running.tell("A-1", "fixed", "Klart", in_updates=True, update_id="U-7")
    [update] = asked.updates(SINCE, UNTIL)
    assert (update.id, update.request_id, update.status) == ("U-7", "A-1", "fixed")
    running.behave(has_updates=False)
    assert asked.updates(SINCE, UNTIL) == []
    with pytest.raises(client.Refusal):
        asked.update(update_form(CASE, "A-1", "k-2", "cancelled", ""))


def test_a_list_that_was_cut_is_asked_for_in_halves() -> None:
    at = [SINCE + timedelta(minutes=minute) for minute in range(2500)]

    def cut(_method: str, url: str, _headers: Mapping[str, str], _body: bytes | None) -> client.Answer:
        query = parse_qs(urlsplit(url).query)
        start, end = (datetime.fromisoformat(query[name][0]) for name in ("start_date", "end_date"))
        rows = [
            {"service_request_id": str(n), "description": f"order {n}", "requested_datetime": one.isoformat()}
            for n, one in enumerate(at)
            if start <= one <= end
        ]
        return client.Answer(200, json.dumps(rows[-1000:]).encode())

    found = client.Endpoint("http://127.0.0.1/v2", cut).search(
        "GRAF", SINCE, SINCE + timedelta(minutes=2600), lambda row: row.id == "3"
    )
    assert found is not None
    searched = client.Endpoint("http://127.0.0.1/v2", cut).search("GRAF", SINCE, UNTIL, lambda row: row.id == "none")
    assert searched is None


def test_a_description_holds_its_marks_however_long_the_text_is() -> None:
    text = description_of({**CASE, "description": "å" * 9000})
    assert len(text) <= 4000
    assert CASE["case_id"] in text
