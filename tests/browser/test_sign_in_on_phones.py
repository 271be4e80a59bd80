"""Signing in, and its running out, on phones that are shared: it stops the sending and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select, update

from fieldapp.access.models import Phone
from fieldapp.infra.db import ACROSS_TENANTS, db, transaction
from fieldapp.observations.models import Observation
from fieldapp.sync.models import LedgerEntry
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.walks import Fix
from tests.make.world import PASSWORD, World

AT_THE_BUILDING = Fix(57.75, 11.98, datetime(2026, 11, 20, tzinfo=UTC))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def end_every_sign_in(app: Flask) -> None:
    """Let the tokens of all phones run out."""
    with app.app_context(), transaction(write=True):
        db.session.execute(update(Phone).values(expires_at=LONG_AGO))


def received(app: Flask) -> list[tuple[str, UUID]]:
    """Return the category and author of every observation the server has, in the order they were made."""
    with app.app_context(), transaction(write=False):
        query = select(Observation).order_by(Observation.occurred_at)
        found = db.session.scalars(query, execution_options=ACROSS_TENANTS).all()
        return [(record.category_code, record.author_id) for record in found]


def ledger(app: Flask) -> Counter[tuple[UUID, int]]:
    """Count the operations the server has by device and number."""
    with app.app_context(), transaction(write=False):
        entries = db.session.scalars(select(LedgerEntry), execution_options=ACROSS_TENANTS).all()
        return Counter((entry.device_id, entry.n) for entry in entries)


def test_a_sign_in_that_runs_out_on_a_round_stops_the_sending_and_nothing_else(
    host: Host, installation: Installation, installed: Flask, world: World
) -> None:
    phone, user = host.phone, world.home.users["host"]
    phone.open()
    host.sign_in(user.login)
    host.wait_until_ready_for_offline()
    host.start_round()
    host.feel(AT_THE_BUILDING, accuracy_m=6)
    host.log_observation("TR01")
    host.send_now()
    host.open("round")

    end_every_sign_in(installed)
    host.log_observation("BE04")
    bar = phone.find("sync-bar")
    expect(bar).to_have_attribute("data-state", "signed_out")
    host.log_observation("OR06")
    expect(phone.expect_screen("round").get_by_test_id("record")).to_have_count(3)
    assert received(installed) == [("TR01", user.id)]

    phone.tap(bar.get_by_role("link"))
    phone.expect_screen("sign-in")
    expect(phone.find("sign-in-login")).to_have_value(user.login)
    phone.find("sign-in-password").fill(PASSWORD)
    phone.tap("sign-in-submit")
    phone.expect_screen("round")
    expect(phone.find("recording-state")).to_have_text("Vägen spelas in (±6 m)")
    expect(bar).to_be_hidden()
    host.open("outbox")
    host.expect_all_sent()
    assert received(installed) == [("TR01", user.id), ("BE04", user.id), ("OR06", user.id)]
    assert set(ledger(installed).values()) == {1}


def test_what_an_earlier_user_of_the_phone_left_is_sent_as_theirs(
    host: Host, installation: Installation, installed: Flask, world: World
) -> None:
    phone = host.phone
    first, second = world.home.users["host"], world.foreign.users["host"]
    phone.open()
    host.sign_in(second.login)
    host.wait_until_ready_for_offline()
    host.open("users")
    phone.tap("users-other")
    host.sign_in(first.login)
    host.wait_until_ready_for_offline()

    installation.stop()
    host.start_round()
    host.log_observation("BE04")
    host.end_round()
    host.open("users")
    phone.tap(phone.page.locator("[data-testid=user][aria-pressed=false]"))
    phone.expect_screen("tonight")
    host.open("records")
    expect(phone.find("record")).to_have_count(0)
    host.open("")
    host.start_round()
    host.log_observation("TR01")
    host.end_round()

    installation.start()
    host.send_now()
    expect(phone.page.get_by_text("Andras osända").locator("xpath=following-sibling::dd")).to_have_text("0")
    assert received(installed) == [("BE04", first.id), ("TR01", second.id)]
    assert set(ledger(installed).values()) == {1}
