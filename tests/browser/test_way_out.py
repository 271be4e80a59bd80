"""A phone that cannot send: what it holds goes to the desk in a file, and comes once although the phone sends it later too."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import func, select

from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.models import Observation, ObservationPhoto
from fieldapp.sync.models import LedgerEntry
from tests.browser.desk_browser import DeskBrowser
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.photos import photo_with_position
from tests.conftest import SHARED
from tests.make.world import World


def test_what_a_phone_saved_to_a_file_is_taken_in_at_the_desk_and_comes_once(
    host: Host, desk: DeskBrowser, world: World, installation: Installation, installed: Flask, tmp_path: Path
) -> None:
    home, phone = world.home, host.phone
    phone.open()
    host.sign_in(home.users[Role.HOST].login)
    host.wait_until_ready_for_offline()
    installation.stop()
    host.start_round()
    host.log_damage("SK01", photo_with_position(SHARED if SHARED.is_dir() else None, tmp_path))
    host.log_observation("BE04")
    host.open("outbox")
    unsent = int(phone.find("outbox-unsent").inner_text())
    with phone.page.expect_download() as saved:
        phone.tap("save-unsent")
    file = tmp_path / "osant.rond"
    saved.value.save_as(file)
    with phone.page.expect_download() as log:
        phone.tap("save-log")
    assert f"unsent={unsent} photos=1 offline" in log.value.path().read_text(encoding="utf-8")
    phone.close()

    installation.start()
    desk.sign_in(home.users[Role.SUPERVISOR].login)
    desk.go("/desk/devices/import")
    desk.page.get_by_label("Fil").set_input_files(file)
    desk.page.get_by_role("button", name="Läs in").click()
    expect(desk.page.get_by_test_id("taken-in")).to_contain_text("Filen är inläst")
    assert counts(installed, world) == (unsent, 2, 1)

    phone.open()
    host.open("outbox")
    host.send_now()
    assert counts(installed, world) == (unsent, 2, 1)


def counts(app: Flask, world: World) -> tuple[int, int, int]:
    """Return how many operations, records and photos the server has."""
    with app.app_context(), as_tenant(world.home.id, write=False):
        tables = (LedgerEntry, Observation, ObservationPhoto)
        found = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
    return found[0], found[1], found[2]
