"""A round in WebKitGTK, logged after the server has gone and over a reload of the page, arrives once and whole through faults."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.browser.fault_proxy import Clear, FaultProxy, mixed
from tests.browser.faults.quick_hand import QUICK_HAND, READ_PHONE, ToLog, as_json
from tests.browser.faults.round_records import PHOTOS, RECORDS, make_records
from tests.browser.faults.told import Told, expect_once, expect_photos_whole, size_px
from tests.browser.installation import Installation
from tests.browser.waiting import wait_for
from tests.browser.webkit.browser import WebKitPhone
from tests.make.world import PASSWORD, World

SEED = 3
FAULTY_S = 20
SENT_S = 90
BEFORE_RELOAD = RECORDS // 2


@pytest.fixture
def on_round(webkit_phone: WebKitPhone, proxy: FaultProxy, installation: Installation, world: World) -> WebKitPhone:
    """A phone on a round, after the server has gone."""
    phone = webkit_phone
    phone.open(proxy.address)
    phone.find("sign-in-login").send_keys(world.home.users["host"].login)
    phone.find("sign-in-password").send_keys(PASSWORD)
    phone.press("sign-in-submit")
    phone.expect_screen("tonight")
    phone.find("offline-ready")
    phone.find("overdue-place")
    installation.stop()
    phone.press("round-start")
    phone.expect_screen("round")
    return phone


def test_a_round_in_webkit_arrives_once_and_whole(
    on_round: WebKitPhone,
    proxy: FaultProxy,
    installation: Installation,
    installed: Flask,
    world: World,
    tmp_path: Path,
) -> None:
    phone, records = on_round, make_records()
    log_with_the_picker(phone, records[1], tmp_path / "photo.jpg")
    logged = [record for record in records if record is not records[1]]
    phone.ask(QUICK_HAND, as_json(logged[:BEFORE_RELOAD]))
    phone.reload()
    phone.expect_screen("round")
    phone.ask(QUICK_HAND, as_json(logged[BEFORE_RELOAD:]))
    phone.hold("round-end")
    phone.expect_screen("tonight")
    before = Told.of(phone.ask(READ_PHONE))
    assert (len(before.records), len(before.photos)) == (RECORDS, PHOTOS)
    assert before.unsent == frozenset(before.numbers)

    proxy.follow(mixed(SEED))
    installation.start()
    phone.press("outbox-link")
    send(phone, FAULTY_S)
    proxy.be(Clear())
    assert send(phone, SENT_S)
    told = Told.of(phone.ask(READ_PHONE))
    assert told.numbers == before.numbers
    expect_once(installed, world.home.id, told)
    expect_photos_whole(installed, world.home.id, told, [size_px(one.photo) for one in records if one.photo])


def log_with_the_picker(phone: WebKitPhone, record: ToLog, photo: Path) -> None:
    """Log a damage as a host does, with a picture from the engine's own file picker."""
    photo.write_bytes(record.photo or b"")
    phone.press("log-damage")
    phone.find("photo-gallery").send_keys(str(photo))
    phone.wait_for(".photo-line img")
    phone.press(f"category-{record.category}")
    phone.wait_for("[data-screen=refine] [data-testid=saved-status]")
    phone.press("refine-done")
    phone.expect_screen("round")


def send(phone: WebKitPhone, seconds: float) -> bool:
    """Ask for tries until nothing is left, or the time is up; tell whether nothing is left."""

    def is_sent() -> bool:
        phone.press("sync-now")
        return [phone.find(name).text for name in ("outbox-unsent", "outbox-photos")] == ["0", "0"]

    try:
        return wait_for("everything is sent", is_sent, seconds=seconds)
    except AssertionError:
        return False
