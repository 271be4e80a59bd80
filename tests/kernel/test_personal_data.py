"""The scanner: what it finds in notes, where, and how a note is masked."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import pytest

from fieldapp.kernel.personal_data import MAX_LENGTH, Finding, Kind, Severity, mask, scan
from fieldapp.kernel.personal_data.rules import DOCUMENT, pattern, words
from fieldapp.kernel.personal_data.words import name_key
from tests.contract.make_personal_data_fixtures import FIXTURES, ORDINARY, fixtures_text

CASES: list[dict[str, Any]] = json.loads(FIXTURES.read_text(encoding="utf-8"))["cases"]
ORDINARY_NOTES = ORDINARY.read_text(encoding="utf-8").splitlines()
FALSE_WARNINGS_MOST = 1 / 50


def found(text: str) -> list[tuple[str, str]]:
    """Return kind and text of every finding."""
    return [(finding.kind.value, text[finding.start : finding.end]) for finding in scan(text)]


def as_lists(findings: tuple[Finding, ...]) -> list[list[object]]:
    return [[f.kind.value, f.start, f.end, f.severity.value] for f in findings]


@pytest.mark.parametrize("group", sorted({case["group"] for case in CASES}))
def test_every_fixture_is_found_to_the_character(group: str) -> None:
    cases = [case for case in CASES if case["group"] == group]
    assert [case for case in cases if as_lists(scan(case["text"])) != case["findings"]] == []


def test_the_fixtures_are_what_their_script_makes_of_the_rules() -> None:
    assert FIXTURES.read_text(encoding="utf-8") == fixtures_text()


def test_the_fixtures_stay_small_enough_to_be_read() -> None:
    assert FIXTURES.stat().st_size < 300_000


def test_at_most_one_ordinary_note_in_fifty_is_warned_about() -> None:
    assert len(ORDINARY_NOTES) >= 100
    warned = [note for note in ORDINARY_NOTES if scan(note)]
    assert len(warned) <= len(ORDINARY_NOTES) * FALSE_WARNINGS_MOST, warned


def test_at_most_one_ordinary_note_in_fifty_is_warned_about_whatever_its_digits() -> None:
    dice = random.Random(3)
    notes = [re.sub("[0-9]", lambda _: str(dice.randrange(10)), note) for note in ORDINARY_NOTES * 5]
    warned = Counter(finding.kind for note in notes for finding in scan(note))
    assert warned.total() <= len(notes) * FALSE_WARNINGS_MOST, warned


def test_at_most_one_number_of_ten_digits_in_a_hundred_passes_for_an_identity_number() -> None:
    dice = random.Random(4)
    orders = [f"order {dice.randrange(10**9, 10**10)}" for _ in range(5_000)]
    passed = sum(finding.kind is Kind.NATIONAL_ID for order in orders for finding in scan(order))
    assert passed / len(orders) <= 0.01


def test_kinds_have_one_order_in_both_runtimes() -> None:
    assert [kind.value for kind in Kind] == list(DOCUMENT["severities"])


def test_only_names_are_merely_warned_about() -> None:
    asked = {kind: Severity(DOCUMENT["severities"][kind.value]) for kind in Kind}
    assert [kind for kind, severity in asked.items() if severity is Severity.WARN] == [Kind.NAME]


def test_offsets_count_code_points_of_the_original() -> None:
    text = "🧹🧹 ring 070\u200b-123 45 67 nu"
    assert found(text) == [("phone", "070\u200b-123 45 67")]
    assert scan(text)[0].start == 8


def test_findings_come_in_the_order_of_the_text() -> None:
    text = "ABC 123, lgh 1203, 070-123 45 67, anna@firma.se"
    assert [kind for kind, _ in found(text)] == ["plate", "apartment", "phone", "email"]


def test_one_number_can_be_of_two_kinds() -> None:
    assert {kind for kind, _ in found("070123-9816")} == {"phone", "national_id"}


def test_overlapping_readings_of_one_kind_are_one_finding() -> None:
    assert found("20 890101-9813") == [("national_id", "20 890101-9813")]


def test_a_number_within_a_longer_one_is_no_identity_number() -> None:
    assert found("artikel 58901019813 och 89010198135") == []


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200b", "\n", "\ud800", "█", "\u0301"])
def test_a_text_of_nothing_holds_nothing(text: str) -> None:
    assert scan(text) == ()


def test_what_lies_beyond_the_longest_text_is_reported_as_unscanned() -> None:
    text = "lugnt " * MAX_LENGTH
    (finding,) = scan(text)
    assert (finding.kind, finding.severity, finding.end) == (Kind.UNSCANNED, Severity.CONFIRM, len(text))


def test_a_text_of_just_the_longest_length_is_scanned_whole() -> None:
    number = "890101-9813"
    assert found("x" * (MAX_LENGTH - len(number) - 1) + " " + number) == [("national_id", number)]


@pytest.mark.parametrize("shown", range(12))
def test_a_number_across_the_longest_length_does_not_survive_masking(shown: int) -> None:
    number = "890101-9813"
    text = "x" * (MAX_LENGTH - shown - 1) + " " + number
    assert not re.search("[0-9]", mask(text, scan(text)))


def test_masking_hides_kind_and_length() -> None:
    text = "Ring 070-123 45 67 eller Anna Andersson, lgh 1203."
    assert mask(text, scan(text)) == "Ring ███ eller ███, ███."


def test_masking_takes_overlapping_findings_together() -> None:
    text = "070123-9816!"
    assert mask(text, scan(text)) == "███!"


def test_masking_nothing_changes_nothing() -> None:
    assert mask("Klotter på port 14", ()) == "Klotter på port 14"


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 6)])
def test_masking_with_findings_of_another_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="finding at"):
        mask("lugnt", [Finding(Kind.PHONE, start, end, Severity.CONFIRM)])


def sources() -> list[str]:
    return [
        DOCUMENT["digit_lookalikes"]["numeral"],
        DOCUMENT["national_id"]["interim"],
        *DOCUMENT["clock_stretches"],
        *(rule["pattern"] for rule in DOCUMENT["patterns"]),
    ]


@pytest.mark.parametrize("source", sources())
def test_every_pattern_is_bounded_and_means_the_same_in_both_engines(source: str) -> None:
    filled = pattern(source).pattern
    outside_classes = re.sub(r"\[[^\]]*\]", "C", filled)
    assert not re.search(r"[*+]|\{[0-9]*,\}", outside_classes)
    assert not re.search(r"\\[a-zA-Z]|\(\?[<P]|\[\[|--|&&|\|\||~~", filled.replace("(?:", ""))
    assert len(re.findall(r"\((?!\?)", outside_classes)) == 1


@pytest.mark.parametrize("name", sorted(set(DOCUMENT["words"]) - {"place_names"}))
def test_a_word_list_says_nothing_twice(name: str) -> None:
    listed = " ".join(DOCUMENT["words"][name]).split()
    key = name_key if name in {"first_names", "last_names"} else str
    assert [word for word, times in Counter(map(key, listed)).items() if times > 1] == []


def test_no_special_word_is_told_twice() -> None:
    stems = tuple(words("special_stems"))
    assert [word for word in words("special_exact") if word.startswith(stems)] == []
