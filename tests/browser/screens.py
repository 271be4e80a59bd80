"""Take a picture of every screen and page: `python -m tests.browser.screens OUT_DIR [phone | desk]`.

Everything is taken narrow and wide, in light and in dark, in both languages.

The demonstration is loaded into a folder of its own, served, walked through and left. The pictures are to be looked at.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, Playwright, expect, sync_playwright
from sqlalchemy import select

from fieldapp.demonstration import loader
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.infra.pictures import draw_placeholder_photo
from fieldapp.places.models import Place
from tests.browser.desk_browser import NARROW_PX, WIDE_PX, DeskBrowser, Scheme
from tests.browser.desk_pages import desk_pages
from tests.browser.handset import Handset
from tests.browser.host import Host, Language
from tests.browser.installation import Installation
from tests.browser.phone_tour import tour
from tests.browser.waiting import come_to_rest
from tests.browser.walks import Fix
from tools.browser import LAUNCH_ARGUMENTS, chromium_path

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LANGUAGES: tuple[Language, ...] = ("sv", "en")
HOSTS: dict[Language, str] = {"sv": "vard1@demo", "en": "vard2@demo"}
PARTS = ("phone", "desk")


def take_phone_pictures(
    playwright: Playwright, installation: Installation, folder: Path, here: Fix, language: Language
) -> None:
    """Picture every screen of the phone app in one language, as on a phone and on a wide screen, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = installation.data_dir / "photo.jpg"
    photo.write_bytes(draw_placeholder_photo("graffiti", seed=11))
    phone = Handset(playwright, chromium_path(), installation.data_dir / f"profile-{language}", installation.address)
    number = 0

    def show(name: str) -> None:
        nonlocal number
        number += 1
        for width_px, height_px in (WIDE_PX, NARROW_PX):
            phone.page.set_viewport_size({"width": width_px, "height": height_px})
            for scheme in SCHEMES:
                phone.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                come_to_rest(phone.page)
                phone.page.screenshot(path=folder / f"{number:02d}-{name}-{width_px}-{scheme}.png", scale="css")

    tour(Host(phone, language), HOSTS[language], here, photo, show, password=loader.PASSWORD)
    phone.close()


def take_desk_pictures(
    playwright: Playwright, installation: Installation, folder: Path, tenant_id: UUID, language: Language
) -> None:
    """Picture every page of the desk in one language, wide and narrow, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(LAUNCH_ARGUMENTS))
    desk = DeskBrowser(browser, installation.address, folder)
    signed_in: str | None = None
    desk.go("/desk/sign-in")
    desk.speak(language)
    for page in desk_pages(installation.app(), tenant_id):
        if page.login != signed_in:
            desk.sign_in(page.login or "", loader.PASSWORD)
            signed_in = page.login
        desk.go(page.path)
        desk.speak(language)
        for width_px, height_px in (WIDE_PX, NARROW_PX):
            desk.page.set_viewport_size({"width": width_px, "height": height_px})
            for scheme in SCHEMES:
                desk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                desk.go(page.path)
                settle(desk.page)
                desk.page.screenshot(path=folder / f"{page.name}-{width_px}-{scheme}.png", full_page=True, scale="css")
    browser.close()


def settle(page: Page) -> None:
    """Wait until pictures, also those further down, and maps are drawn."""
    page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    for drawing in page.locator("[data-map]").all():
        expect(drawing).to_have_attribute("data-ready", "")
    come_to_rest(page)


def main(folder: Path, parts: Sequence[str] = PARTS) -> None:
    """Take the pictures of the phone, of the desk, or of both."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        installation = Installation(Path(scratch))
        installation.run("upgrade")
        installation.run("demo", "load")
        app = installation.app()
        with app.app_context():
            with transaction(write=False):
                organisation = loader.demonstration()
                assert organisation is not None
            with as_tenant(organisation.id, write=False):
                building = db.session.scalars(
                    select(Place).where(Place.kind == "Building", Place.lat.is_not(None))
                ).first()
                assert building is not None
        installation.start()
        try:
            here = Fix(building.lat or 0.0, building.lon or 0.0, building.created_at)
            if "phone" in parts:
                for language in LANGUAGES:
                    take_phone_pictures(playwright, installation, folder / "phone" / language, here, language)
            if "desk" in parts:
                for language in LANGUAGES:
                    take_desk_pictures(playwright, installation, folder / "desk" / language, organisation.id, language)
        finally:
            installation.kill()


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not set(sys.argv[2:]) <= set(PARTS):
        raise SystemExit("usage: python -m tests.browser.screens OUT_DIR [phone | desk]")
    main(Path(sys.argv[1]), sys.argv[2:] or PARTS)
