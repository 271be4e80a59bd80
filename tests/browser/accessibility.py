"""Look for barriers on a page: with axe in light and in dark, and for what sticks out at the side of a narrow one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.waiting import come_to_rest

_SCRIPT = Axe().axe_script
EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}


def barriers(page: Page, name: str) -> list[str]:
    """Return what stands in the way on a page, in a line each: everything in light, colours once more in dark."""
    found = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    for scheme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        come_to_rest(page)
        result: Mapping[str, Sequence[Mapping[str, Any]]] = page.evaluate("options => axe.run(options)", options)
        found += [f"{name} ({scheme}): {_line(violation)}" for violation in result["violations"]]
    return found


def stick_out(page: Page, name: str) -> list[str]:
    """Return that a page has to be scrolled sideways, if it has."""
    beyond_px: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{name}: {beyond_px} px stick out"] if beyond_px > 0 else []


def _line(violation: Mapping[str, Any]) -> str:
    nodes = [
        f"{' '.join(map(str, node['target']))} {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()}"
        for node in violation["nodes"][:3]
    ]
    return f"{violation['id']} at {' | '.join(nodes)}"
