"""Let the harness measure: one server under one load, in a process of its own, as often as asked."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import folders

Row = dict[str, Any]
ROND, NAIVE, POUCH, TUS = "bench.adapter:Rond", "flask_batch:SQLite", "pouch:Pouch", "tus:Tus"
SHORT = {ROND: "Rond", NAIVE: "naive Flask + SQLite", POUCH: "PouchDB", TUS: "tus"}
RUN_S_MAX = 900


@dataclass(frozen=True)
class Load:
    """What is sent, over what."""

    name: str
    devices: int = 1
    records: int = 1000
    photos: int = 200
    track: int = 7200
    link: str = "none"
    deadline_s: int = 120

    def options(self) -> list[str]:
        """Return it as the harness takes it."""
        given = {
            "devices": self.devices,
            "records": self.records,
            "photos": self.photos,
            "track": self.track,
            "link": self.link,
            "deadline": self.deadline_s,
        }
        return [word for name, value in given.items() for word in (f"--{name}", str(value))]

    def is_whole(self, row: Row, adapter: str) -> bool:
        """Tell whether a run came to its end and everything that was sent is there."""
        stored = row["stored"]
        records = self.records if adapter != TUS else 0
        track = self.track // self.devices * self.devices if adapter != TUS else 0
        seen = (stored["records"], stored["photos"], stored["track_points"] or 0)
        return bool(row["finished"]) and seen == (records, self.photos, track)


@dataclass
class Measured:
    """The runs of every server under one load, and why there are none of some."""

    load: Load
    rows: dict[str, list[Row]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def values(self, adapter: str, of: str | Callable[[Row], float | None]) -> list[float]:
        """Return one figure of each run of a server."""
        found = (row.get(of) if isinstance(of, str) else of(row) for row in self.rows.get(adapter, ()))
        return [value for value in found if value is not None]

    def median(self, adapter: str, of: str | Callable[[Row], float | None]) -> float | None:
        """Return the median of a figure, or None where nothing was measured."""
        values = self.values(adapter, of)
        return statistics.median(values) if values else None

    def fault(self, adapter: str) -> str | None:
        """Say what is wrong with a server's runs, or None."""
        if adapter in self.faults:
            return self.faults[adapter]
        rows = self.rows.get(adapter)
        if not rows:
            return "not measured in this run"
        broken = [row for row in rows if not self.load.is_whole(row, adapter)]
        return f"{len(broken)} of {len(rows)} runs did not store everything" if broken else None


def in_turn(load: Load, adapters: Sequence[str], rounds: int) -> Measured:
    """Measure the servers A B C A B C, so that a drift of the machine's speed hits all of them."""
    measured = Measured(load)
    for _round in range(rounds):
        for adapter in adapters:
            _measure(measured, adapter, 1)
    return measured


def one_by_one(load: Load, adapters: Iterable[tuple[str, int]]) -> Measured:
    """Measure each server so many times in a row, each time with other cuts of the link: there the link is what limits."""
    measured = Measured(load)
    for adapter, repeats in adapters:
        _measure(measured, adapter, repeats)
    return measured


def _measure(measured: Measured, adapter: str, repeats: int) -> None:
    if adapter in measured.faults:
        return
    try:
        rows = run(adapter, measured.load, repeats)
    except (subprocess.SubprocessError, OSError) as error:
        measured.faults[adapter] = f"{SHORT[adapter]} could not be run: {reason(error)}"
        print(f"  {measured.load.name}: {measured.faults[adapter]}", file=sys.stderr, flush=True)
        return
    for row in rows:
        shown = f"{row['wall_s']:.2f} s, foreign cores {row['foreign_cores']}"
        print(f"  {measured.load.name:8} {SHORT[adapter]:22} {shown}", flush=True)
    measured.rows.setdefault(adapter, []).extend(rows)


def run(adapter: str, load: Load, repeats: int) -> list[Row]:
    """Run the harness. A server that fails raises CalledProcessError with what it said."""
    with tempfile.TemporaryDirectory(prefix="rond-bench-") as place:
        out = Path(place) / "rows.jsonl"
        command = [sys.executable, "-m", "fieldbench.run", "--adapter", adapter, *load.options()]
        command += ["--repeat", str(repeats), "--quiet", "0", "--out", str(out)]
        command += ["--rundir", str(Path(place) / "run"), "--cache", str(folders.BUILT / "photos")]
        subprocess.run(
            command,
            env=folders.environment(),
            cwd=place,
            check=True,
            capture_output=True,
            text=True,
            timeout=RUN_S_MAX * repeats,
        )
        return [json.loads(line) for line in out.read_text().splitlines()]


def reason(error: Exception) -> str:
    """Return the last line that a process which failed has said."""
    said = getattr(error, "stderr", None) or str(error)
    return str(said).strip().splitlines()[-1][:200]
