"""Measure sending and fetching beside peers: `python -m bench.sync [--rounds 5] [--link-rounds 5] [--only W1 …]`.

Writes `bench/results/sync.json` (a run of everything; one with `--only` writes only where `--out` says) and prints the table.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import folders
from bench.goals import BAD, BYTES, FEW, FLAKY, LOADS, RECORDS, W1, W20, BrowserRun, Goal, judge_all
from bench.runs import NAIVE, POUCH, ROND, TUS, Measured, in_turn, one_by_one, reason

BROWSER = "browser"
BROWSER_S_MAX = 600
QUIET_CORES = 0.3
"""What other programs may use of the machine; with more, times are worth little."""


def measure(wanted: Sequence[str], rounds: int, link_rounds: int) -> dict[str, Measured]:
    """Run every load that is wanted."""
    everybody = (ROND, NAIVE, POUCH, TUS)
    plans = {
        W1.name: lambda: in_turn(W1, everybody, rounds),
        W20.name: lambda: in_turn(W20, everybody, rounds),
        RECORDS.name: lambda: in_turn(RECORDS, (ROND, NAIVE, POUCH), rounds),
        BYTES.name: lambda: in_turn(BYTES, (ROND, NAIVE), 1),
        FEW.name: lambda: in_turn(FEW, (ROND, TUS), 1),
        BAD.name: lambda: one_by_one(BAD, ((ROND, link_rounds), (NAIVE, link_rounds), (TUS, link_rounds), (POUCH, 1))),
        FLAKY.name: lambda: one_by_one(
            FLAKY, ((ROND, link_rounds), (NAIVE, link_rounds), (TUS, link_rounds), (POUCH, 1))
        ),
    }
    return {load.name: plans[load.name]() for load in LOADS if load.name in wanted}


def in_browser() -> BrowserRun | str:
    """Let a browser send over the bad link once, in a process of its own; say what failed where it did."""
    with tempfile.TemporaryDirectory(prefix="rond-bench-") as place:
        out = Path(place) / "browser.json"
        command = [sys.executable, "-m", "bench.browser", "--out", str(out)]
        try:
            subprocess.run(command, cwd=folders.ROOT, check=True, capture_output=True, text=True, timeout=BROWSER_S_MAX)
        except (subprocess.SubprocessError, OSError) as error:
            return f"the browser could not be run: {reason(error)}"
        run = BrowserRun(**json.loads(out.read_text(encoding="utf-8")))
    print(
        f"  browser  Rond                   {run.wall_s:.2f} s, records acknowledged in {run.records_acked_s:.2f} s",
        flush=True,
    )
    return run


def machine() -> str:
    """Say what the figures were made on, without naming it."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def foreign_cores(runs: dict[str, Measured]) -> float:
    """Return how much of the machine others used at worst while a run was being timed."""
    used = [row["foreign_cores"] for measured in runs.values() for rows in measured.rows.values() for row in rows]
    return max(used, default=0.0)


def table(goals: Sequence[Goal]) -> str:
    """Return the results as a person reads them."""
    head = f"{'goal':30} {'value':>12} {'anchor':>12} {'ratio':>8} {'limit':>7}  "
    lines = [head]
    for goal in goals:
        figures = (_figure(goal.value), _figure(goal.anchor_value), _figure(goal.ratio), _figure(goal.limit))
        verdict = {True: "holds", False: "MISSED", None: ""}[goal.holds]
        said = f"({goal.why})" if goal.why else f"{goal.unit}; {goal.anchor}, {goal.rounds} rounds"
        lines.append("{:30} {:>12} {:>12} {:>8} {:>7}  {:6} ".format(goal.name, *figures, verdict) + said)
    return "\n".join(lines)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"


def main(words: Sequence[str]) -> int:
    """Measure, write and print; exit status 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.sync", description="Measure sync beside peers.")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server is measured on a good link")
    parser.add_argument("--link-rounds", type=int, default=5, help="the same on bad links")
    parser.add_argument(
        "--only", nargs="+", choices=[*(load.name for load in LOADS), BROWSER], help="these loads alone"
    )
    parser.add_argument(
        "--out", type=Path, help="where the results go; bench/results/sync.json for a run of everything"
    )
    asked = parser.parse_args(words)
    missing = folders.what_is_missing()
    if missing:
        print(f"✗ {missing}", file=sys.stderr)
        return 2
    folders.build_phone()
    wanted = asked.only or [*(load.name for load in LOADS), BROWSER]
    runs = measure(wanted, asked.rounds, asked.link_rounds)
    goals = judge_all(runs, in_browser() if BROWSER in wanted else "not measured in this run")
    print(table(goals))
    worst = foreign_cores(runs)
    remark = "" if worst <= QUIET_CORES else ": these times are worth little, measure again on a quiet machine"
    print(f"foreign cores: at most {worst}{remark}")
    out = asked.out or (None if asked.only else folders.RESULTS / "sync.json")
    if out is not None:
        write(out, goals, worst)
    return 0 if all(goal.holds is not False for goal in goals) else 1


def write(out: Path, goals: Sequence[Goal], worst_foreign_cores: float) -> None:
    """Write the results down."""
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "foreign_cores": worst_foreign_cores,
        "rows": [goal.as_row() for goal in goals],
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
