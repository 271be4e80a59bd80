"""What the runs are held to: one row a goal, in the order of the table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from bench.runs import NAIVE, POUCH, ROND, SHORT, TUS, Load, Measured, Row

W1 = Load("W1")
W20 = Load("W20", devices=20)
RECORDS = Load("records", photos=0, track=0)
BYTES = Load("bytes", link="count")
FEW = Load("few", records=100, photos=20, track=0, link="count")
BAD = Load("bad", records=100, photos=20, track=0, link="bad", deadline_s=150)
FLAKY = Load("flaky", records=100, photos=20, track=0, link="flaky", deadline_s=150)
LOADS = (W1, W20, RECORDS, BYTES, FEW, BAD, FLAKY)

LINK_BYTES_PER_S = 1_000_000 / 8
RECORD_BYTES = 626
"""What a record of the workload takes as JSON, on average: what the floor of the link is reckoned with."""
PHOTO_BYTES = 204_800
LINK_FLOOR_S = (BAD.records * RECORD_BYTES + BAD.photos * PHOTO_BYTES) / LINK_BYTES_PER_S


@dataclass(frozen=True)
class BrowserRun:
    """What the run in a browser took. `floor_s`: the time that its records and photos alone take on the wire."""

    wall_s: float
    records_acked_s: float
    floor_s: float
    photo_bytes: int


@dataclass(frozen=True)
class Goal:
    """One line of the results. `ratio` is the median of the ratios round by round; `why` says why there is no value."""

    name: str
    value: float | None
    unit: str
    anchor: str
    anchor_value: float | None
    ratio: float | None
    limit: float | None
    holds: bool | None
    rounds: int
    why: str | None = None

    def as_row(self) -> dict[str, object]:
        """Return it as it is written down."""
        row = asdict(self)
        if self.why is None:
            row.pop("why")
        return row


Figure = str | Callable[[Row], float | None]


@dataclass(frozen=True)
class Against:
    """A figure of ours beside the same figure of a peer in the same rounds."""

    name: str
    load: str
    figure: Figure
    unit: str
    peer: str
    limit: float
    is_least: bool = False

    def judge(self, runs: Mapping[str, Measured]) -> Goal:
        """Compare, round by round."""
        measured = runs.get(self.load)
        fault = "not measured in this run" if measured is None else measured.fault(ROND)
        if measured is None or ROND not in measured.rows:
            return self._nothing(fault)
        ours = measured.values(ROND, self.figure)
        theirs = measured.values(self.peer, self.figure)
        if not ours or not theirs:
            value = statistics.median(ours) if ours else None
            return self._nothing(measured.fault(self.peer) or fault, value, len(ours))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=False) if b)
        is_met = ratio >= self.limit if self.is_least else ratio <= self.limit
        return Goal(
            self.name,
            _rounded(statistics.median(ours)),
            self.unit,
            SHORT[self.peer],
            _rounded(statistics.median(theirs)),
            _rounded(ratio),
            self.limit,
            is_met and fault is None,
            min(len(ours), len(theirs)),
            fault,
        )

    def _nothing(self, why: str | None, value: float | None = None, rounds: int = 0) -> Goal:
        return Goal(self.name, _rounded(value), self.unit, SHORT[self.peer], None, None, self.limit, None, rounds, why)


@dataclass(frozen=True)
class Beside:
    """A figure of ours beside a fixed number."""

    name: str
    load: str
    figure: Figure
    unit: str
    anchor: str
    anchor_value: float | None
    limit: float | None

    def judge(self, runs: Mapping[str, Measured]) -> Goal:
        """Compare the median; with no anchor the figure itself is held to the limit."""
        measured = runs.get(self.load)
        fault = "not measured in this run" if measured is None else measured.fault(ROND)
        value = None if measured is None else measured.median(ROND, self.figure)
        if measured is None or value is None:
            return Goal(self.name, None, self.unit, self.anchor, self.anchor_value, None, self.limit, None, 0, fault)
        ratio = None if self.anchor_value is None else value / self.anchor_value
        held = value if ratio is None else ratio
        holds = None if self.limit is None else held <= self.limit and fault is None
        rounds = len(measured.rows[ROND])
        return Goal(
            self.name,
            _rounded(value),
            self.unit,
            self.anchor,
            _rounded(self.anchor_value),
            _rounded(ratio),
            self.limit,
            holds,
            rounds,
            fault,
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def photo_cpu_s(row: Row) -> float | None:
    """Return the seconds of the worker: picture jobs are counted apart from the server."""
    return row.get("worker_cpu_s")


COMPARISONS: tuple[Against | Beside, ...] = (
    Against("w1_wall_vs_naive", "W1", "wall_s", "s", NAIVE, 1.5),
    Against("w1_wall_vs_pouchdb", "W1", "wall_s", "s", POUCH, 0.75),
    Against("w20_wall_vs_naive", "W20", "wall_s", "s", NAIVE, 1.5),
    Against("w20_wall_vs_pouchdb", "W20", "wall_s", "s", POUCH, 0.75),
    Against("records_vs_naive", "records", "records_per_s", "records/s", NAIVE, 0.5, is_least=True),
    Against("records_vs_pouchdb", "records", "records_per_s", "records/s", POUCH, 2.5, is_least=True),
    Against("server_cpu_w1_vs_naive", "W1", "server_cpu_s", "CPU s", NAIVE, 1.5),
    Against("server_memory_w20_vs_naive", "W20", "server_mem_peak_MB", "MB", NAIVE, 1.5),
    Beside("picture_jobs_w1_cpu_s", "W1", photo_cpu_s, "CPU s", "none", None, None),
    Beside("pictures_w1_clean_s", "W1", "pictures_clean_s", "s after the last answer", "none", None, None),
    Against("bytes_up_vs_naive", "bytes", "bytes_up", "bytes", NAIVE, 1.0),
    Beside("bad_link_vs_floor", "bad", "wall_s", "s", "the wire alone", LINK_FLOOR_S, 1.12),
    Beside("bad_link_records_acked_s", "bad", "records_acked_s", "s", "none", None, 2.0),
    Beside("flaky_link_vs_floor", "flaky", "wall_s", "s", "the wire alone", LINK_FLOOR_S, 1.30),
)


def judge_all(runs: Mapping[str, Measured], browser: BrowserRun | str) -> list[Goal]:
    """Return every row of the results, those that could not be measured too. `browser`: the run in one, or why there is none."""
    goals = [comparison.judge(runs) for comparison in COMPARISONS]
    goals.append(resent(runs))
    no_odk = "ODK Central is not installed here"
    goals.append(Goal("w1_wall_vs_odk_central", None, "s", "ODK Central", None, None, 0.15, None, 0, no_odk))
    goals.append(in_browser(browser))
    return goals


def in_browser(run: BrowserRun | str) -> Goal:
    """Set the run in a browser beside the wire alone: what its photos and records need is its own."""
    name, unit, anchor = "bad_link_browser_vs_floor", "s", "the wire alone"
    if isinstance(run, str):
        return Goal(name, None, unit, anchor, None, None, None, None, 0, run)
    return Goal(name, run.wall_s, unit, anchor, run.floor_s, _rounded(run.wall_s / run.floor_s), None, None, 1)


def resent(runs: Mapping[str, Measured]) -> Goal:
    """Compare what was sent more than once over the flaky link: bytes up there, less bytes up where nothing is cut."""
    name, unit = "resent_vs_tus", "bytes"
    few, flaky = runs.get("few"), runs.get("flaky")
    sent: dict[str, float] = {}
    for adapter in (ROND, TUS):
        whole = few.median(adapter, "bytes_up") if few else None
        cut = flaky.median(adapter, "bytes_up") if flaky else None
        if whole is not None and cut is not None:
            sent[adapter] = max(0.0, cut - whole)
    if len(sent) < 2 or flaky is None:
        why = "not measured in this run" if flaky is None else flaky.fault(TUS) or flaky.fault(ROND)
        return Goal(name, sent.get(ROND), unit, SHORT[TUS], sent.get(TUS), None, 1.0, None, 0, why)
    ratio = sent[ROND] / sent[TUS] if sent[TUS] else None
    holds = sent[ROND] <= sent[TUS]
    rounds = len(flaky.rows[ROND])
    return Goal(name, sent[ROND], unit, SHORT[TUS], sent[TUS], _rounded(ratio), 1.0, holds, rounds)
