"""A host's phone: a real browser in a process of its own, with a profile that outlives it, a camera and a position."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, Error, Locator, Page, Playwright, expect

from tests.browser.waiting import wait_for
from tests.browser.walks import Fix
from tools.browser import LAUNCH_ARGUMENTS

WIDTH_PX, HEIGHT_PX = 390, 844
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
HOLD_MS_MAX = 5_000
WAIT_MS = 15_000


class Handset:
    """One phone. `open` starts its browser on the app; `close` quits it; `kill` ends its processes outright."""

    def __init__(self, playwright: Playwright, program: Path, profile: Path, address: str) -> None:
        self._playwright, self._program, self._profile, self._address = playwright, program, profile, address
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self.camera_file: Path | None = None
        """What the camera sees, again and again (Y4M); a moving test picture unless it is set before `open`."""
        self.tap_count = 0
        self.faults: list[str] = []

    @property
    def page(self) -> Page:
        """Return the page of the app."""
        assert self._page is not None, "the phone's browser is not open"
        return self._page

    @property
    def context(self) -> BrowserContext:
        """Return the browser's context."""
        assert self._context is not None, "the phone's browser is not open"
        return self._context

    def open(self, at: datetime | None = None) -> Page:
        """Start the browser on the app. With `at`, its clock begins there and can be moved on; else it is the machine's."""
        assert self._context is None, "the phone's browser is open"
        self._context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=self._program,
            args=[*LAUNCH_ARGUMENTS, *CAMERA, *self._camera_arguments()],
            viewport={"width": WIDTH_PX, "height": HEIGHT_PX},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            permissions=["geolocation", "camera"],
        )
        self._context.set_default_timeout(WAIT_MS)
        if at is not None:
            self._context.clock.install(time=at)
        for page in self._context.pages[1:]:
            page.close()
        return self.open_page(self._context.pages[0])

    def _camera_arguments(self) -> list[str]:
        return [] if self.camera_file is None else [f"--use-file-for-fake-video-capture={self.camera_file}"]

    def open_page(self, page: Page | None = None) -> Page:
        """Open the app in a page, a new one unless one is given."""
        self._page = page or self.context.new_page()
        self._page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._page.goto(f"{self._address}/pwa/")
        return self._page

    def close(self) -> None:
        """Quit the browser as a user does."""
        if self._context is not None:
            self._context.close()
        self._context = self._page = None

    def kill(self) -> None:
        """End every process of the browser at once: nothing is told, nothing is written any more."""
        context = self.context
        leader = os.getpgid(self._process_ids("browser")[0])
        assert leader != os.getpgid(0), "the browser must not share this process' group"
        os.killpg(leader, signal.SIGKILL)
        wait_for("the browser is dead", lambda: not _lives(leader))
        with suppress(Error):
            context.close()
        self._context = self._page = None

    def crash_page(self) -> None:
        """Let the process that runs the page die, as on a phone that needs the memory. The page is told nothing."""
        with self.page.expect_event("crash"), suppress(Error):
            self.page.goto("chrome://crash")
        self._page = None

    def memory_bytes(self) -> int:
        """Return what the page holds: its script's heap, its elements, and the bytes of its buffers."""
        session = self.context.new_cdp_session(self.page)
        used = session.send("Runtime.getHeapUsage")
        session.detach()
        return int(used["usedSize"] + used["embedderHeapUsedSize"] + used["backingStorageSize"])

    def _process_ids(self, kind: str) -> list[int]:
        with self._browser_session() as session:
            found = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return [int(process["id"]) for process in found if process["type"] == kind]

    @contextmanager
    def _browser_session(self) -> Iterator[CDPSession]:
        browser = self.context.browser
        assert browser is not None
        session = browser.new_browser_cdp_session()
        try:
            yield session
        finally:
            session.detach()

    def find(self, testid: str) -> Locator:
        """Return the element with this name."""
        return self.page.get_by_test_id(testid)

    def tap(self, target: str | Locator) -> None:
        """Tap something once with a finger, and count it."""
        (self.find(target) if isinstance(target, str) else target).tap()
        self.tap_count += 1

    def hold(self, testid: str) -> None:
        """Press and hold a button until it goes away; that counts as one tap."""
        button = self.find(testid)
        button.scroll_into_view_if_needed()
        button.hover()
        self.page.mouse.down()
        expect(button).to_have_count(0, timeout=HOLD_MS_MAX)
        self.page.mouse.up()
        self.tap_count += 1

    def expect_screen(self, name: str) -> Locator:
        """Wait for a screen."""
        screen = self.page.locator(f"[data-screen={name}]")
        expect(screen).to_be_visible()
        return screen

    def stand_at(self, fix: Fix, *, accuracy_m: float = 8.0) -> None:
        """Give the phone a position."""
        self.context.set_geolocation({"latitude": fix.lat, "longitude": fix.lon, "accuracy": accuracy_m})


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return not _is_zombie(group)


def _is_zombie(process: int) -> bool:
    """Tell whether only the entry of a process is left that its parent has not read yet; false where that cannot be seen."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "Z"
