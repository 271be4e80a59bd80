"""The phone's storage answers after it was given up for silent: what it wrote all the same is counted and sent, once."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.infra.db import as_tenant, db
from fieldapp.sync.models import LedgerEntry
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.make.world import World

# The app gives a transaction up after this long. Here it is given up at once, while it goes on and is committed.
GIVE_UP_EARLY = """
const late = window.setTimeout.bind(window);
window.isImpatient = false;
window.givenUpCount = 0;
window.setTimeout = (work, ms, ...rest) => {
  if (ms !== 20000 || !window.isImpatient) return late(work, ms, ...rest);
  window.givenUpCount += 1;
  return late(work, 0, ...rest);
};
"""
CALM_PLACE = "Källare, Bergsbogatan 14"
TRIES = 4
READ_OPERATIONS = """
async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    if (db.objectStoreNames.contains("ops")) {
      const asked = db.transaction("ops").objectStore("ops").getAll();
      found.push(...(await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); })));
    }
    db.close();
  }
  return found.map((op) => [op.id, op.state]);
}
"""


def operations_on(host: Host) -> dict[str, str]:
    """Read what the phone's database holds, past the app: state by operation."""
    return dict(host.phone.page.evaluate(READ_OPERATIONS))


def test_what_a_write_given_up_for_silent_has_committed_is_counted_at_once_and_sent_once(
    host: Host, world: World, installation: Installation, installed: Flask
) -> None:
    home, phone = world.home, host.phone
    phone.open()
    host.sign_in(home.users["host"].login)
    host.wait_until_ready_for_offline()
    installation.stop()
    phone.context.add_init_script(GIVE_UP_EARLY)
    phone.page.reload()
    host.start_round()
    host.log_calm(CALM_PLACE)
    phone.page.evaluate("window.isImpatient = true")
    phone.tap("log-calm")
    phone.expect_screen("calm")
    phone.tap(phone.find("place-option").filter(has_text=CALM_PLACE).first)
    expect(phone.page.get_by_text("Inte sparat").first).to_be_visible()
    phone.page.evaluate("window.isImpatient = false")
    assert phone.page.evaluate("window.givenUpCount") >= TRIES

    kept = operations_on(host)
    assert len(kept) >= 3, "the start of the round, a check, and the check that was given up for lost"
    host.open("outbox")
    expect(phone.find("outbox-unsent")).to_have_text(str(len(kept)))

    installation.start()
    phone.tap("sync-now")
    host.expect_all_sent()
    sent = operations_on(host)
    assert set(sent) >= set(kept)
    assert set(sent.values()) == {"acked"}
    with installed.app_context(), as_tenant(home.id, write=False):
        arrived = db.session.scalars(select(LedgerEntry.id)).all()
    assert {str(one) for one in arrived} >= set(sent)
