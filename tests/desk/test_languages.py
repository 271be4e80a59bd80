"""The desk speaks one language at a time: the reader's. What organisations have named themselves stays as they wrote it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.dates import get_day_names, get_month_names
from werkzeug.test import TestResponse

from fieldapp.access.roles import Role
from fieldapp.damage.rules import STATUSES
from fieldapp.desk import words
from fieldapp.observations.default_categories import DEFAULT_CATEGORIES
from fieldapp.observations.rules import WITHDRAW_REASONS
from fieldapp.places.imports import COLUMNS
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.rounds.rules import END_REASONS, GAP_REASONS
from tests.access.requests_of_routes import FORMS, address, routes
from tests.access.scene import Things, make_things
from tests.desk.conftest import Evening
from tests.make.world import Desk, World
from tools.catalogue import compile_catalogue, english

pytestmark = pytest.mark.slow  # every page as six roles in two languages

ROLES = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DPO, Role.HOST, Role.PARTNER, Role.MAINTENANCE)
NO_PAGE = {"POST /desk/account/language", "POST /desk/account/password"}
"""What would change the language or end the session in the middle of a walk through the pages."""
PEOPLE = tuple(name for role in Role for name in (f"{role}@bergsbo", role.title()))
NAMED = ("Källare, Bergsbogatan 14", "Gården vid Bergsbogatan", "Bergsbogatan 14", "Bergsbo Bostäder AB", "Bergsbo", "Norra",
         "Jouren", "Klotter på dörren", "Ring", "Uppföljning av skada", "Uppföljning av en skada", "Tack, vi ser till det.",
         "Nytt hus", "Södra", "Petra", "Gården", "Driften", "ny@bergsbo", "Ny", "Källare B, Backa 14", "å, ä and ö", *PEOPLE,
         "Rond", "Svenska", "På svenska", "English", "In English")  # fmt: skip
"""What people have written and named, and languages in their own words."""
READ_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "data-label", "data-failed", "data-lost"}
WORD = re.compile(r"\w+")


@pytest.fixture(scope="session", autouse=True)
def compiled_catalogue() -> None:
    """Compile the catalogue as it is now to where the application reads it."""
    compile_catalogue()


class _Reader(HTMLParser):
    """Gather what a person reads or hears of a page: texts, labels, the words on maps. Code is nobody's language."""

    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.said: list[str] = []
        self._inside: list[str] = []
        self._is_map = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag in {"code", "script", "style", "textarea"}:
            self._inside.append(tag)
        self._is_map = given.get("type") == "application/json"
        self.said += [value for name, value in attrs if name in READ_ATTRIBUTES and value]
        self.said += json.loads(given.get("data-words") or "{}").values()

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._is_map and self._inside == ["script"]:
            self.said += _labels(json.loads(data))
        elif not self._inside:
            self.said.append(data)


def _labels(layers: Any) -> Iterator[str]:
    for layer in layers.values():
        yield from (feature["properties"].get("label", "") for feature in layer["features"])


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of texts; names, codes in capitals and anything with a digit or an underscore are none."""
    told = " ".join(texts)
    for name in sorted((*NAMED, *COLUMNS, *PLACE_KINDS), key=len, reverse=True):
        told = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", told)
    return {word.lower() for word in WORD.findall(told) if word.isalpha() and not word.isupper()}


def _days(language: str) -> Iterator[str]:
    for width in ("wide", "abbreviated"):
        yield from get_day_names(width, locale=language).values()
        yield from get_month_names(width, locale=language).values()


@pytest.fixture(scope="module")
def only() -> dict[str, set[str]]:
    """Return the words by which a language is known: those of its texts that the other language's do not have."""
    swedish = {*_days("sv"), *(category.name_sv for category in DEFAULT_CATEGORIES)}
    translated = {*_days("en"), *(category.name_en for category in DEFAULT_CATEGORIES)}
    for message in english():
        if message.id:
            swedish.update([message.id] if isinstance(message.id, str) else message.id)
            translated.update([message.string] if isinstance(message.string, str) else message.string or ())
    plain = [{re.sub(r"%\(\w+\)[sd]|{[^}]*}", " ", text) for text in texts} for texts in (swedish, translated)]
    sv, en = (_words(texts) for texts in plain)
    return {"sv": sv - en, "en": en - sv}


@pytest.fixture
def things(world: World, evening: Evening) -> Things:
    """Return one thing of every kind, and let some operations be held and a form be filled with nonsense."""
    phone = evening.phone
    phone.acks(
        phone.operation("xx.yy"),
        phone.operation("round.end", data={"reason": "done"}),
        phone.record(category="XX99", note="Ring 070-123 45 67"),
        phone.record(evening.round_id, note="Ring 070-123 45 67"),
    )
    return make_things(world, world.home)


def desk_in(world: World, role: Role, language: str) -> Desk:
    """Sign a user of a role in, who reads a language."""
    desk = world.desk(role=role)
    assert desk.post("/desk/account/language", {"language": language}).status_code == 302
    return desk


def leaks(answer: TestResponse, language: str, foreign: set[str]) -> set[str]:
    """Return the words of the other language on a page, with the page's own language if that is wrong."""
    if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
        return set()
    reader = _read(answer.text)
    is_fragment = "<html" not in answer.text
    wrong = set() if is_fragment or reader.language == language else {f"lang={reader.language}"}
    return wrong | (_words(reader.said) & foreign)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("language", "other"), [("en", "sv"), ("sv", "en")])
def test_every_page_is_in_the_readers_language(
    world: World, things: Things, only: dict[str, set[str]], language: str, other: str, role: Role
) -> None:
    desk = desk_in(world, role, language)
    found = {}
    for name, (method, rule) in routes(world.app).items():
        if method == "GET" and rule.startswith("/desk"):
            found[name] = leaks(desk.get(address(rule, things)), language, only[other])
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(("language", "other"), [("en", "sv"), ("sv", "en")])
@pytest.mark.parametrize("forms", [{}, {name: dict.fromkeys(form, "\x00") for name, form in FORMS.items()}, FORMS])
def test_what_a_form_answers_is_in_the_readers_language(
    world: World, things: Things, only: dict[str, set[str]], language: str, other: str, forms: dict[str, dict[str, Any]]
) -> None:
    found = {}
    for name, (method, rule) in routes(world.app).items():
        if method == "POST" and rule.startswith("/desk") and name not in NO_PAGE:
            desk = desk_in(world, Role.ADMINISTRATOR if "organisation" in rule else Role.SUPERVISOR, language)
            answer = desk.post(address(rule, things), forms.get(name, {}), follow_redirects=True)
            found[name] = leaks(answer, language, only[other])
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(("language", "other"), [("en", "sv"), ("sv", "en")])
@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/choose-password"])
def test_the_way_in_is_in_the_browsers_language(
    world: World, only: dict[str, set[str]], language: str, other: str, path: str
) -> None:
    desk = Desk(world.app)
    desk.http.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    answers = [desk.get(path), desk.post(path, {"login": "x", "password": "y"}, token_from=path)]
    assert [leaks(answer, language, only[other]) for answer in answers] == [set(), set()]


REGISTER = "place_id;kind;name;lat;lon\nB14;Building;Nytt hus;57,7;11,9\n"


@pytest.mark.parametrize(("language", "other"), [("en", "sv"), ("sv", "en")])
@pytest.mark.parametrize(
    "register", [REGISTER, REGISTER + "X;Hut;;200;\nB14;Building;Nytt hus;1;2\n", "kind;colour\n", '"x\n', ""]
)
def test_a_registers_preview_and_faults_are_in_the_readers_language(
    world: World, only: dict[str, set[str]], language: str, other: str, register: str
) -> None:
    desk = desk_in(world, Role.SUPERVISOR, language)
    file = (io.BytesIO(register.encode()), "register.csv")
    answer = desk.post("/desk/places/import", {"file": file}, content_type="multipart/form-data")
    assert answer.status_code in {200, 422}
    assert leaks(answer, language, only[other]) == set()


def test_a_word_of_the_other_language_would_be_found(only: dict[str, set[str]]) -> None:
    assert _words(["Missing data for required field."]) & only["en"]
    assert _words(["Något gick fel"]) & only["sv"]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("sv", ("Fredag 20 november", "v. 47", "20:30–21:30")),
        ("en", ("Friday 20 November", "Week 47", "20:30–21:30")),
    ],
)
def test_days_are_named_and_times_told_as_the_reader_does(
    world: World, evening: Evening, language: str, written: tuple[str, ...]
) -> None:
    page = desk_in(world, Role.SUPERVISOR, language).get("/desk/").text
    assert [text for text in written if text not in page] == []


@pytest.mark.parametrize(("language", "name"), [("sv", "Klotter"), ("en", "Graffiti")])
@pytest.mark.parametrize("path", ["/desk/observations", "/desk/observations/<observation_id>", "/desk/categories"])
def test_a_category_has_its_name_in_the_readers_language(
    world: World, things: Things, language: str, name: str, path: str
) -> None:
    page = desk_in(world, Role.SUPERVISOR, language).get(address(path, things)).text
    assert name in page


@pytest.mark.parametrize(("language", "written"), [("sv", ("57,75", "11,98")), ("en", ("57.75", "11.98"))])
def test_degrees_are_written_with_the_readers_decimal_sign(
    world: World, language: str, written: tuple[str, str]
) -> None:
    desk = desk_in(world, Role.SUPERVISOR, language)
    page = desk.get(f"/desk/places/{world.home.places['yard'].id}").text
    assert re.findall(r'name="l(?:at|on)" type="text" value="([^"]*)"', page) == list(written)


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        (words.gap_reason_word, GAP_REASONS),
        (words.end_reason_word, END_REASONS),
        (words.withdraw_reason_word, WITHDRAW_REASONS),
        (words.case_status_word, STATUSES),
        (words.place_kind_word, PLACE_KINDS),
        (words.role_word, tuple(Role)),
        (words.group_name, tuple({category.group for category in DEFAULT_CATEGORIES})),
    ],
)
def test_every_code_has_a_word(world: World, word: Callable[[str], str], codes: tuple[str, ...]) -> None:
    with world.app.test_request_context():
        assert [code for code in codes if word(code) == code and code not in {"Garage", "dubblett"}] == []
