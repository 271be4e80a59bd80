"""Run the checks one after another and say at the end which failed: `python tools/checks.py quick|all`.

`quick` leaves out what needs a browser, a PostgreSQL or patience; `all` leaves out nothing. Every check runs even when
one before it failed, so that one run shows all there is to mend.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import browser, postgres
from tools.console import ROOT, VENV_BIN, StepFailed, say

PYTHON = str(VENV_BIN / "python")
NODE = str(VENV_BIN / "node")
NODE_MODULES = ROOT / "node_modules"
QUICK_MARKERS = "not browser and not postgres and not slow"


@dataclass(frozen=True)
class Check:
    """One program whose exit status says whether the check passed."""

    title: str
    command: tuple[str, ...]


def checks(*, is_quick: bool) -> Iterator[Check]:
    """List the checks, the fastest first."""
    yield Check("Python style (ruff)", (PYTHON, "-m", "ruff", "check", "."))
    yield Check("Python format (ruff)", (PYTHON, "-m", "ruff", "format", "--check", "."))
    yield Check("Import contracts (import-linter)", (str(VENV_BIN / "lint-imports"), "--no-cache"))
    yield Check(
        "Front end style and format (biome)", (NODE, str(NODE_MODULES / "@biomejs/biome/bin/biome"), "check", ".")
    )
    for place in typescript_places():
        yield Check(f"Types in {place.parent.relative_to(ROOT)} (tsc)", (NODE, _tsc(), "--project", str(place)))
    yield Check("Python types (mypy)", (PYTHON, "-m", "mypy"))
    yield Check("Front end tests (vitest)", (NODE, str(NODE_MODULES / "vitest/vitest.mjs"), "run"))
    chosen = ("-m", QUICK_MARKERS) if is_quick else ()
    yield Check("Python tests (pytest)", (PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", "-q", *chosen))


def typescript_places() -> list[Path]:
    """Find every tsconfig.json: each place of the front end is checked with its own `lib`."""
    folders = (ROOT / "static", ROOT / "bench", ROOT / "tests" / "simulation")
    below = (path for folder in folders for path in folder.rglob("tsconfig.json") if "dist" not in path.parts)
    return [ROOT / "tsconfig.json", *sorted(below)]


def _tsc() -> str:
    return str(NODE_MODULES / "typescript/bin/tsc")


def run_all(which: list[Check], environment: dict[str, str]) -> bool:
    """Run the checks, tell the time each took, and say whether all passed."""
    results: list[tuple[str, bool, float]] = []
    for check in which:
        say(check.title)
        begun = time.monotonic()
        done = subprocess.run(check.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        results.append((check.title, done.returncode == 0, time.monotonic() - begun))
    print(flush=True)
    for title, has_passed, seconds in results:
        print(f"{'✓' if has_passed else '✗'} {title}  {seconds:.1f} s", flush=True)
    return all(has_passed for _, has_passed, _ in results)


def main(which: str) -> int:
    """Run the quick or all checks; exit status 1 when one fails."""
    path = os.pathsep.join([str(VENV_BIN), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}
    is_quick = which == "quick"
    try:
        with ExitStack() as services:
            if not is_quick:
                environment[browser.VARIABLE] = str(browser.provide())
                if not environment.get(postgres.VARIABLE):
                    environment[postgres.VARIABLE] = services.enter_context(postgres.running_postgres())
            return 0 if run_all(list(checks(is_quick=is_quick)), environment) else 1
    except StepFailed as error:
        print(f"\n✗ {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    if sys.argv[1:] not in (["quick"], ["all"]):
        raise SystemExit("usage: python tools/checks.py quick|all")
    raise SystemExit(main(sys.argv[1]))
