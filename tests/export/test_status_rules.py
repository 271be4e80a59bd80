"""What a receiver's word does to a case: each word has one meaning, and nothing that comes twice or late changes anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.damage.rules import STATUSES, STEPS
from fieldapp.export import status_rules as rules
from fieldapp.export.status_rules import NOTHING, Outcome, judge_report

AT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("word", ["In Progress", " in_progress ", "IN  PROGRESS", "in progress"])
def test_a_word_is_the_same_however_it_is_written(word: str) -> None:
    assert rules.meaning_of(rules.plain_word(word), {}) == "pagar"


@pytest.mark.parametrize(("word", "status"), [("closed", "atgardad"), ("open", NOTHING), ("comleted", None)])
def test_words_have_the_meaning_of_their_standard_or_none(word: str, status: str | None) -> None:
    assert rules.meaning_of(word, {}) == status


def test_an_administrators_table_goes_before_the_standard() -> None:
    assert rules.meaning_of("closed", {"closed": "avvisad"}) == "avvisad"
    assert rules.meaning_of("comleted", {"comleted": "atgardad"}) == "atgardad"


@pytest.mark.parametrize(
    ("meaning", "status", "minutes", "outcome"),
    [
        ("atgardad", "skickad", 0, Outcome.APPLIED),
        ("bekraftad", "pagar", 0, Outcome.SAME),
        ("atgardad", "stangd", 0, Outcome.SAME),
        ("pagar", "skickad", -1, Outcome.LATE),
        ("atgardad", "avvisad", 0, Outcome.REFUSED),
        ("avvisad", "stangd", 0, Outcome.REFUSED),
        (None, "skickad", 0, Outcome.UNKNOWN),
        (NOTHING, "skickad", -5, Outcome.NOTHING),
    ],
)
def test_a_report_is_judged(meaning: str | None, status: str, minutes: int, outcome: Outcome) -> None:
    assert judge_report(meaning, status, AT + timedelta(minutes=minutes), AT) is outcome


@given(st.sampled_from([None, NOTHING, *rules.MAPPABLE]), st.sampled_from(STATUSES), st.integers(-3, 3))
def test_only_what_the_flow_allows_is_applied(meaning: str | None, status: str, minutes: int) -> None:
    if judge_report(meaning, status, AT + timedelta(minutes=minutes), AT) is Outcome.APPLIED:
        assert meaning in STEPS[status]
        assert minutes >= 0


def test_a_clock_far_ahead_is_not_believed() -> None:
    assert rules.believed_at(AT + timedelta(days=1), AT) == AT
    assert rules.believed_at(None, AT) == AT
    assert rules.believed_at(AT - timedelta(days=1), AT) == AT - timedelta(days=1)
