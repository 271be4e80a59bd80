"""Where the measuring finds its harness and its peers, and where it leaves what it makes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HARNESS = Path(os.environ.get("ROND_BENCH_HARNESS", ROOT.parent / "shared" / "bench")).resolve()
"""The harness: workload, link, meter and baselines. Never copied into the project."""
BUILT = ROOT / ".build" / "bench"
LIBRARY = BUILT / "python"
"""What the harness needs and the product does not (aiohttp)."""
PANDAS = BUILT / "pandas"
PEERS = BUILT / "peers" / "node_modules"
PHONE = BUILT / "phone" / "phones.js"
RESULTS = ROOT / "bench" / "results"
NODE = ROOT / ".venv" / "bin" / "node"


def environment() -> dict[str, str]:
    """Return the environment in which the harness runs: it finds itself, the project and its peers."""
    paths = [str(ROOT), str(HARNESS), str(LIBRARY)]
    given = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PATH": os.pathsep.join([str(NODE.parent), os.environ.get("PATH", "")]),
        "BENCH_NODE_PATH": str(PEERS),
        "BENCH_PHOTOS": str(BUILT / "photos"),
    }
    return {**os.environ, **given}


def what_is_missing() -> str | None:
    """Say what has to be there before anything can be measured, or None."""
    if not (HARNESS / "fieldbench" / "run.py").is_file():
        return "there is no harness: put it in ../shared/bench or name its folder in ROND_BENCH_HARNESS"
    if not (LIBRARY / "aiohttp").is_dir():
        return "the harness needs aiohttp: make bench-peers"
    return None


def build_phone() -> None:
    """Bundle the shipped sync of the phone for Node."""
    vite = ROOT / "node_modules" / "vite" / "bin" / "vite.js"
    config = ROOT / "vite.bench.config.ts"
    subprocess.run([NODE, vite, "build", "--config", config], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


def make_importable() -> None:
    """Let this process import the harness."""
    for folder in (LIBRARY, HARNESS):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
