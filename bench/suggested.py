"""Measure the suggested round beside going to the nearest: `python -m bench.suggested [--evenings 50]`.

On each evening, the value of the round that is sought and of the walk that always goes to the nearest thing that waits, in the
same minutes and from the same start (`bench/suggested_evenings.py`), both reckoned by the same function from their steps.
For 45, 90 and 150 minutes on a made network of 5,000 pieces, and on Malmö's where it is there. Time is the processor's for
making the graph and for one search, which waits for nothing and has one thread. The goal is held by every evening of every
length on the network of 5,000 pieces; the real one's figures stand beside, the least of them too. The seeds of the evenings
were not used while the search was written.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.coverage_rows import SHARED, Row, row, table
from bench.suggested_evenings import evening, nearest_first, real_graph, synthetic_graph
from fieldapp.planning.graph import Graph, make_graph
from fieldapp.planning.search import seek
from fieldapp.planning.suggested import MINUTES
from fieldapp.planning.walk import value_of, walk_seconds

MALMO = SHARED / "data" / "osm" / "malmo_sorgenfri_2013.osm.pbf"
MADE = "made"
EVENINGS = 50
FIRST_SEED = 20271201
RATIO_LIMIT, SECONDS_LIMIT = 1.15, 2.0


@dataclass
class Found:
    """What a network's evenings of one length gave."""

    ours: list[float] = field(default_factory=list)
    greedy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Return of each evening how many times as much was seen."""
        return [ours / greedy for ours, greedy in zip(self.ours, self.greedy, strict=True)]

    def figures(self) -> dict[str, float]:
        """Return the figures of the results."""
        return {
            "median": round(statistics.median(self.ratios), 3),
            "least": round(min(self.ratios), 3),
            "seconds_median": round(statistics.median(self.seconds), 2),
            "seconds_most": round(max(self.seconds), 2),
        }


def measure(evenings: int = EVENINGS) -> Row:
    """Measure, and return the row of the results. It holds where every evening of every length does."""
    networks = {MADE: synthetic_graph()}
    if MALMO.is_file():
        networks["Malmö"] = real_graph(Path(MALMO))
    found = {
        (name, minutes): _evenings(graph, minutes, evenings) for name, graph in networks.items() for minutes in MINUTES
    }
    made = [one for (name, _), one in found.items() if name == MADE]
    ratios = [ratio for one in made for ratio in one.ratios]
    seconds = [second for one in made for second in one.seconds]
    middle = found[MADE, 90]
    figures: dict[str, Any] = {f"{name}_{minutes}_min": one.figures() for (name, minutes), one in found.items()}
    return row(
        "suggested_round_vs_greedy",
        statistics.median(middle.ours),
        "value",
        "nearest overdue first",
        statistics.median(middle.greedy),
        ratio=statistics.median(ratios),
        limit=RATIO_LIMIT,
        holds=min(ratios) >= RATIO_LIMIT and max(seconds) <= SECONDS_LIMIT,
        rounds=evenings,
        least=round(min(ratios), 3),
        seconds_limit=SECONDS_LIMIT,
        seconds_most=round(max(seconds), 2),
        pieces={name: len(graph.pieces) for name, graph in networks.items()},
        **figures,
    )


def _evenings(graph: Graph, minutes: int, count: int) -> Found:
    found = Found()
    for number in range(count):
        task = evening(graph, FIRST_SEED + number, minutes)
        start = time.process_time()
        make_graph(graph.pieces, [stop.spot for stop in graph.stops])
        steps = seek(task, number)
        found.seconds.append(time.process_time() - start)
        nearest = nearest_first(task)
        if max(walk_seconds(graph, steps), walk_seconds(graph, nearest)) > task.seconds + 1e-6:
            raise RuntimeError("somebody came home late")
        found.ours.append(value_of(task, steps))
        found.greedy.append(value_of(task, nearest))
    print(f"  {minutes} min, {len(graph.pieces)} pieces: {found.figures()}", flush=True)
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; exit status 1 when the goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.suggested", description="Measure the suggested round.")
    parser.add_argument("--evenings", type=int, default=EVENINGS)
    found = measure(parser.parse_args(words).evenings)
    print(table([found]))
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
