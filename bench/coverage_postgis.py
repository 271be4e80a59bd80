"""The same two answers by PostGIS: fixes loaded, made points, indexed, and joined with the pieces within 15 m.

The workload's own module does it in a cluster of its own (`fieldbench.servers.pg`), in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench import folders
from bench.coverage_rows import SHARED

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
EXTENSION = Path("/usr/share/postgresql/15/extension/postgis.control")
HARNESS = SHARED / "bench"
PORT = "54393"
PHASES = ("load", "points", "index", "join_group")
"""What is counted: from the fixes to the two answers. The module measures other questions after it, which are not."""
SECONDS_MAX = 420


@dataclass(frozen=True)
class Found:
    """How long it took, by phase; or why it could not be measured."""

    seconds: float | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    why: str = ""


def measure(workload: Mapping[str, Any]) -> Found:
    """Measure once."""
    if not PROGRAMS.is_dir() or not EXTENSION.is_file():
        return Found(why="PostgreSQL 15 with PostGIS (postgresql-15-postgis-3) is not installed here")
    if not (folders.PANDAS / "pandas").is_dir():
        return Found(why="the workload hands its fixes over with pandas: make bench-peers")
    with tempfile.TemporaryDirectory(prefix="rond-postgis-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        np.savez(folder / "workload.npz", **workload)
        known = {**folders.environment(), "PYTHONPATH": f"{HARNESS}{os.pathsep}{folders.PANDAS}"}
        known |= {"BENCH_PGDATA": str(folder / "cluster" / "pg15"), "BENCH_PGPORT": PORT}
        try:
            return _run(folder, known)
        finally:
            stop = [sys.executable, "-m", "fieldbench.servers.pg", "stop"]
            subprocess.run(stop, cwd=HARNESS, env=known, capture_output=True, check=False)


def _run(folder: Path, known: Mapping[str, str]) -> Found:
    command = [sys.executable, str(HARNESS / "walkcov" / "methods.py"), str(folder / "workload.npz"), "postgis"]
    try:
        done = subprocess.run(
            command, cwd=HARNESS, env=known, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return Found(why=f"PostGIS was not done after {SECONDS_MAX} s")
    if done.returncode:
        return Found(why=f"PostGIS did not run: {done.stderr.strip().splitlines()[-1][:200]}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    phases = {phase: float(said[phase]) for phase in PHASES}
    print("  PostGIS: " + ", ".join(f"{phase} {seconds:.1f} s" for phase, seconds in phases.items()), flush=True)
    return Found(sum(phases.values()), phases)
