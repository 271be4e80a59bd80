"""Look for barriers on a page with axe, in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SCRIPT = Axe().axe_script
_AT_REST = """async () => {
    // A page is told of new colours when its next frame is made, and has them in the one after.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const brief = document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime));
    await Promise.all(brief.map((each) => each.finished.catch(() => undefined)));
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
        page.evaluate(_AT_REST)
        result: Mapping[str, Sequence[Mapping[str, Any]]] = page.evaluate("options => axe.run(options)", options)
        found += [f"{name} ({scheme}): {_line(violation)}" for violation in result["violations"]]
    return found


def _line(violation: Mapping[str, Any]) -> str:
    nodes = [
        f"{' '.join(map(str, node['target']))} {node['html'][:120]} {node['failureSummary'].splitlines()[-1].strip()}"
        for node in violation["nodes"][:3]
    ]
    return f"{violation['id']} at {' | '.join(nodes)}"
