"""An opened round in quarter-hours: what was logged in each, how much of each is unknown; and its gaps in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from fieldapp.desk.filters import QUARTER, duration, quarter
from fieldapp.desk.observation_list import RecordLine
from fieldapp.desk.words import _, gap_reason_word, ngettext
from fieldapp.kernel.time import quarter_hour
from fieldapp.rounds.track import Break, union_length


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter-hour in which something was logged, or all those together in which nothing was, between two such.

    `unknown` is how long of it nothing is known of the way.
    """

    from_at: datetime
    to_at: datetime
    lines: Sequence[RecordLine]
    unknown: timedelta

    @property
    def calm(self) -> list[RecordLine]:
        """Return the calm checks."""
        return [line for line in self.lines if line.is_calm]

    @property
    def records(self) -> list[RecordLine]:
        """Return everything else that was logged."""
        return [line for line in self.lines if not line.is_calm]


def timeline(lines: Sequence[RecordLine], breaks: Sequence[Break]) -> list[Quarter]:
    """Return a round in order, without a hole from the first that is known of it to the last. `lines` are in order."""
    logged = {at: list(group) for at, group in groupby(lines, key=lambda line: quarter_hour(line.record.occurred_at))}
    starts = [*logged, *(quarter_hour(known.from_at) for known in breaks)]
    ends = [*(at + QUARTER for at in logged), *(_quarter_end(known.to_at) for known in breaks)]
    found: list[Quarter] = []
    reached = min(starts, default=None)
    for at, within in logged.items():
        if reached is not None and reached < at:
            found.append(_quarter(reached, at, (), breaks))
        reached = at + QUARTER
        found.append(_quarter(at, reached, within, breaks))
    if reached is not None and reached < max(ends):
        found.append(_quarter(reached, max(ends), (), breaks))
    return found


def _quarter(from_at: datetime, to_at: datetime, lines: Sequence[RecordLine], breaks: Sequence[Break]) -> Quarter:
    within = [(max(known.from_at, from_at), min(known.to_at, to_at)) for known in breaks]
    return Quarter(from_at, to_at, lines, union_length(sorted(span for span in within if span[0] < span[1])))


def _quarter_end(at: datetime) -> datetime:
    return at if quarter_hour(at) == at else quarter_hour(at) + QUARTER


def gap_words(known: Break) -> str:
    """Say how long nothing is known, and why: "14 min, ingen position"."""
    why = ", ".join(gap_reason_word(reason) for reason in known.reasons) or _("okänd väg")
    return f"{duration(known.length)}, {why}"


def gaps_in_words(breaks: Sequence[Break]) -> str:
    """Say in a sentence how much of a round is unknown: how often, how long in all, and the longest gap with its reason."""
    if not breaks:
        return _("Inga luckor.")
    longest = max(breaks, key=lambda known: known.length)
    count = ngettext("%(num)d lucka", "%(num)d luckor", len(breaks))
    words = {"count": count, "time": quarter(longest.from_at), "longest": gap_words(longest)}
    if len(breaks) == 1:
        return _("%(count)s från kvarten %(time)s: %(longest)s.", **words)
    total = duration(union_length(sorted((known.from_at, known.to_at) for known in breaks)))
    return _("%(count)s, tillsammans %(total)s. Längst från kvarten %(time)s: %(longest)s.", **words, total=total)
