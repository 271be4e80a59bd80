"""The board of cases: a column for each status that leaves somebody something to do, in each the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from fieldapp.damage import rules
from fieldapp.damage.board import COLUMNS, board_cases
from fieldapp.damage.commands import ListCases
from fieldapp.damage.models import Case
from fieldapp.damage.queries import count_cases, filter_of
from fieldapp.desk.case_list import CaseLine, case_lines
from fieldapp.observations.queries import categories_by_code
from fieldapp.observations.trades import trade_words
from fieldapp.places.models import Zone
from fieldapp.places.queries import zones

NEXT_STEPS = {
    "ny": ("granskad",),
    "granskad": ("pagar", "atgardad"),
    "skickad": ("pagar", "atgardad"),
    "bekraftad": ("pagar", "atgardad"),
    "pagar": ("atgardad",),
    "atgardad": ("kontrollerad",),
    "kontrollerad": ("stangd",),
}
"""What a card offers to do at once; the rest is on the case's own page."""


@dataclass(frozen=True, slots=True)
class BoardCard:
    """One case on the board, with the steps that it offers: those of a supervisor, those of whoever mends."""

    line: CaseLine
    review_steps: Sequence[str]
    mending_steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A status: how many cases it has, and the most urgent of them."""

    status: str
    count: int
    cards: Sequence[BoardCard]

    @property
    def hidden_count(self) -> int:
        """Return how many more there are than are shown."""
        return self.count - len(self.cards)


@dataclass(frozen=True, slots=True)
class CaseBoard:
    """The whole board, and what its filter is chosen from."""

    asked: ListCases
    columns: Sequence[BoardColumn]
    overdue: int
    zones: Sequence[Zone]
    trades: Sequence[tuple[str, str]]

    @property
    def is_filtered(self) -> bool:
        """Tell whether the board is asked for something else than everything."""
        return replace(self.asked, status=None) != ListCases()

    @property
    def total(self) -> int:
        """Return how many cases are on it."""
        return sum(column.count for column in self.columns)


def case_board(asked: ListCases, own: frozenset[str] | None, *, timezone: str, now: datetime) -> CaseBoard:
    """Return the board, in a number of queries that does not depend on what is on it. `own`: the trades its reader sees."""
    categories = categories_by_code()
    trades = {code: category.trade for code, category in categories.items()}
    wanted = replace(filter_of(asked, timezone, now, trades, own), statuses=COLUMNS)
    found, counts = board_cases(wanted), count_cases(wanted, now)
    all_zones = zones(with_ended=True)
    shown = [case for cases in found.values() for case in cases]
    lines = {line.case.id: line for line in case_lines(shown, categories, all_zones, now)}
    return CaseBoard(
        asked=asked,
        columns=[
            BoardColumn(status, counts.by_status.get(status, 0), _cards(found[status], lines)) for status in COLUMNS
        ],
        overdue=counts.overdue,
        zones=all_zones,
        trades=[(code, word) for code, word in trade_words().items() if own is None or code in own],
    )


def _cards(cases: Sequence[Case], lines: dict[UUID, CaseLine]) -> list[BoardCard]:
    return [
        BoardCard(
            lines[case.id],
            [to for to in NEXT_STEPS[case.status] if to in rules.REVIEW_STEPS],
            [to for to in NEXT_STEPS[case.status] if to in rules.MENDING_STEPS],
        )
        for case in cases
    ]
