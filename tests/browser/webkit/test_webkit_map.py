"""The map of a real district in WebKitGTK: its pack is kept, read and drawn by the second engine too."""

from __future__ import annotations

import pytest

from tests.browser.installation import Installation
from tests.browser.test_offline_map import (
    PALETTE,
    PARTS,
    PIXELS_MIN,
    colours_in,
    malmo,  # noqa: F401 - a fixture
    rgb,
)
from tests.browser.waiting import wait_for
from tests.browser.webkit.browser import STAND_STILL, WebKitPhone
from tests.make.world import PASSWORD, World

DRAWN_S = 60
DRAWN = ("house", "left", "me")


def is_drawn(picture: bytes) -> bool:
    """Tell whether a picture of the map in light has what a host looks for."""
    seen = colours_in(picture)
    return all(seen.get(rgb(PALETTE["light"][name]), 0) >= PIXELS_MIN for name in DRAWN)


@pytest.mark.usefixtures("malmo")
def test_the_map_opens_in_webkit_after_the_server_has_gone(
    webkit_phone: WebKitPhone, installation: Installation, world: World
) -> None:
    phone = webkit_phone
    phone.open(installation.address)
    phone.find("sign-in-login").send_keys(world.home.users["host"].login)
    phone.find("sign-in-password").send_keys(PASSWORD)
    phone.press("sign-in-submit")
    phone.expect_screen("tonight")
    phone.find("offline-ready")

    def has(part: str) -> bool:
        return any(part in path for path in phone.ask(PARTS))

    wait_for("the pack is on the phone", lambda: has("/rond-pack/zones/"), seconds=30)
    wait_for("the map's files are on the phone", lambda: has("maplibre-gl-worker"), seconds=30)
    installation.stop()
    phone.run(STAND_STILL.replace("57.75", "55.6022").replace("11.98", "13.0285"))
    phone.press("round-start")
    phone.expect_screen("round")
    phone.press("map-open")
    phone.expect_screen("map")
    phone.wait_for("[data-testid='map'][data-ready='true']", seconds=DRAWN_S)
    wait_for("houses, paths that are left and the host are drawn", lambda: is_drawn(phone.picture()), seconds=DRAWN_S)
