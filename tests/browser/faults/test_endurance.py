"""Three days without a network, then a poor line with cuts: everything arrives once, and the page stays small."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.fault_proxy import poor
from tests.browser.faults.conftest import Left
from tests.browser.faults.line import Line, LineMaker
from tests.browser.faults.long_form import IS_ENDURANCE_LONG
from tests.browser.faults.quick_hand import QUICK_HAND
from tests.browser.faults.told import Told, expect_once, expect_photos_whole

DAYS = 3
RECORDS, BITS_PER_S, CUT_EVERY_S, PATIENCE_S = (
    (500, 1_000_000.0, 30.0, 7200) if IS_ENDURANCE_LONG else (12, 8_000_000.0, 2.0, 180)
)
PHOTOS_EACH = 2
PHOTO_PX = (1280, 960)
ABOVE_IDLE_BYTES_MAX = 60 * 1024 * 1024
SETTLE_S = 3
SEED = 7

# Takes photos that differ from one another, and logs each record as a quick hand does.
LOG_WITH_PHOTOS = f"""
async ([first, count, [width, height]]) => {{
  const hand = {QUICK_HAND};
  const draw = async (number) => {{
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 400; i++) {{
      context.fillStyle = `hsl(${{(number * 37 + i * 11) % 360}} 60% ${{20 + (i * number) % 60}}%)`;
      context.fillRect((i * 97 + number * 13) % width, (i * 61 + number * 7) % height, 180, 140);
    }}
    const bytes = new Uint8Array(await (await canvas.convertToBlob({{ type: "image/jpeg", quality: 0.9 }})).arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return {{ bytes: btoa(text), name: `photo-${{number}}.jpg` }};
  }};
  for (let record = first; record < first + count; record++) {{
    const more = [await draw(2 * record + 1)];
    await hand([{{ category: "SK01", photo: await draw(2 * record), more }}]);
  }}
}}
"""


def test_what_three_days_without_a_network_gathered_arrives_over_a_poor_line_in_a_small_page(
    take_up: LineMaker, signed_in: Left
) -> None:
    line = take_up(signed_in)
    idle = settled(line)
    line.phone.close()
    for evening in evenings():
        log_an_evening(line, evening)
    line.phone.open()
    line.host.open("outbox")
    gathered = line.told()
    assert (len(gathered.records), len(gathered.photos)) == (RECORDS, PHOTOS_EACH * RECORDS)
    assert gathered.unsent == frozenset(gathered.numbers)

    line.proxy.follow(poor(SEED, BITS_PER_S, CUT_EVERY_S))
    began = time.monotonic()
    line.phone.tap("sync-now")
    largest = max(memory_until_sent(line))
    print(  # noqa: T201 - the figures of the long form
        f"{RECORDS} records, {PHOTOS_EACH * RECORDS} photos in {time.monotonic() - began:.0f} s at {BITS_PER_S:.0f} bit/s;"
        f" page {(largest - idle) / 2**20:+.0f} MiB above idle ({idle / 2**20:.0f} MiB)"
    )
    expect_everything(line, gathered)
    assert largest - idle <= ABOVE_IDLE_BYTES_MAX


def evenings() -> Iterator[tuple[datetime, int, int]]:
    """Give each evening's time, and the first and the number of its records; the last one is today's."""
    share = RECORDS // DAYS
    for day in range(DAYS):
        count = share if day < DAYS - 1 else RECORDS - share * (DAYS - 1)
        yield datetime.now(UTC) - timedelta(days=DAYS - day), day * share, count


def log_an_evening(line: Line, evening: tuple[datetime, int, int]) -> None:
    """Open the phone at a time, walk a round with its records and put the phone away."""
    at, first, count = evening
    page: Page = line.phone.open(at=at)
    line.host.start_round()
    page.evaluate(LOG_WITH_PHOTOS, [first, count, list(PHOTO_PX)])
    line.host.end_round()
    line.phone.close()


def settled(line: Line) -> int:
    """Return what the page holds when it has nothing to do."""
    line.host.open("outbox")
    time.sleep(SETTLE_S)
    return line.phone.memory_bytes()


def memory_until_sent(line: Line) -> Iterator[int]:
    """Give what the page holds, time and again, until everything is sent."""
    end = time.monotonic() + PATIENCE_S
    left = [line.phone.find("outbox-unsent"), line.phone.find("outbox-photos")]
    yield line.phone.memory_bytes()
    while [one.text_content() for one in left] != ["0", "0"]:
        assert time.monotonic() < end, f"still on the phone: {[one.text_content() for one in left]}"
        line.phone.page.wait_for_timeout(500)
        yield line.phone.memory_bytes()


def expect_everything(line: Line, gathered: Told) -> None:
    """See that the server has every operation once and every photo whole, and that the phone knows."""
    expect(line.phone.find("sync-state")).to_contain_text("Allt är skickat")
    told = line.told()
    assert told.numbers == gathered.numbers
    expect_once(line.app, line.tenant, told)
    expect_photos_whole(line.app, line.tenant, told, [PHOTO_PX] * (PHOTOS_EACH * RECORDS))
