"""The page of a receiver's words: what it said, what each word means, files of statuses, an address of its own."""

from __future__ import annotations

import io
import re

import pytest

from fieldapp.access.roles import Role
from tests.export.orders import Orders
from tests.make.world import Desk, World


@pytest.fixture
def orders(world: World) -> Orders:
    """A host who logs damage, and a receiver that has it."""
    return Orders(world)


def address(orders: Orders, more: str = "") -> str:
    return f"/desk/receivers/{orders.receiver_id}/statuses{more}"


def send_file(desk: Desk, orders: Orders, content: bytes) -> str:
    token = desk.token(address(orders))
    data = {"csrf_token": token, "file": (io.BytesIO(content), "besked.csv")}
    answer = desk.http.post(address(orders, "/import"), data=data, follow_redirects=True)
    return str(answer.text)


def test_an_unknown_word_is_shown_mapped_and_then_done(orders: Orders) -> None:
    case = orders.sent("A-1")
    orders.say("A-1", "Comleted", note="Klart")
    desk = orders.world.desk(role=Role.ADMINISTRATOR)
    shown = desk.get(address(orders)).text
    assert "1 ord är inte tolkat än." in shown
    assert "ordet är inte tolkat" in shown
    answer = desk.post(address(orders), {"word": ["comleted"], "status": ["atgardad"]})
    assert answer.status_code == 302, answer.text
    assert orders.cases.now(case).status == "atgardad"
    assert "1 ärende ändrades." in desk.get(address(orders)).text


def test_a_form_that_is_not_the_one_shown_is_refused(orders: Orders) -> None:
    desk = orders.world.desk(role=Role.ADMINISTRATOR)
    for form in ({"word": ["a"], "status": ["stangd"]}, {"word": ["a", "b"], "status": ["pagar"]}):
        assert desk.post(address(orders), form).status_code == 422


def test_a_supervisor_sees_the_words_and_changes_none(orders: Orders) -> None:
    orders.sent("A-1")
    orders.say("A-1", "fixed")
    desk = orders.world.desk(role=Role.SUPERVISOR)
    shown = desk.get(address(orders))
    assert shown.status_code == 200
    assert "<select" not in shown.text
    assert desk.post(address(orders), {"word": ["fixed"], "status": ["-"]}).status_code == 403


def test_a_file_is_read_once_however_often_it_is_sent(orders: Orders) -> None:
    case = orders.sent("A-1")
    desk = orders.world.desk(role=Role.SUPERVISOR)
    content = f"case_no;status;note\n{case.case_no};åtgärdad;Sanerat\n;fel;\n".encode()
    told = send_file(desk, orders, content)
    assert "1 besked i filen: 1 ändrade ett ärende, 0 var redan inlästa." in told
    assert "Rader som inte gick att läsa: 3" in told
    assert orders.cases.now(case).status == "atgardad"
    assert "1 besked i filen: 0 ändrade ett ärende, 1 var redan inlästa." in send_file(desk, orders, content)


def test_another_file_is_refused_in_words(orders: Orders) -> None:
    desk = orders.world.desk(role=Role.SUPERVISOR)
    assert "Kolumnen status saknas" in send_file(desk, orders, b"a,b\n1,2\n")


def test_a_secret_is_shown_once(orders: Orders) -> None:
    desk = orders.world.desk(role=Role.ADMINISTRATOR)
    made = desk.post(f"/desk/receivers/{orders.receiver_id}/inbound", {})
    [secret] = re.findall(r"<strong>([\w-]{43})</strong>", made.text)
    later = desk.get(address(orders)).text
    assert secret not in later
    assert "/api/v1/inbound/" in later


def test_a_long_history_comes_in_pages(orders: Orders) -> None:
    orders.sent("A-1")
    for minute in range(60):
        orders.say("A-1", f"word {minute}", minute=minute)
    desk = orders.world.desk(role=Role.SUPERVISOR)
    first = desk.get(address(orders)).text
    assert first.count('data-label="Ord"') == 50
    [older] = re.findall(r'href="([^"]*before=[^"]*)"', first)
    assert desk.get(older.replace("&amp;", "&")).text.count('data-label="Ord"') == 10
