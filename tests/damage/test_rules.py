"""The case's state machine and its clock: which steps there are, and that no way of taking them leaves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.damage import rules
from fieldapp.damage.rules import Verdict, judge_step

TABLE = """
            ny  granskad  skickad  bekraftad  pagar  atgardad  kontrollerad  stangd  avvisad  dubblett  ateroppnad
ny          =   x         .        .          .      .         .             .       x        x         .
granskad    .   =         x        x          x      x         .             .       x        x         .
skickad     .   .         =        x          x      x         .             .       x        x         .
bekraftad   .   .         .        =          x      x         .             .       x        x         .
pagar       .   .         .        .          =      x         .             .       x        x         .
atgardad    .   .         .        .          .      =         x             .       .        .         x
kontrollerad .  .         .        .          .      .         =             x       .        .         x
stangd      .   .         .        .          .      .         .             =       .        .         x
avvisad     x   .         .        .          .      .         .             .       =        .         .
dubblett    x   .         .        .          .      .         .             .       .        =         .
ateroppnad  .   .         .        .          .      .         .             .       .        .         =
"""
VERDICTS = {"x": Verdict.CHANGE, "=": Verdict.CONFIRMED, ".": Verdict.REFUSED}
STATUS = st.sampled_from(rules.STATUSES)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_steps_are_those_of_the_table() -> None:
    names, *lines = [line.split() for line in TABLE.strip().splitlines()]
    assert tuple(names) == rules.STATUSES
    for status, *marks in lines:
        for to, mark in zip(names, marks, strict=True):
            assert judge_step(status, to) is VERDICTS[mark], f"{status} → {to}"


@given(st.lists(STATUS, max_size=40))
def test_no_sequence_of_steps_leaves_the_machine(asked: list[str]) -> None:
    status = "ny"
    for to in asked:
        if judge_step(status, to) is Verdict.CHANGE:
            status = to
            assert judge_step(status, to) is Verdict.CONFIRMED
        assert status in rules.STATUSES


@given(STATUS, STATUS)
def test_only_what_was_mended_is_opened_again_and_only_what_is_open_is_set_aside(status: str, to: str) -> None:
    if judge_step(status, to) is Verdict.CHANGE:
        assert (to == "ateroppnad") == (status in rules.MENDED_STATUSES and to not in {"kontrollerad", "stangd"})
        if to in rules.SET_ASIDE_STATUSES:
            assert rules.is_open(status)


def test_an_unknown_status_goes_nowhere() -> None:
    assert judge_step("lost", "ny") is Verdict.REFUSED


@pytest.mark.parametrize(
    ("is_direct", "note_state", "expected"),
    [(True, "clean", True), (True, "confirmed", False), (True, "sensitive", False), (False, "clean", False)],
)
def test_a_rule_reviews_only_direct_categories_whose_text_is_clean(
    *, is_direct: bool, note_state: str, expected: bool
) -> None:
    assert rules.is_reviewed_by_rule(is_direct=is_direct, note_state=note_state) is expected


@pytest.mark.parametrize(("severity", "hours"), [(1, None), (2, None), (3, 24), (4, 24)])
def test_grave_damage_is_mended_within_a_day_unless_the_organisation_says_otherwise(
    severity: int, hours: int | None
) -> None:
    due = rules.due_at(severity, NOON)
    assert due == (NOON + timedelta(hours=hours) if hours else None)
    assert rules.due_at(severity, NOON, {1: 200}) == (NOON + timedelta(hours=200) if severity == 1 else None)


def test_a_case_is_overdue_only_while_it_is_open() -> None:
    late = NOON + timedelta(seconds=1)
    assert rules.is_overdue("pagar", NOON, late)
    assert not rules.is_overdue("pagar", NOON, NOON)
    assert not rules.is_overdue("atgardad", NOON, late)
    assert not rules.is_overdue("ny", None, late)


@pytest.mark.parametrize(
    ("hours", "expected"), [({}, None), ({0: 1}, 1), ({0: 1, 5: 1}, 1), ({0: 1, 5: 2}, 6), ({30: 1, 2: 1, 90: 1}, 31)]
)
def test_half_are_mended_within_the_hour_of_the_middle_one(hours: dict[int, int], expected: int | None) -> None:
    assert rules.half_within(hours) == expected
