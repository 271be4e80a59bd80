"""Look for barriers on a page: with axe in light and in dark, and for what sticks out at the side of a narrow one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.waiting import come_to_rest

_SCRIPT = Axe().axe_script
TARGET_PX_MIN = 48
_CRAMPED = """(target_px) => {
    const seen = (element) => element.offsetParent !== null && element.closest(".sr-only") === null;
    const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
    const words = (element) => (element.getAttribute("aria-label") ?? element.textContent).slice(0, 40);
    const cut = all("button, a, .chip, .choice-face, .tile, h1, .row-title, .soft")
        .filter((each) => getComputedStyle(each).display !== "inline" && each.scrollWidth > each.clientWidth + 1)
        .map((each) => `"${words(each)}" is cut off`);
    const small = all("button, a[href], label.choice-option, .file-button, .input")
        .map((each) => [each, each.getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < target_px)
        .map(([each, box]) => `"${words(each)}" is ${Math.round(box.width)} × ${Math.round(box.height)} px`);
    const head = [...document.querySelectorAll(".screen-head > *")].map((each) => each.getBoundingClientRect());
    const isOver = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const over = head.some((a, i) => head.some((b, j) => i < j && isOver(a, b))) ? ["the header overlaps"] : [];
    return [...cut, ...small, ...over];
}"""
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


def cramped(page: Page, name: str) -> list[str]:
    """Return what is cut off or too small for a thumb on a small phone, and on a common one with its text made twice as large."""
    found = []
    for (width_px, height_px), text_px in (((320, 640), ""), ((360, 740), ""), ((390, 844), "34px")):
        page.set_viewport_size({"width": width_px, "height": height_px})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text_px)
        come_to_rest(page)
        where = f"{name}, {width_px} px" + (" with large text" if text_px else "")
        found += [*stick_out(page, where), *(f"{where}: {fault}" for fault in page.evaluate(_CRAMPED, TARGET_PX_MIN))]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def _line(violation: Mapping[str, Any]) -> str:
    nodes = [
        f"{' '.join(map(str, node['target']))} {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()}"
        for node in violation["nodes"][:3]
    ]
    return f"{violation['id']} at {' | '.join(nodes)}"
