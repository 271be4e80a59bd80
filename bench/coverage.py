"""Measure the coverage engine beside a spatial index: `python -m bench.coverage [--rounds 5]`.

The workload is that of `../shared/bench/walkcov`: 3 million fixes of 1,000 walks over 5,000 segments of street. The anchor
(shapely's STRtree, everything within 15 m) runs in turn with ours in the same process. Ours begins with the same arrays: it
makes the network ready, parts the walks into segments that carry 30 s, folds each alone, and ends with the same two answers,
how many walks saw each piece and when it was last seen. Its loops are compiled before, as they are on a server. PostGIS, by the
workload's own module, takes its turn once where this machine has it: minutes, loading included.

One more walk goes through the worker's fold with its database (`bench/coverage_store.py`), beside the tree's compute alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from bench import coverage_postgis, coverage_store, suggested
from bench.coverage_rows import SHARED, Row, row, table, write
from fieldapp.access import secrets
from fieldapp.coverage import engine
from fieldapp.coverage.ground import Floats, Ints, ground_of_lines
from fieldapp.coverage.rules import SEEN_SHARE
from fieldapp.kernel.geo import LatLon, LocalPlane
from tools.console import StepFailed

WALKCOV = SHARED / "bench" / "walkcov"
NEW_FIXES, CARRIED_FIXES = coverage_store.NEW_FIXES, coverage_store.CARRIED_FIXES
"""30 s of a fix every two seconds."""
SEEN = SEEN_SHARE
REBUILD_LIMIT, POSTGIS_LIMIT, ONE_WALK_LIMIT = 0.4, 0.06, 3.0
Arrays = Mapping[str, Any]


def module(name: str) -> ModuleType:
    """Load a module of the workload."""
    spec = importlib.util.spec_from_file_location(f"walkcov_{name}", WALKCOV / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(WALKCOV / name)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def workload() -> Arrays:
    """Return segments, positions, walks and times."""
    gen = module("gen")
    xy, track, t = gen.tracks()
    return {"seg": gen.segments(), "xy": xy, "track": track, "t": t}


def network_of(seg: Floats) -> tuple[engine.Network, Floats]:
    """Make the network ready. Return where its plane begins too."""
    origin = seg[0, :2].copy()
    lines = [(number, line.reshape(2, 2) - origin) for number, line in enumerate(seg)]
    # Any origin does: the workload is in metres already.
    return engine.make_network(ground_of_lines(LocalPlane(LatLon(52.5, 13.4)), lines, len(seg))), origin


def in_segments(track: Ints) -> tuple[Ints, Ints]:
    """Return where in the fixes each segment takes its own from, and where each begins among those."""
    first = np.flatnonzero(np.concatenate([[True], track[1:] != track[:-1]]))
    ends = np.append(first[1:], len(track))
    own = np.concatenate([np.arange(a, b, NEW_FIXES) for a, b in zip(first, ends, strict=True)])
    of_walk = np.searchsorted(first, own, side="right") - 1
    begin = np.maximum(own - CARRIED_FIXES, first[of_walk])
    end = np.minimum(own + NEW_FIXES, ends[of_walk])
    begins = np.concatenate([[0], np.cumsum(end - begin)])
    take = np.arange(begins[-1]) + np.repeat(begin - begins[:-1], end - begin)
    return take, begins


def fold_walks(data: Arrays, network: engine.Network, origin: Floats) -> tuple[Ints, Ints, Ints, Floats, Ints]:
    """Fold every segment alone. Return of each visit its walk, piece, bin and share, and the end of its bin in seconds."""
    take, begins = in_segments(data["track"])
    t = data["t"][take] * 1000
    # The first segment of a walk carries nothing: what it begins with is its own.
    carried = np.isin(take[begins[:-1]], np.flatnonzero(np.diff(data["track"], prepend=-1)), invert=True)
    carried_until = np.where(carried, t[np.minimum(begins[:-1] + CARRIED_FIXES, len(t)) - 1], 0)
    sd = np.full(len(take), engine.ACCURACY_UNKNOWN_M / engine.PER_AXIS)
    number, piece, when, share = engine.fold_columns(begins, carried_until, t, data["xy"][take] - origin, sd, network)
    return data["track"][take[begins[number]]], piece, when, share, when * 900


def ours(data: Arrays) -> tuple[Ints, Ints]:
    """Return how many walks saw each piece, and the quarter of an hour in which it was last seen, in seconds."""
    network, origin = network_of(data["seg"])
    walk, piece, _bin, share, at = fold_walks(data, network, origin)
    seen = share >= SEEN
    last = np.zeros(len(data["seg"]), np.int64)
    np.maximum.at(last, piece[seen], at[seen])
    pairs = np.unique(piece[seen] * (int(data["track"].max()) + 1) + walk[seen])
    return np.bincount(pairs // (int(data["track"].max()) + 1), minlength=len(data["seg"])), last


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def one_walk(data: Arrays) -> dict[str, Any]:
    """Return the last walk alone."""
    mine = data["track"] == data["track"].max()
    return {"seg": data["seg"], "xy": data["xy"][mine], "track": data["track"][mine] * 0, "t": data["t"][mine]}


def measure(rounds: int) -> list[Row]:
    """Measure in turn, round by round."""
    import shapely

    methods, data = module("methods"), workload()
    one = one_walk(data)
    network, origin = network_of(data["seg"])
    tree = shapely.STRtree(np.asarray(shapely.linestrings(data["seg"].reshape(-1, 2, 2))))

    def by_tree() -> None:
        fixes, pieces = tree.query(shapely.points(one["xy"]), predicate="dwithin", distance=methods.R)
        methods.agg(pieces, one["track"][fixes], one["t"][fixes], len(data["seg"]), 1)

    fold_walks(one, network, origin)
    times: dict[str, list[float]] = {"tree": [], "ours": [], "one tree": [], "one": []}
    for number in range(rounds):
        times["tree"].append(timed(lambda: methods.strtree(data, {})))
        times["ours"].append(timed(lambda: ours(data)))
        times["one tree"].append(statistics.median(timed(by_tree) for _ in range(9)))
        times["one"].append(statistics.median(timed(lambda: fold_walks(one, network, origin)) for _ in range(9)))
        print(
            f"  round {number + 1}: " + ", ".join(f"{name} {values[-1]:.4g} s" for name, values in times.items()),
            flush=True,
        )
    return rows_of(times, one, coverage_postgis.measure(data))


def rows_of(times: Mapping[str, Sequence[float]], one: Arrays, postgis: coverage_postgis.Found) -> list[Row]:
    """Return the rows of the results."""
    tree, fold = "shapely STRtree, within 15 m", "STRtree's compute alone"
    rebuild = statistics.median(a / b for a, b in zip(times["ours"], times["tree"], strict=True))
    single = statistics.median(a / b for a, b in zip(times["one"], times["one tree"], strict=True))
    rounds = len(times["ours"])
    median = {name: statistics.median(values) for name, values in times.items()}
    return [
        row("coverage_rebuild_vs_strtree", median["ours"], "s", tree, median["tree"], ratio=rebuild,
            limit=REBUILD_LIMIT, holds=rebuild <= REBUILD_LIMIT, rounds=rounds),
        _postgis_row(median["ours"], postgis),
        row("coverage_one_walk_compute_vs_strtree", median["one"], "s", fold, median["one tree"], ratio=single, rounds=rounds),
        _one_walk_row(one, fold, median["one tree"]),
    ]  # fmt: skip


def _postgis_row(ours_s: float, postgis: coverage_postgis.Found) -> Row:
    name = "coverage_rebuild_vs_postgis"
    if postgis.seconds is None:
        return row(name, ours_s, "s", "PostGIS", None, limit=POSTGIS_LIMIT, why=postgis.why)
    holds = ours_s / postgis.seconds <= POSTGIS_LIMIT
    said = "PostGIS: load, index, join"
    return row(
        name, ours_s, "s", said, postgis.seconds, limit=POSTGIS_LIMIT, holds=holds, rounds=1, phases=postgis.phases
    )


def _one_walk_row(one: Arrays, anchor: str, tree_s: float) -> Row:
    secrets.use_cheap_hashes()
    sqlite = coverage_store.one_walk_ms("sqlite", one)
    try:
        postgresql: dict[str, float] | str = coverage_store.one_walk_ms("postgresql", one)
    except StepFailed as error:
        postgresql = f"PostgreSQL does not run here: {error}"
    seconds = sqlite["at_once"] / 1000
    return row(
        "coverage_one_walk_vs_strtree", seconds, "s", anchor, tree_s, limit=ONE_WALK_LIMIT,
        holds=seconds <= ONE_WALK_LIMIT * tree_s, rounds=coverage_store.TIMES, sqlite_ms=sqlite, postgresql_ms=postgresql,
    )  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Measure, write and print; exit status 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.coverage", description="Measure the coverage engine.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing down")
    asked = parser.parse_args(words)
    if not WALKCOV.is_dir():
        print("✗ the workload in ../shared/bench/walkcov is not here", file=sys.stderr)
        return 2
    rows = [*measure(asked.rounds), suggested.measure()]
    print(table(rows))
    if not asked.dry:
        write("coverage", rows, {"engine": engine.VERSION})
    return 0 if all(one["holds"] is not False for one in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
