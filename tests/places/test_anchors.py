"""Labels at places: made for those that have none, ended, replaced, pulled; and the sheet that is printed."""

from __future__ import annotations

import json
import subprocess
import uuid
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel import codes
from fieldapp.kernel.time import to_ms
from fieldapp.places import anchor_pages, anchor_queries, anchors, queries
from fieldapp.places.anchor_sheet import COLUMNS, LABEL_MM, ROWS, Label, SheetWords, write_sheet
from fieldapp.places.commands import MakeAnchors
from fieldapp.places.models import Anchor
from tests.house.sources import ROOT
from tests.make.world import World

WORDS = SheetWords("Etiketter för Östra", "Läs av i Rond, eller skriv koden.", "Jour: 031-123 45 67", "sv")
READ_QR = """
import decode from "qr/decode.js";
const { width, height, gray } = JSON.parse(await new Response(process.stdin).text());
const data = new Uint8ClampedArray(width * height * 4).fill(255);
const grays = Buffer.from(gray, "base64");
for (let i = 0; i < grays.length; i++) data[4 * i] = data[4 * i + 1] = data[4 * i + 2] = grays[i];
console.log(decode({ width, height, data }));
"""


def make(world: World, *places: str, kind: str = "qr", role: Role = Role.SUPERVISOR) -> list[Anchor]:
    with world.app.app_context(), as_tenant(world.home.id, write=True):
        command = MakeAnchors([world.home.places[place].id for place in places], kind)
        made = list(anchors.make_anchors(world.home.actor(role), command, clock=world.clock))
        db.session.flush()
        for anchor in made:
            db.session.expunge(anchor)
        return made


def labels_page(world: World, more: str = "") -> str:
    return f"/desk/zones/{world.home.zone.id}/anchors{more}"


def pulled(world: World) -> dict[str, dict[str, Any]]:
    return {row["id"]: row["body"] for row in world.phone().pull(anew=True) if row["kind"] == "anchor"}


def test_a_label_is_made_once_for_a_place(world: World) -> None:
    assert len(make(world, "cellar", "yard")) == 2
    assert make(world, "cellar", "yard") == []
    assert len(make(world, "cellar", kind="nfc")) == 1


def test_a_phone_pulls_a_label_and_that_it_has_ended(world: World) -> None:
    [anchor] = make(world, "cellar")
    assert pulled(world)[str(anchor.id)] == {
        "place": str(world.home.places["cellar"].id),
        "token": anchor.token,
        "kind": "qr",
        "ended": False,
    }
    assert world.desk().post(f"/desk/anchors/{anchor.id}/end", {}).status_code == 302
    assert pulled(world)[str(anchor.id)]["ended"] is True


def test_a_replaced_label_has_ended_and_another_is_at_its_place(world: World) -> None:
    [anchor] = make(world, "cellar")
    world.clock.at += timedelta(days=1)
    desk = world.desk()
    for told in ("ersatt av", "redan avslutad"):
        answer = desk.post(f"/desk/anchors/{anchor.id}/replace", {})
        assert told in desk.get(answer.location).text
    bodies = sorted(pulled(world).values(), key=lambda body: body["ended"])
    assert [body["ended"] for body in bodies] == [False, True]
    assert len({body["token"] for body in bodies}) == 2


def test_places_of_others_get_no_label(world: World) -> None:
    with world.app.app_context(), as_tenant(world.home.id, write=True):
        command = MakeAnchors([world.foreign.places["yard"].id, uuid.uuid4()], "qr")
        assert anchors.make_anchors(world.home.actor(Role.SUPERVISOR), command, clock=world.clock) == []


def test_the_page_offers_cellars_first_and_chosen(world: World) -> None:
    page = world.desk().get(labels_page(world)).text
    cellar, yard = (page.index(f'value="{world.home.places[name].id}"') for name in ("cellar", "yard"))
    assert cellar < yard
    assert "checked" in page[cellar : cellar + 80]
    assert "checked" not in page[yard : yard + 80]


def test_the_page_makes_what_was_chosen_and_offers_to_print_it(world: World) -> None:
    desk = world.desk()
    answer = desk.post(labels_page(world), {"places": [str(world.home.places["cellar"].id)], "kind": "qr"})
    page = desk.get(answer.location).text
    assert "1 ny etikett att sätta upp." in page
    made = to_ms(world.clock.now())
    assert desk.get(labels_page(world, f".pdf?made={made}")).data[:5] == b"%PDF-"
    assert desk.get(labels_page(world, f".pdf?made={made - 1}")).status_code == 302


def test_making_labels_for_nothing_is_told_in_words(world: World) -> None:
    answer = world.desk().post(labels_page(world), {})
    assert answer.status_code == 422
    assert "Välj minst en plats" in answer.text


def sheet_of(count: int) -> bytes:
    labels = [
        Label(f"Källare {number}", "Hus Ö, Åkergatan 3", "K7QF 3M9X", f"https://rond.example/pwa/#/a/{number:08}")
        for number in range(count)
    ]
    return write_sheet(labels, WORDS)


def test_the_sheet_is_a4_with_eight_labels_a_page_as_text() -> None:
    document = pypdfium2.PdfDocument(sheet_of(9))
    assert len(document) == 2
    width, height = document[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (210, 297)
    text = document[0].get_textpage().get_text_bounded()
    assert text.count("Källare") == COLUMNS * ROWS
    for word in ("Rond", "Åkergatan 3", "K7QF 3M9X", "Läs av i Rond", "Jour: 031-123 45 67"):
        assert word in text


def test_the_same_labels_give_the_same_bytes() -> None:
    assert sheet_of(2) == sheet_of(2)


def test_names_of_any_length_and_script_are_printed() -> None:
    labels = [Label("Cykelgarage" * 40, "Łódź – " * 60 + "Дом 3", "K7QF 3M9X", "https://rond.example/pwa/#/a/K7QF3M9X")]
    text = pypdfium2.PdfDocument(write_sheet(labels, WORDS))[0].get_textpage().get_text_bounded()
    assert "…" in text
    assert "Łódz" in text


def test_each_code_of_a_printed_page_is_read_from_its_picture() -> None:
    page = pypdfium2.PdfDocument(sheet_of(8))[0]
    picture = page.render(scale=2, grayscale=True).to_pil()
    side = [round(millimetres * 72 / 25.4 * 2) for millimetres in LABEL_MM]
    left, top = (
        (whole - count * part) // 2 for whole, count, part in zip(picture.size, (COLUMNS, ROWS), side, strict=True)
    )
    for number in (0, 7):
        x, y = left + number % COLUMNS * side[0], top + number // COLUMNS * side[1]
        assert read_qr(picture.crop((x, y, x + side[0], y + side[1]))) == f"https://rond.example/pwa/#/a/{number:08}"


def read_qr(picture: Any) -> str:
    """Read a code as the phone's own reader does."""
    import base64

    width, height = picture.size
    given = json.dumps({"width": width, "height": height, "gray": base64.b64encode(picture.tobytes()).decode()})
    command = [str(ROOT / ".venv/bin/node"), "--input-type=module", "-e", READ_QR]
    ran = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_a_label_says_where_its_place_is_and_leads_to_this_installation(world: World) -> None:
    [anchor] = make(world, "cellar")
    with world.app.app_context(), as_tenant(world.home.id, write=False):
        place = queries.places_by_id([anchor.place_id])[anchor.place_id]
        known = anchor_queries.with_ancestors([place])
        assert anchor_pages.where_words(place, known) == known[place.parent_id].name
        assert anchor_pages.anchor_address(anchor) == f"http://127.0.0.1:8000/pwa/#/a/{anchor.token}"


@given(st.integers(0, 2**40 - 1), st.data())
def test_a_code_is_read_however_it_is_typed(value: int, data: st.DataObject) -> None:
    code = codes.written(value, 8)
    typed = codes.grouped(code)
    for right, wrong in (("0", "oO"), ("1", "iIlL")):
        typed = "".join(data.draw(st.sampled_from(wrong + right)) if char == right else char for char in typed)
    typed = typed.replace(" ", data.draw(st.sampled_from(["", " ", "-", " - "])))
    assert codes.read_code(data.draw(st.sampled_from([typed, typed.lower()])), 8) == code


@pytest.mark.parametrize("typed", ["", "K7QF3M9", "K7QF3M9XX", "K7QF3M9U", "K7QF3M9Å", "ΑΒΓΔ0000"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read_code(typed, 8) is None
