"""The shipped phone in a real browser over the bad link, a row beside the one in Node: `python -m bench.browser --out FILE`.

A host logs the records of a round without a network; then the link is there and the phone is asked to send. Photos are what
the app makes of a camera's, so the floor of the link is reckoned with their bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench import folders
from bench.accounts import PASSWORD, host_login
from bench.adapter import Rond
from bench.goals import BAD, LINK_BYTES_PER_S, RECORD_BYTES, BrowserRun
from tests.browser.faults.quick_hand import QUICK_HAND, READ_PHONE
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import free_port
from tools.browser import chromium_path

CLEAR: tuple[str, ...] = ()
POOR = ("--delay-ms", "75", "--up-kbit", "1000", "--cut-mean-s", "30", "--seed", "1")
"""What the harness calls `bad`."""
PHOTO_PX = (1200, 900)
LOOK_MS = 50

# Draws photos of about the workload's size, none like another, and logs each record as a quick hand does.
LOG = f"""
async ([records, photos, [width, height]]) => {{
  const hand = {QUICK_HAND};
  const draw = async (number) => {{
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    for (let i = 0; i < 1500; i++) {{
      context.fillStyle = `hsl(${{(number * 37 + i * 11) % 360}} 60% ${{20 + (i * 7 + number) % 60}}%)`;
      context.fillRect((i * 97 + number * 13) % width, (i * 61 + number * 7) % height, 60, 45);
    }}
    const bytes = new Uint8Array(await (await canvas.convertToBlob({{ type: "image/jpeg", quality: 0.9 }})).arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return {{ bytes: btoa(text), name: `photo-${{number}}.jpg` }};
  }};
  for (let number = 0; number < records; number++) {{
    const has = number % Math.round(records / photos) === 0;
    await hand([has ? {{ category: "SK01", photo: await draw(number) }} : {{ category: "BE04", photo: null }}]);
  }}
}}
"""


@contextmanager
def link(listen: int, to: int, manner: Sequence[str]) -> Iterator[None]:
    """Let the harness's link stand between a port and the server's."""
    command = [sys.executable, "-m", "fieldbench.netproxy", "--listen", str(listen), "--to", str(to), *manner]
    standing = subprocess.Popen(command, env=folders.environment(), stdout=subprocess.PIPE)
    try:
        assert standing.stdout is not None  # noqa: S101 - it is a pipe
        standing.stdout.readline()
        yield
    finally:
        standing.terminate()
        standing.wait(20)


def measure(phone: Handset, port: int, server_port: int) -> BrowserRun:
    """Sign in, log without a network, send over the bad link."""
    host = Host(phone)
    with link(port, server_port, CLEAR):
        phone.open()
        host.sign_in(host_login(0), PASSWORD)
        phone.find("offline-ready").wait_for()
        phone.find("never-seen").wait_for()
    host.start_round()
    phone.page.evaluate(LOG, [BAD.records, BAD.photos, list(PHOTO_PX)])
    host.end_round()
    host.open("outbox")
    sizes = {blob["sha256"]: blob["size"] for op in phone.page.evaluate(READ_PHONE)["ops"] for blob in op["blobs"]}
    if len(sizes) != BAD.photos:
        raise RuntimeError(f"{len(sizes)} photos were logged")
    photo_bytes = sum(sizes.values())
    with link(port, server_port, POOR):
        begun = time.perf_counter()
        phone.tap("sync-now")
        records_acked_s = _until(phone, "outbox-unsent", begun)
        wall_s = max(records_acked_s, _until(phone, "outbox-photos", begun))
    floor_s = (BAD.records * RECORD_BYTES + photo_bytes) / LINK_BYTES_PER_S
    return BrowserRun(round(wall_s, 3), round(records_acked_s, 3), round(floor_s, 3), photo_bytes)


def _until(phone: Handset, count: str, begun: float) -> float:
    """Wait until the phone shows that none of these are left; return the seconds since `begun`."""
    left = phone.find(count)
    while left.text_content() != "0":
        if time.perf_counter() - begun > BAD.deadline_s:
            raise RuntimeError(f"not sent in {BAD.deadline_s} s: {left.text_content()} left of {count}")
        phone.page.wait_for_timeout(LOOK_MS)
    return time.perf_counter() - begun


def main(words: Sequence[str]) -> int:
    """Measure once and write the figures down."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.browser", description="Send from a browser over the bad link."
    )
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="rond-bench-") as place, sync_playwright() as driver:
        server = Rond(Path(place))
        port = free_port()
        phone = Handset(driver, chromium_path(), Path(place) / "profile", f"http://127.0.0.1:{port}")
        try:
            server.start()
            run = measure(phone, port, server.port)
        finally:
            phone.close()
            server.stop()
    asked.out.write_text(json.dumps(asdict(run)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
