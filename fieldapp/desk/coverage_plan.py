"""Plan against done: what was asked for on each day, what came of it, and what happened where it was not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.desk.words import _, end_reason_word, gap_reason_word
from fieldapp.planning.queries import named_by, plans, targets_of
from fieldapp.planning.results import GAP, NO_ROUND, PlanDay, plan_results
from fieldapp.planning.sentences import often, what

MISSED_MAX = 8
"""So many lines of a week are shown before all of it is asked for."""
FIELDS = ("day", "zone", "plan", "planned", "done", "unknown", "not_done", "done_pct", "reasons")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What came of a plan on a day."""

    day: date
    zone: str
    plan: str
    planned: int
    done: int
    unknown: int
    reasons: str

    @property
    def not_done(self) -> int:
        """Return how many were not seen, and could not have been."""
        return self.planned - self.done - self.unknown

    @property
    def pct(self) -> int:
        """Return how much was done, rounded down: all of it is all of it."""
        return 100 * self.done // self.planned if self.planned else 100


def plan_lines(review: Review) -> list[PlanLine]:
    """Return the lines of the period, latest day first."""
    found = plan_results(review.period.first, review.period.last, review.now, review.timezone)
    wanted = [one for one in found if review.asked.zone in {None, one.zone_id}]
    sentences = _sentences() if wanted else {}
    lines = [_line(review, one, sentences) for one in wanted]
    return sorted(lines, key=lambda line: (-line.day.toordinal(), line.zone, line.plan))


def has_plans() -> bool:
    """Tell whether there is any plan, of whatever time."""
    return bool(plans(with_ended=True))


@dataclass(frozen=True)
class PlanWeek:
    """What came of all plans in a week: what was missed most first, and all of it by day."""

    monday: date
    lines: Sequence[PlanLine]

    @property
    def missed(self) -> Sequence[PlanLine]:
        """Return the lines of which most was not seen, the most first."""
        missed = sorted((line for line in self.lines if line.not_done), key=lambda line: -line.not_done)
        return missed[:MISSED_MAX]

    @property
    def is_short(self) -> bool:
        """Tell whether all of it can be shown at once."""
        return len(self.lines) <= MISSED_MAX

    @property
    def days(self) -> list[tuple[date, list[PlanLine]]]:
        """Return the lines below their days."""
        return [(day, list(group)) for day, group in groupby(self.lines, key=lambda line: line.day)]

    @property
    def number(self) -> int:
        """Return the week's number in its year."""
        return self.monday.isocalendar().week

    @property
    def sums(self) -> tuple[int, int, int, int]:
        """Return how much was planned, seen, unknown and not seen."""
        lines = self.lines
        return (
            sum(line.planned for line in lines),
            sum(line.done for line in lines),
            sum(line.unknown for line in lines),
            sum(line.not_done for line in lines),
        )


def by_week(lines: Sequence[PlanLine]) -> list[PlanWeek]:
    """Return the lines by week, in their order."""
    grouped = groupby(lines, key=lambda line: line.day - timedelta(days=line.day.weekday()))
    return [PlanWeek(monday, list(group)) for monday, group in grouped]


def _sentences() -> dict[object, str]:
    every = plans(with_ended=True)
    named = targets_of([named_by(plan) for plan in every])
    return {plan.id: f"{often(plan.cadence)}: {what(of_plan)}" for plan, of_plan in zip(every, named, strict=True)}


def _line(review: Review, one: PlanDay, sentences: Mapping[object, str]) -> PlanLine:
    return PlanLine(
        one.day,
        review.zone_name(one.zone_id),
        sentences.get(one.plan_id, ""),
        one.planned,
        one.done,
        one.unknown,
        ", ".join(_reason(reason, count) for reason, count in one.reasons.items()),
    )


def _reason(reason: str, count: int) -> str:
    if reason == NO_ROUND:
        return _("ingen rond gick")
    if reason.startswith(GAP):
        words = _("lucka: %(reason)s", reason=gap_reason_word(reason.removeprefix(GAP)))
    else:
        words = _("avslutad: %(reason)s", reason=end_reason_word(reason))
    return words if count == 1 else f"{count} × {words}"


def plan_file(review: Review) -> ReviewFile:
    """Return the lines for a file."""
    rows = [
        dict(
            zip(
                FIELDS,
                (
                    line.day.isoformat(), line.zone, line.plan, line.planned, line.done, line.unknown, line.not_done,
                    line.pct, line.reasons,
                ),
                strict=True,
            )
        )
        for line in plan_lines(review)
    ]  # fmt: skip
    return ReviewFile(_("planer"), FIELDS, rows)
