"""Two periods side by side: what is seen now and was not then, and the other way round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fieldapp.coverage.rules import NOT_SEEN, SEEN, STATES, UNKNOWN
from fieldapp.coverage.states import Standing
from fieldapp.desk.coverage_ages import ROWS_SHOWN
from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.desk.coverage_words import target_kind_word, target_words
from fieldapp.desk.words import _

FIELDS = (
    "target_id",
    "place_id",
    "kind",
    "name",
    "zone",
    "then_state",
    "now_state",
    "then_seen_count",
    "now_seen_count",
)
_ORDER = (
    (SEEN, NOT_SEEN),
    (SEEN, UNKNOWN),
    (NOT_SEEN, SEEN),
    (UNKNOWN, SEEN),
    (NOT_SEEN, UNKNOWN),
    (UNKNOWN, NOT_SEEN),
)
"""What is told first of (then, now): what is no longer seen."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A place or piece whose state is another now."""

    id: UUID
    kind: str
    words: str
    zone: str
    then: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """How many are of which state then and now, and a page of those whose state is another."""

    counts: dict[tuple[str, str], int]
    lines: Sequence[ChangeLine]
    found: int
    first: int

    @property
    def then_counts(self) -> dict[str, int]:
        """Return how many there were of each state then."""
        return {state: sum(self.counts[state, now] for now in STATES) for state in STATES}

    @property
    def now_counts(self) -> dict[str, int]:
        """Return how many there are of each state now."""
        return {state: sum(self.counts[then, state] for then in STATES) for state in STATES}

    @property
    def last(self) -> int:
        """Return the number of the last line."""
        return self.first + len(self.lines) - 1

    @property
    def next_page(self) -> int:
        """Return the number of the next page."""
        return self.last // ROWS_SHOWN + 1

    @property
    def is_last(self) -> bool:
        """Tell whether the list ends here."""
        return self.last >= self.found


Pair = tuple[Standing, Standing]


def comparison(review: Review, page: int) -> Comparison:
    """Return the comparison, and a page of its list."""
    pairs = _pairs(review)
    counts = Counter((then.state, now.state) for then, now in pairs)
    changed = [pair for pair in pairs if pair[0].state != pair[1].state]
    changed.sort(key=lambda pair: (_ORDER.index((pair[0].state, pair[1].state)), review.names[pair[0].target.id].name))
    start = (page - 1) * ROWS_SHOWN
    lines = [_line(review, *pair) for pair in changed[start : start + ROWS_SHOWN]]
    every = {(then, now): counts[then, now] for then in STATES for now in STATES}
    return Comparison(every, lines, len(changed), start + 1)


def _pairs(review: Review) -> list[Pair]:
    then = {one.target.id: one for one in review.standings(review.then)}
    return [(then[now.target.id], now) for now in review.standings(review.period)]


def _line(review: Review, then: Standing, now: Standing) -> ChangeLine:
    name = review.names[now.target.id]
    zone = review.zone_name(now.target.zone_id)
    return ChangeLine(now.target.id, target_kind_word(name.kind), target_words(name), zone, then.state, now.state)


def comparison_file(review: Review) -> ReviewFile:
    """Return the comparison for a file: every place and piece, whether its state is another or not."""
    rows = []
    for then, now in _pairs(review):
        name = review.names[now.target.id]
        zone = review.zone_name(now.target.zone_id) if now.target.zone_id else None
        values = (
            str(now.target.id), name.key or None, name.kind, target_words(name), zone, then.state, now.state,
            then.seen_count, now.seen_count,
        )  # fmt: skip
        rows.append(dict(zip(FIELDS, values, strict=True)))
    return ReviewFile(_("jämförelse"), FIELDS, rows)
