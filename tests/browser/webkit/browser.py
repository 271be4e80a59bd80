"""A host's phone whose browser is WebKitGTK: the nearest there is to an iPhone's without an iPhone."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.common.exceptions import MoveTargetOutOfBoundsException
from selenium.webdriver import ActionChains, WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.waiting import wait_for
from tools.browser import WebKit

SCRIPT_S_MAX = 150
HOLD_S_MAX = 5
WAIT_S = 20

STAND_STILL = """
const fix = () => ({ coords: { latitude: 57.75, longitude: 11.98, accuracy: 6 }, timestamp: Date.now() });
Object.defineProperty(navigator, "geolocation", {
  configurable: true,
  value: {
    watchPosition: (onFix) => { onFix(fix()); return setInterval(() => onFix(fix()), 1000); },
    clearWatch: (id) => clearInterval(id),
    getCurrentPosition: (onFix) => onFix(fix()),
  },
});
"""
"""The engine has no position without a service of the desktop's: this page stands still at the building."""


@contextmanager
def screen() -> Iterator[str]:
    """Run a screen in memory, and give its name."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1024x1024x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read, encoding="ascii") as said:
            number = said.readline().strip()
        assert number, "the screen did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


class WebKitPhone:
    """One phone. Its store lasts as long as its browser."""

    def __init__(self, program: WebKit, display: str, log: Path) -> None:
        options = WebKitGTKOptions()
        options.binary_location = str(program.browser)
        options.add_argument("--automation")
        service = Service(str(program.driver), log_output=str(log), env={**os.environ, "DISPLAY": display})
        with warnings.catch_warnings():
            # The package's own driver calls what the package calls deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._driver = WebKitGTK(options=options, service=service)
        self._driver.set_script_timeout(SCRIPT_S_MAX)
        self._driver.set_window_size(390, 844)

    def open(self, address: str) -> None:
        """Open the app, which finds the phone standing still."""
        self._driver.get(f"{address}/pwa/")
        self.run(STAND_STILL)

    def reload(self) -> None:
        """Load the page again."""
        self._driver.refresh()

    def quit(self) -> None:
        """End the browser."""
        self._driver.quit()

    def run(self, script: str) -> None:
        """Run statements in the page."""
        self._driver.execute_script(script)

    def ask(self, function: str, *values: Any) -> Any:
        """Call a function in the page, wait for what it promises, and return that."""
        outcome = self._driver.execute_async_script(
            f"const done = arguments[arguments.length - 1]; const values = [...arguments].slice(0, -1);"
            f"Promise.resolve(({function})(...values)).then((is) => done({{ is }}), (no) => done({{ no: String(no) }}));",
            *values,
        )
        assert "no" not in outcome, outcome["no"]
        return outcome.get("is")

    def all(self, selector: str) -> list[WebElement]:
        """Return what a CSS selector finds now."""
        return self._driver.find_elements(By.CSS_SELECTOR, selector)

    def picture(self) -> bytes:
        """Return what is on the screen, as PNG."""
        taken: bytes = self._driver.get_screenshot_as_png()
        return taken

    def find(self, testid: str) -> WebElement:
        """Wait for the element with this name."""
        return self.wait_for(f"[data-testid='{testid}']")

    def wait_for(self, selector: str, *, seconds: float = WAIT_S) -> WebElement:
        """Wait until a CSS selector finds something."""
        return wait_for(selector, lambda: self.all(selector), seconds=seconds)[0]

    def expect_screen(self, name: str) -> WebElement:
        """Wait for a screen."""
        return self.wait_for(f"[data-screen='{name}']")

    def press(self, testid: str) -> None:
        """Press a button."""
        self.find(testid).click()

    def _reach(self, button: WebElement) -> bool:
        """Put the pointer on a button, unless the list above it is still growing and pushes it out of sight."""
        self._driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", button)
        try:
            ActionChains(self._driver).move_to_element(button).perform()
        except MoveTargetOutOfBoundsException:
            return False
        return True

    def hold(self, testid: str) -> None:
        """Press and hold a button until it goes away."""
        wait_for(f"{testid} in sight", lambda: self._reach(self.find(testid)))
        ActionChains(self._driver).click_and_hold().perform()
        wait_for(f"{testid} goes away", lambda: not self.all(f"[data-testid='{testid}']"), seconds=HOLD_S_MAX)
        ActionChains(self._driver).release().perform()
