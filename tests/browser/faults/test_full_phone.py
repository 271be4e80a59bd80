"""The phone's storage is full: photos are refused before records, the host is told, and what was saved arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.faults.conftest import Left, log_by_taps
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.quick_hand import ToLog

# Chromium says that there is room for 10 GiB more, whatever there is. Other engines tell what there is.
SAYS_100_MIB_ARE_FREE = """
navigator.storage.estimate = async () => ({ usage: 900 * 2 ** 20, quota: 1000 * 2 ** 20 });
"""
ROOM_FOR_RECORDS_BYTES = 64 * 1024
FORGETS_ITS_ROOM_MS = 3_000
"""Chromium remembers how much room a database has until some time after it was closed."""
FULL = "Inga fler foton just nu"
FULL_TEXT = "Telefonen har ont om plats. Poster utan foto sparas som vanligt."
PHOTO_NOT_KEPT = "Fotot gick inte att spara. Posten sparas utan det."


def test_a_phone_that_tells_of_little_room_takes_records_and_no_photos(
    take_up: LineMaker, signed_in: Left, records: list[ToLog]
) -> None:
    line = take_up(signed_in)
    host, phone = line.host, line.phone
    phone.context.add_init_script(SAYS_100_MIB_ARE_FREE)
    phone.page.reload()
    host.start_round()
    log_where_no_photo_is_taken(line)
    host.log_observation("BE04")
    told = line.expect_arrives(records)
    assert (len(told.records), len(told.photos)) == (2, 0)


def log_where_no_photo_is_taken(line: Line) -> None:
    """Log a damage on a phone that refuses photos, and read that it does."""
    line.phone.tap("log-damage")
    expect(line.phone.page.get_by_text(FULL)).to_be_visible()
    expect(line.phone.page.get_by_text(FULL_TEXT)).to_be_visible()
    expect(line.phone.find("photo-gallery")).to_have_count(0)
    line.phone.tap("skip-photo")
    line.host.choose_category("SK01")
    line.host.expect_saved()
    line.phone.tap("refine-done")
    line.phone.expect_screen("round")


@contextmanager
def room(line: Line, free_bytes: int) -> Iterator[None]:
    """Leave the app this much room beyond what it uses."""
    page, origin = line.phone.page, {"origin": line.proxy.address}
    session = line.phone.context.new_cdp_session(page)
    page.goto("about:blank")
    used = session.send("Storage.getUsageAndQuota", origin)["usage"]
    session.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": used + free_bytes})
    page.wait_for_timeout(FORGETS_ITS_ROOM_MS)
    page.goto(f"{line.proxy.address}/pwa/")
    yield
    session.send("Storage.overrideQuotaForOrigin", origin)


def test_a_photo_that_finds_no_room_costs_no_record_and_later_ones_are_refused(
    take_up: LineMaker, signed_in: Left, records: list[ToLog], tmp_path: Path
) -> None:
    line = take_up(signed_in)
    host, phone = line.host, line.phone
    host.start_round()
    log_by_taps(host, records[1], tmp_path / "kept.jpg")
    large = tmp_path / "large.jpg"
    large.write_bytes(records[11].photo or b"")
    with room(line, ROOM_FOR_RECORDS_BYTES):
        phone.tap("log-damage")
        phone.find("photo-gallery").set_input_files(large)
        host.choose_category("SK02")
        host.expect_saved()
        phone.tap("refine-done")
        expect(phone.page.get_by_text(PHOTO_NOT_KEPT)).to_be_visible()
        phone.tap("photo-lost-ok")
        log_where_no_photo_is_taken(line)
        host.log_observation("BE04")
        told = line.expect_arrives(records)
    assert (len(told.records), len(told.photos)) == (4, 1)
