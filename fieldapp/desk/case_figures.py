"""The figures of cases as a page shows them: bars, tables, and the same as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date

from fieldapp.damage.commands import CountCases
from fieldapp.damage.figures import CaseFigures, MonthFigures, figures_of, last_months, month_figures
from fieldapp.damage.queries import span_of
from fieldapp.desk.filters import category_name
from fieldapp.desk.words import _, ngettext
from fieldapp.export.x1 import Row
from fieldapp.observations.queries import categories_by_code
from fieldapp.places.queries import zones

MONTHS_SHOWN = 12
BARS_MAX = 12
FIELDS = ("by", "code", "name", "cases", "mended", "with_clock", "in_time", "in_time_pct", "half_within_h", "reopened")


@dataclass(frozen=True, slots=True)
class FiguresLine:
    """The figures of a category or a zone."""

    code: str
    label: str
    figures: CaseFigures


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how much of its whole length is full, from 0 to 1, and what it says in words."""

    label: str
    share: float
    words: str


@dataclass(frozen=True, slots=True)
class FiguresView:
    """What the page of figures shows."""

    asked: CountCases
    whole: CaseFigures
    by_category: Sequence[FiguresLine]
    by_zone: Sequence[FiguresLine]
    months: Sequence[MonthFigures]

    @property
    def is_filtered(self) -> bool:
        """Tell whether only some days are asked for."""
        return self.asked != CountCases()

    @property
    def month_bars(self) -> list[Bar]:
        """Return the share mended in time by the month in which cases were opened."""
        return [
            Bar(month_word(month.first), month.share_in_time, percent_words(month.share_in_time))
            for month in self.months
            if month.share_in_time is not None
        ]


def figures_view(asked: CountCases, *, timezone: str, now: datetime) -> FiguresView:
    """Return the figures of cases opened on the days that are asked for, in a number of queries that does not grow."""
    start, end = span_of(asked.from_on, asked.to_on, timezone)
    found = figures_of(start, end, now)
    categories = categories_by_code()
    names = {zone.id: (zone.code, zone.name) for zone in zones(with_ended=True)}
    by_category = [
        FiguresLine(code, category_name(categories.get(code) or code), figures)
        for code, figures in found.by_category.items()
    ]
    by_zone = [
        FiguresLine(*(names.get(key, ("", "")) if key else ("", _("inget område"))), figures)
        for key, figures in found.by_zone.items()
    ]
    zone = ZoneInfo(timezone)
    last = asked.to_on or now.astimezone(zone).date()
    months = month_figures(last_months(last, MONTHS_SHOWN), zone, now)
    return FiguresView(asked, found.whole, _most_first(by_category), _most_first(by_zone), months)


def _most_first(lines: Sequence[FiguresLine]) -> list[FiguresLine]:
    return sorted(lines, key=lambda line: (-line.figures.count, line.label))


def in_time_bars(lines: Sequence[FiguresLine]) -> list[Bar]:
    """Return the share mended within the clock, of those with most cases."""
    shares = [(line.label, line.figures.share_in_time) for line in lines]
    return [Bar(label, share, percent_words(share)) for label, share in shares if share is not None][:BARS_MAX]


def half_bars(lines: Sequence[FiguresLine]) -> list[Bar]:
    """Return within how long half were mended, of those with most cases, beside the longest of them."""
    hours = [(line.label, line.figures.half_within_h) for line in lines]
    told = [(label, within) for label, within in hours if within is not None][:BARS_MAX]
    longest = max((within for _label, within in told), default=1)
    return [Bar(label, within / longest, within_words(within)) for label, within in told]


def percent_words(share: float | None) -> str:
    """Write a share as a whole percentage."""
    return "–" if share is None else _("%(pct)s %%", pct=round(share * 100))


def within_words(hours: int | None) -> str:
    """Write a number of hours, as days where they are many."""
    if hours is None:
        return "–"
    if hours < 48:
        return _("%(hours)s tim", hours=hours)
    return ngettext("%(num)d dygn", "%(num)d dygn", -(-hours // 24))


def month_word(first: date) -> str:
    """Write a month: "nov. 2026"."""
    return str(format_date(first, "MMM y"))


def figure_rows(view: FiguresView) -> list[Row]:
    """Return the figures for a file: all cases, then each category, each zone, each month."""
    rows = [_row("all", "", "", view.whole)]
    rows += [_row("category", line.code, line.label, line.figures) for line in view.by_category]
    rows += [_row("zone", line.code, line.label, line.figures) for line in view.by_zone]
    for month in view.months:
        told = {"cases": month.count, "with_clock": month.with_clock, "in_time": month.in_time}
        named = {"by": "month", "code": f"{month.first:%Y-%m}", "name": month_word(month.first)}
        rows.append({**dict.fromkeys(FIELDS), **named, **told, "in_time_pct": _pct(month.share_in_time)})
    return rows


def _row(by: str, code: str, name: str, figures: CaseFigures) -> Row:
    values = (
        by, code, name, figures.count, figures.mended, figures.with_clock, figures.in_time, _pct(figures.share_in_time),
        figures.half_within_h, figures.reopened,
    )  # fmt: skip
    return dict(zip(FIELDS, values, strict=True))


def _pct(share: float | None) -> int | None:
    return None if share is None else round(share * 100)
