"""Categories at the desk: words change, codes stay; phones learn of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.infra.db import db
from fieldapp.observations.models import Category
from tests.make.world import World

NEW = {
    "code": "SK10",
    "kind": "D",
    "name_sv": "Skadat staket",
    "name_en": "Damaged fence",
    "severity": "2",
    "trade": "UTE",
    "share": "A",
}
CHANGED = {"name_sv": "Klotter och tags", "name_en": "Graffiti and tags", "severity": "2", "trade": "KLO"}


def category(world: World, code: str) -> Category:
    with world.as_home():
        return db.session.scalars(select(Category).where(Category.code == code)).one()


def test_the_list_shows_every_code_under_its_group_once(world: World) -> None:
    page = world.desk().get("/desk/categories").text
    codes = re.findall(r'<th scope="row">([A-Z]{2}\d\d) ', page)
    assert len(codes) == len(set(codes)) == 43
    groups = re.findall(r"<caption>([A-Z]{2}) ", page)
    assert groups == ["SK", "BR", "BE", "RE", "OR", "NA", "TR", "TI", "PO", "OV"]


def test_a_new_code_reaches_the_phones_and_may_be_logged(world: World) -> None:
    phone = world.phone()
    assert world.desk().post("/desk/categories/new", NEW).status_code == 302
    bodies = {body["code"]: body for body in phone.pulled("category").values()}
    assert (bodies["SK10"]["name_sv"], bodies["SK10"]["group"], bodies["SK10"]["kind"]) == ("Skadat staket", "SK", "D")
    [ack] = phone.acks(phone.record(category="SK10"))
    assert ack["st"] == "ok"


def test_a_new_code_of_an_old_group_stands_in_its_group(world: World) -> None:
    desk = world.desk()
    desk.post("/desk/categories/new", NEW)
    page = desk.get("/desk/categories").text
    assert page.index("SK10") < page.index("<caption>BR ")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"code": "SK01"}, 409, "En kod betyder samma sak för alltid"),
        ({"code": "sk10"}, 422, "två stora bokstäver"),
        ({"name_sv": ""}, 422, "Skriv ett namn"),
        ({"severity": "5"}, 422, "från 1 till 4"),
        ({"kind": "X"}, 422, "Välj en sort"),
        ({"share": "Z"}, 422, "Välj hur den delas"),
        ({"trade": "x" * 9}, 422, "Välj ett yrke"),
    ],
)
def test_a_category_that_does_not_fit_is_refused_in_a_sentence(
    world: World, change: dict[str, Any], status: int, words: str
) -> None:
    answer = world.desk().post("/desk/categories/new", {**NEW, **change})
    assert (answer.status_code, words in answer.text) == (status, True)


def test_words_and_severity_change_and_the_code_does_not(world: World) -> None:
    desk, shown = world.desk(), category(world, "SK01")
    assert desk.post(f"/desk/categories/{shown.id}", {**CHANGED, "in_use": "true"}).status_code == 302
    after = category(world, "SK01")
    assert (after.id, after.name_sv, after.severity, after.ended_at) == (shown.id, "Klotter och tags", 2, None)
    smuggled = desk.post(f"/desk/categories/{shown.id}", {**CHANGED, "code": "SK99", "kind": "P"})
    assert smuggled.status_code == 422
    assert category(world, "SK01").kind == "D"


def test_a_category_out_of_use_is_gone_from_the_phones_choice_and_comes_back(world: World) -> None:
    desk, shown, phone = world.desk(), category(world, "SK01"), world.phone()
    for form, ended in (({}, True), ({"in_use": "true"}, False)):
        assert desk.post(f"/desk/categories/{shown.id}", {**CHANGED, **form}).status_code == 302
        assert phone.pulled("category")[str(shown.id)]["ended"] is ended


def test_the_page_says_where_photos_may_not_be_taken(world: World) -> None:
    desk = world.desk()
    assert "tar inga foton" in desk.get(f"/desk/categories/{category(world, 'OR01').id}").text
    assert "tar inga foton" not in desk.get(f"/desk/categories/{category(world, 'SK01').id}").text
