"""Places and pieces by how long since they were seen: the map, the list beside it, and the list of clocks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from fieldapp.coverage.rules import BY_MAYBE, PIECE, SEEN, STATES, UNKNOWN
from fieldapp.coverage.states import Standing
from fieldapp.desk.coverage_review import Review, ReviewFile, Row
from fieldapp.desk.coverage_words import coverage_state_word, maybe_words, seen_words, target_kind_word, target_words
from fieldapp.desk.words import _

ROWS_SHOWN = 50
RARE_MAX = 2
"""What no more walks than this may have seen is hardly better than not seen."""
AGES_DAYS = (1, 3, 7)
"""Until how many days ago each age of the map lasts; the last has no end."""
FIELDS = (
    "target_id", "place_id", "kind", "name", "zone", "state", "last_seen_on", "days_since_seen", "is_inherited",
    "seen_count", "told_count", "days_seen", "unknown_count", "is_state_inherited",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AgeLine:
    """A place or piece in a list."""

    id: UUID
    kind: str
    words: str
    zone: str
    state: str
    is_told: bool
    is_inherited: bool
    """Its state is that of the pieces before it."""
    days: int | None
    seen: str
    maybe: str
    """How often it may have been seen, where that is not known; else empty."""


@dataclass(frozen=True)
class AgeList:
    """A page of the list, overdue first, and how many there are of each state."""

    lines: Sequence[AgeLine]
    counts: Mapping[str, int]
    rare_count: int
    """How many of the unknown ones few walks may have seen."""
    found: int
    first: int

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


def age_list(review: Review, page: int) -> AgeList:
    """Return a page of the places and pieces that the filter lets through, overdue first."""
    standings = review.standings(review.period)
    counts = Counter(one.state for one in standings)
    rare_count = sum(one.state == UNKNOWN and one.unknown_count <= RARE_MAX for one in standings)
    found = _in_order(review, standings)
    start = (page - 1) * ROWS_SHOWN
    lines = [_line(review, one) for one in found[start : start + ROWS_SHOWN]]
    return AgeList(lines, {state: counts[state] for state in STATES}, rare_count, len(found), start + 1)


def _in_order(review: Review, standings: Iterable[Standing]) -> list[Standing]:
    """Return those in the state asked for: never seen first, then those not seen for longest.

    In the other order those not seen come first, then those that fewest walks may have seen, then those that fewest saw.
    """
    wanted = [one for one in standings if review.is_in_state(one.state)]
    names = review.names

    def age(one: Standing) -> tuple[float, str]:
        at, day = one.clock.last_seen_at, review.last_seen_on(one) if review.is_past else None
        latest = (
            day.toordinal() if day is not None else at.timestamp() if at is not None and not review.is_past else 0.0
        )
        return latest, names[one.target.id].name

    def maybe(one: Standing) -> tuple[bool, int, tuple[float, str]]:
        is_seen = one.state == SEEN
        return is_seen, one.seen_count + one.told_count if is_seen else one.unknown_count, age(one)

    return sorted(wanted, key=maybe if review.asked.order == BY_MAYBE else age)


def _line(review: Review, one: Standing) -> AgeLine:
    name, days = review.names[one.target.id], review.days_since(one)
    return AgeLine(
        one.target.id,
        target_kind_word(name.kind),
        target_words(name),
        review.zone_name(one.target.zone_id),
        one.state,
        one.is_told,
        one.is_inherited,
        days,
        seen_words(days, is_inherited=review.is_age_inherited(one), is_past=review.is_past),
        maybe_words(one.unknown_count) if one.state == UNKNOWN else "",
    )


def age_file(review: Review) -> ReviewFile:
    """Return the whole list for a file."""
    return ReviewFile(
        "platser", FIELDS, [_row(review, one) for one in _in_order(review, review.standings(review.period))]
    )


def _row(review: Review, one: Standing) -> Row:
    name, day = review.names[one.target.id], review.last_seen_on(one)
    values = (
        str(one.target.id),
        name.key or None,
        name.kind,
        target_words(name),
        review.zone_name(one.target.zone_id) if one.target.zone_id else None,
        one.state,
        None if day is None else day.isoformat(),
        review.days_since(one),
        review.is_age_inherited(one),
        one.seen_count,
        one.told_count,
        one.day_count,
        one.unknown_count,
        one.is_inherited,
    )
    return dict(zip(FIELDS, values, strict=True))


def age_map(review: Review) -> str:
    """Return what the map draws, as GeoJSON text. `label` is what stands on the map, `words` what a click says."""
    say = _sayings(review)
    parts = [
        part
        for one in review.standings(review.period)
        if review.is_in_state(one.state) and (part := _feature(review, one, say))
    ]
    return '{"type":"FeatureCollection","features":[' + ",".join(parts) + "]}"


class _sayings:  # noqa: N801 - reads as a function that keeps what it has said
    """The words of the map. Translating each of thousands anew would take most of the time."""

    def __init__(self, review: Review) -> None:
        self.near, self.nowhere = _("Väg vid %(near)s"), _("Väg utan plats nära")
        self.never = _("> 1 år") if review.is_past else _("aldrig")
        self.seen = cache(
            lambda days, is_inherited: seen_words(days, is_inherited=is_inherited, is_past=review.is_past)
        )
        self.state = {state: coverage_state_word(state) for state in STATES}
        self.in_period = _("i perioden: %(state)s")
        self.maybe = cache(maybe_words)
        self.inherited = _("ärvd")
        self.told = _("bara enligt värdarna")


def _feature(review: Review, one: Standing, say: _sayings) -> str:
    name = review.names[one.target.id]
    if not name.drawn:
        return ""
    days = review.days_since(one)
    if name.kind == PIECE:
        what = (say.near % {"near": name.name} if name.name else say.nowhere) + f", {name.length_m} m"
    else:
        what = name.name
    said = f"{what}: {say.seen(days, review.is_age_inherited(one))}; {say.in_period % {'state': say.state[one.state]}}"
    if one.is_inherited:
        said += f", {say.inherited}"
    if one.is_told:
        said += f", {say.told}"
    if one.state == UNKNOWN:
        said += f", {say.maybe(one.unknown_count)}"
    label = "?" if one.state == UNKNOWN else say.never if days is None else f"{days} d"
    # Written by hand, thousands of times: only the words can hold what JSON has to escape.
    return (
        f'{{"type":"Feature","geometry":{name.drawn},"properties":{{"id":"{one.target.id}","layer":"{one.target.kind}",'
        f'"state":"{one.state}","age":{_age(days)},"label":"{label}","words":{json.dumps(said, ensure_ascii=False)}}}}}'
    )


def _age(days: int | None) -> int:
    return next((age for age, most in enumerate(AGES_DAYS) if days is not None and days <= most), len(AGES_DAYS))
