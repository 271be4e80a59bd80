"""How the results on coverage are written down and shown: one row a goal, what could not be measured with why."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
SHARED = ROOT.parent / "shared"
Row = dict[str, object]


def row(  # noqa: PLR0913 - as many as a row has columns
    name: str,
    value: float | None,
    unit: str,
    anchor: str,
    anchor_value: float | None,
    *,
    limit: float | None = None,
    holds: bool | None = None,
    rounds: int = 0,
    ratio: float | None = None,
    why: str | None = None,
    **more: object,
) -> Row:
    """Return a row of the results; `more` says what else was found."""
    if ratio is None and value is not None and anchor_value:
        ratio = value / anchor_value
    found: Row = {
        "name": name,
        "value": _short(value),
        "unit": unit,
        "anchor": anchor,
        "anchor_value": _short(anchor_value),
        "ratio": _short(ratio),
        "limit": limit,
        "holds": holds,
        "rounds": rounds,
        **more,
    }
    return found if why is None else {**found, "why": why}


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a person reads them."""
    lines = [f"{'goal':34} {'value':>9} {'anchor':>9} {'ratio':>7} {'limit':>6}  "]
    for one in rows:
        figures = [
            "–" if one[key] is None else f"{one[key]:.4g}" for key in ("value", "anchor_value", "ratio", "limit")
        ]
        verdict = {True: "holds", False: "MISSED", None: ""}[one["holds"]]  # type: ignore[index]
        said = f"({one['why']})" if "why" in one else f"{one['unit']}; {one['anchor']}"
        lines.append("{:34} {:>9} {:>9} {:>7} {:>6}  {:6} ".format(one["name"], *figures, verdict) + said)
    return "\n".join(lines)


def write(name: str, rows: Sequence[Row], more: Mapping[str, object] | None = None) -> None:
    """Write `bench/results/<name>.json`."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, **(more or {}), "rows": rows}
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
