"""The store is deleted under the app: the host is told that the phone's records were lost, and the office at the next sign-in."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.access.models import Device
from fieldapp.infra.db import as_tenant, db
from tests.browser.fault_proxy import Clear, Refuse
from tests.browser.faults.conftest import Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.told import expect_once, on_the_server

DELETE_ALL = """
async () => {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = resolve;
      asked.onerror = () => reject(asked.error);
    });
  }
}
"""
CANNOT_SAVE = "Telefonen kan inte spara just nu. Ladda om appen innan ni går vidare."
NOT_SAVED = "Inte sparat. Telefonen kan inte spara just nu. Försök igen."
ERASED = "Telefonen har tömt det som låg sparat för Host. Det som var skickat finns kvar. Säg till gruppledaren."


def test_a_store_deleted_under_the_app_is_told_to_host_and_office_and_what_was_sent_stays(
    take_up: LineMaker, signed_in: Left
) -> None:
    line = take_up(signed_in)
    host, phone = line.host, line.phone
    line.proxy.be(Clear())
    host.start_round()
    host.log_observation("BE04")
    sent = line.expect_all_sent()
    line.proxy.be(Refuse())
    host.open("round")
    host.log_observation("TR01")
    phone.page.evaluate(DELETE_ALL)

    phone.tap("log-observation")
    host.choose_category("TR01")
    expect(phone.find("saved-status")).to_have_text(NOT_SAVED)
    expect(phone.find("storage-broken")).to_contain_text(CANNOT_SAVE)
    phone.page.reload()
    expect(phone.find("vanished")).to_contain_text(ERASED)
    phone.expect_screen("sign-in")
    expect_once(line.app, line.tenant, sent)
    phone.tap(phone.find("vanished").get_by_role("button", name="Jag har läst det"))
    expect(phone.find("vanished")).to_have_count(0)

    assert are_stores_lost(line) == [False]
    line.proxy.be(Clear())
    host.sign_in(line.world.home.users["host"].login)
    assert are_stores_lost(line) == [True, False]
    phone.tap(phone.page.get_by_role("button", name="Fortsätt här"))
    phone.expect_screen("round")
    host.log_observation("OR06")
    host.end_round()
    again = line.expect_all_sent()
    assert sent.records.isdisjoint(again.records)
    assert on_the_server(line.app, line.tenant) == frozenset(sent.numbers) | frozenset(again.numbers)


def are_stores_lost(line: Line) -> list[bool]:
    """Tell of each store that the office knows, the oldest first, whether it knows that it was lost."""
    with line.app.app_context(), as_tenant(line.tenant, write=False):
        devices = db.session.scalars(select(Device).order_by(Device.created_at)).all()
        return [device.store_lost_at is not None for device in devices]
