"""Play many schedules, or look how soon each mutant is found.

`python -m tests.simulation.run sim --schedules 200 --database both --seed 1`     play seeds 1, 2, …
`python -m tests.simulation.run replay --seed 17 --database sqlite`               play one again and print all that happens
`python -m tests.simulation.run mutants --schedules 3000`                         how many schedules until each mutant is found
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.simulation.mutants import MUTANTS, Mutant, PhonePatch
from tools import postgres
from tools.console import ROOT, VENV_BIN

KNOWN_SEEDS = ROOT / "tests/simulation/known_seeds.json"
BUNDLER = ROOT / "tests/simulation/phone/bundle.ts"
SAID_EVERY_S = 20.0
BROKEN = "broken: "
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Databases:
    """Where the databases are: SQLite files anywhere, a PostgreSQL at an address."""

    names: tuple[str, ...]
    addresses: dict[str, str]


@contextmanager
def databases(which: str) -> Iterator[Databases]:
    """Provide what `which` ("sqlite", "postgresql" or "both") needs; a PostgreSQL is started when nobody has named one."""
    names = ("sqlite", "postgresql") if which == "both" else (which,)
    addresses = {"sqlite": "sqlite"}
    with ExitStack() as ending:
        if "postgresql" in names:
            known = os.environ.get(postgres.VARIABLE)
            addresses["postgresql"] = known or ending.enter_context(postgres.running_postgres())
        yield Databases(names, addresses)


@contextmanager
def bundled(patches: Sequence[PhonePatch] = ()) -> Iterator[Path]:
    """Bundle the phones' side, changed by patches, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="rond-sim-") as folder:
        bundle = Path(folder) / "phones.mjs"
        given = json.dumps([asdict(patch) for patch in patches])
        subprocess.run([VENV_BIN / "node", BUNDLER, bundle, given], check=True, cwd=ROOT, stdin=subprocess.DEVNULL)
        yield bundle


def play(address: str, bundle: Path, mutant: str, seeds: range, mode: str = "all") -> Iterator[Found]:
    """Play seeds in a worker of their own and yield what was found in each."""
    command: list[str | Path] = [VENV_BIN / "python", "-m", "tests.simulation.worker", address, bundle, mutant, "--"]
    numbers = [str(seeds.start), str(seeds.step), str(len(seeds)), mode]
    with subprocess.Popen([*command, *numbers], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            yield json.loads(line)
    if worker.returncode != 0:
        raise RuntimeError(f"a worker ended with status {worker.returncode}")


def simulate(address: str, seeds: range, workers: int) -> Iterator[Found]:
    """Play seeds with several workers side by side and yield what was found, as it comes."""
    with bundled() as bundle, ThreadPoolExecutor(workers) as pool:
        done: list[Found] = []
        running = [pool.submit(lambda part: done.extend(play(address, bundle, "", part)), seeds[number::workers]) for number in range(workers)]  # fmt: skip  # noqa: E501
        while True:
            is_over = all(one.done() for one in running)
            while done:
                yield done.pop(0)
            if is_over:
                break
            time.sleep(0.2)
        for one in running:
            one.result()


def schedules_until_found(address: str, mutant: Mutant, seeds: range) -> tuple[int, Found] | None:
    """Play seeds with a mutant until one is found; return how many it took."""
    with bundled(mutant.phone) as bundle:
        for count, found in enumerate(play(address, bundle, mutant.name, seeds, "first"), start=1):
            if any(not violation.startswith(BROKEN) for violation in found["violations"]):
                return count, found
    return None


def _sim(options: argparse.Namespace) -> int:
    failed = 0
    with databases(options.database) as provided:
        for name in provided.names:
            failed += _sim_one(name, provided.addresses[name], options)
    return 1 if failed else 0


def _sim_one(name: str, address: str, options: argparse.Namespace) -> int:
    begun, said_at, count = time.monotonic(), time.monotonic(), 0
    before = _cpu_seconds()
    failed: list[Found] = []
    for found in simulate(address, range(options.seed, options.seed + options.schedules), options.workers):
        count += 1
        if found["violations"]:
            failed.append(found)
            _say(f"✗ {name} seed {found['seed']}: {'; '.join(found['violations'])[:2000]}")
            _say(f"  again: make sim-replay DATABASE={name} SEED={found['seed']}")
        if time.monotonic() - said_at > SAID_EVERY_S:
            said_at = time.monotonic()
            _say(f"  {name}: {count} schedules in {said_at - begun:.0f} s")
    wall, cpu = time.monotonic() - begun, _cpu_seconds() - before
    mark = "✗" if failed else "✓"
    _say(
        f"{mark} {name}: {count} schedules, {len(failed)} with violations, {wall:.0f} s, {cpu / max(1, count):.3f} CPU-s each"
    )
    return len(failed)


def _cpu_seconds() -> float:
    """Return what the processes that have ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _replay(options: argparse.Namespace) -> int:
    mutant = MUTANTS[options.mutant] if options.mutant else None
    with databases(options.database) as provided, bundled(mutant.phone if mutant else ()) as bundle:
        seeds = range(options.seed, options.seed + 1)
        for found in play(provided.addresses[options.database], bundle, options.mutant, seeds, "trace"):
            _say("\n".join(found["trace"]))
            return 1 if found["violations"] else 0
    return 1


def _mutants(options: argparse.Namespace) -> int:
    seeds = range(options.seed, options.seed + options.schedules)
    chosen = [mutant for mutant in MUTANTS.values() if not options.mutant or mutant.name == options.mutant]
    missed, known = 0, json.loads(KNOWN_SEEDS.read_text(encoding="utf-8"))
    with databases(options.database) as provided, ThreadPoolExecutor(options.workers) as pool:
        address = provided.addresses[provided.names[0]]
        results = pool.map(lambda mutant: (mutant, schedules_until_found(address, mutant, seeds)), chosen)
        for mutant, result in results:
            if result is None:
                missed += 1
                _say(f"✗ {mutant.name:24} not found in {len(seeds)} schedules: {mutant.story}")
            else:
                count, found = result
                known[mutant.name] = found["seed"]
                _say(f"✓ {mutant.name:24} {count:5} schedules, seed {found['seed']:5}: {found['violations'][0][:90]}")
    if options.remember:
        KNOWN_SEEDS.write_text(json.dumps({name: known[name] for name in MUTANTS}, indent=2) + "\n", encoding="utf-8")
    return 1 if missed else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Read what is wanted and do it; exit status 1 when something was found, or a mutant was not."""
    parser = argparse.ArgumentParser(prog="tests.simulation.run", description=__doc__)
    parser.add_argument("what", choices=("sim", "replay", "mutants"))
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mutant", default="", choices=("", *MUTANTS))
    parser.add_argument("--remember", action="store_true", help="keep the seeds that find the mutants, for the tests")
    options = parser.parse_args()
    return {"sim": _sim, "replay": _replay, "mutants": _mutants}[options.what](options)


if __name__ == "__main__":
    raise SystemExit(main())
