"""Every page of the desk: its frame leads nowhere dead, its settings stick, its files are served."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from fieldapp.access.roles import Role
from tests.desk.conftest import Evening
from tests.make.world import Desk, World

LINK = re.compile(r'<a [^>]*href="(/desk[^"#]*)"')
PAGES = ("/desk/", "/desk/account", "/desk/rounds", "/desk/observations")


@pytest.mark.parametrize("role", list(Role))
def test_no_link_is_dead(world: World, evening: Evening, role: Role) -> None:
    desk = world.desk(role=role)
    waiting, met = list(PAGES), set()
    while waiting:
        address = waiting.pop().replace("&amp;", "&")
        answer = desk.get(address)
        met.add(address)
        if address not in PAGES:
            assert answer.status_code in {200, 302}, address
        if answer.mimetype == "text/html" and answer.status_code == 200 and len(met) < 40:
            waiting += [link for link in LINK.findall(answer.text) if link not in met]


def test_every_page_is_answered_on_each_database(any_world: World) -> None:
    phone = any_world.phone()
    round_id = phone.start_round()
    record = phone.record(round_id, note="Ring 070-123 45 67")
    phone.acks(record, phone.operation("round.end", round_id, {"reason": "done"}), phone.record())
    desk = any_world.desk()
    opened = desk.post(f"/desk/rounds/{round_id}", {"reason": "Uppföljning av en skada"}).headers["Location"]
    listed = "/desk/observations?review=true&group=SK&from=2026-11-01"
    for address in (*PAGES, listed, f"/desk/observations/{record['entity']}", opened, "/desk/ground", "/desk/today"):
        assert desk.get(address).status_code == 200, address


@pytest.mark.parametrize("page", PAGES)
def test_pages_have_no_inline_script_style_or_handler(world: World, evening: Evening, page: str) -> None:
    text = world.desk().get(page).text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|js:", text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_kept_by_no_cache(world: World, evening: Evening, page: str) -> None:
    assert world.desk().get(page).headers["Cache-Control"] == "no-store"


def test_a_theme_sticks_in_this_browser(world: World) -> None:
    desk = world.desk()
    assert 'data-theme="auto"' in desk.get("/desk/account").text
    answer = desk.post("/desk/theme?next=/desk/account", {"theme": "dark"})
    assert answer.headers["Location"] == "/desk/account"
    assert 'data-theme="dark"' in desk.get("/desk/account").text
    desk.post("/desk/theme", {"theme": "<script>"})
    assert 'data-theme="dark"' in desk.get("/desk/account").text


@pytest.mark.parametrize("where", ["https://example.org/", "//example.org/desk/", "/desk/\\example.org", "/pwa/"])
def test_nobody_is_sent_away_from_the_desk(world: World, where: str) -> None:
    answer = world.desk().post(f"/desk/theme?next={where}", {"theme": "dark"})
    assert answer.headers["Location"] == "/desk/"


def test_the_language_before_sign_in_is_the_browsers_own_choice(world: World) -> None:
    desk = Desk(world.app)
    assert '<html lang="sv"' in desk.get("/desk/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.get("/desk/sign-in").text)
    assert token
    desk.http.post("/desk/language?next=/desk/sign-in", data={"language": "en", "csrf_token": token.group(1)})
    assert '<html lang="en"' in desk.get("/desk/sign-in").text


def test_the_users_language_holds_on_every_page_and_leads_back(world: World) -> None:
    desk = world.desk()
    answer = desk.post("/desk/account/language?next=/desk/rounds", {"language": "en"})
    assert answer.headers["Location"] == "/desk/rounds"
    assert '<html lang="en"' in desk.get("/desk/rounds").text


def test_words_in_a_page_are_the_readers_though_somebody_read_it_in_another_language_before(world: World) -> None:
    desk = world.desk()
    assert "3 Inom ett dygn" in desk.get("/desk/observations").text
    desk.post("/desk/account/language", {"language": "en"})
    page = desk.get("/desk/observations").text
    assert "3 Within a day" in page
    assert "Inom ett dygn" not in page


def test_a_fragment_asked_for_by_nobody_sends_the_whole_page_to_sign_in(world: World) -> None:
    answer = Desk(world.app).get("/desk/today", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/desk/sign-in?next=/desk/today")


def test_a_form_without_its_token_changes_nothing(world: World) -> None:
    desk = world.desk()
    answer = desk.http.post("/desk/account/language", data={"language": "en"})
    assert answer.status_code == 400
    assert "Ladda om den" in answer.text
    assert '<html lang="sv"' in desk.get("/desk/account").text


@pytest.fixture
def built(app: Flask, tmp_path: Path) -> Path:
    """A build of the desk's files, as Vite leaves it."""
    dist = tmp_path / "static" / "desk" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "assets" / "main-abc.js").write_text("export {};")
    entry = {"file": "assets/main-abc.js", "isEntry": True, "css": ["assets/main-abc.css"]}
    (dist / "manifest.json").write_text(json.dumps({"src/main.ts": entry}))
    app.extensions["rond_static"] = tmp_path / "static"
    return dist


def test_a_page_names_the_built_files(world: World, built: Path) -> None:
    page = Desk(world.app).get("/desk/sign-in").text
    assert 'src="/static/desk/assets/main-abc.js"' in page
    assert 'href="/static/desk/assets/main-abc.css"' in page


def test_a_page_works_where_nothing_is_built(world: World, tmp_path: Path) -> None:
    world.app.extensions["rond_static"] = tmp_path
    assert "<script" not in Desk(world.app).get("/desk/sign-in").text


def test_hashed_files_are_kept_for_ever_and_nothing_outside_is_served(world: World, built: Path) -> None:
    client = world.app.test_client()
    hashed = client.get("/static/desk/assets/main-abc.js", buffered=True)
    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/desk/manifest.json", buffered=True).headers["Cache-Control"] == "no-cache"
    (built.parent / "secret.txt").write_text("no")
    assert client.get("/static/desk/../secret.txt").status_code == 404
    assert client.get("/static/desk/%2e%2e/secret.txt").status_code == 404


def test_the_ground_is_the_tenants_own_and_answered_304_while_unchanged(world: World) -> None:
    desk = world.desk()
    answer = desk.get("/desk/ground")
    names = [feature["properties"]["name"] for feature in answer.json["features"]]
    assert names == ["Norra"]
    again = desk.get("/desk/ground", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
