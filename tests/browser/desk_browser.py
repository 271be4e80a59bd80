"""A browser at a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, Response, expect

from tests.make.world import PASSWORD

WAIT_MS = 15_000
WIDE_PX, NARROW_PX = (1280, 900), (390, 844)
Scheme = Literal["light", "dark"]


class DeskBrowser:
    """A browser window at a desk, in a context of its own. Pages that failed are in `faults`."""

    def __init__(self, browser: Browser, address: str, downloads: Path, *, scheme: Scheme = "light") -> None:
        self.address, self.downloads = address, downloads
        self._context = browser.new_context(
            viewport={"width": WIDE_PX[0], "height": WIDE_PX[1]},
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            color_scheme=scheme,
        )
        self._context.set_default_timeout(WAIT_MS)
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    @property
    def path(self) -> str:
        """Return the path of the page that is open."""
        return self.page.url.removeprefix(self.address)

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in, and wait for the first page."""
        self.go("/desk/sign-in")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main form button").click()
        expect(self.page).not_to_have_url(f"{self.address}/desk/sign-in")

    def speak(self, language: str) -> None:
        """Turn the pages to a language, with the button that the open page has for it unless it speaks it already."""
        button = self.page.locator(f"button[name=language][value={language}]")
        if button.count():
            self.page.set_viewport_size({"width": WIDE_PX[0], "height": WIDE_PX[1]})
            button.click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def go(self, path: str) -> Response:
        """Open a page of the desk."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer

    def download(self, link: str) -> Path:
        """Follow a link that gives a file, and return the file."""
        with self.page.expect_download() as begun:
            self.page.get_by_role("link", name=link).click()
        path = self.downloads / begun.value.suggested_filename
        begun.value.save_as(path)
        return path

    def body(self, path: str) -> bytes:
        """Fetch what the desk serves at a path, as the page itself would."""
        answer = self._context.request.get(f"{self.address}{path}")
        assert answer.ok, f"{path}: {answer.status}"
        return answer.body()
