"""What holds for any text, for numbers in disguise, and for texts made to be slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.personal_data import MAX_LENGTH, Kind, mask, scan
from fieldapp.kernel.personal_data.folding import LAST_LETTER, fold
from fieldapp.kernel.personal_data.rules import DOCUMENT, PLACEHOLDER, pattern
from fieldapp.kernel.personal_data.scanner import _found, _holds_nothing, _is_quiet, _Needs
from fieldapp.kernel.personal_data.views import _with_digits, _without_clock_stretches, look
from fieldapp.kernel.personal_data.words import (
    find_names,
    find_special_words,
    may_hold_names,
    may_hold_special_words,
    split_words,
)
from tests.contract.make_personal_data_fixtures import ADVERSARIAL_UNITS
from tests.make.personal_data import PLATE_LETTERS, ZERO_WIDTH, check_digit

SCAN_MS_MAX = 50.0  # For MAX_LENGTH code points, of this process's own time: the machine does other things too.
LONG_FACTOR = 200  # How much longer a text is that must not take longer.

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
SPACES = " \u00a0\u2007\u2009\u202f\u3000\t\n"
ZEROS = (0x30, 0xFF10, 0x660, 0x6F0, 0x966, 0x1D7CE, 0x1D7F6)  # The digit 0 in as many alphabets.
DIGIT_LOOKALIKES = {"0": "0Oo\u041e\u03bf", "1": "1lI\u0406\u0399"}
LETTER_LOOKALIKES = dict(
    zip("ABCEHKMOPTXY", "\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u03a5", strict=True)
)

WORDS_OF_RULES = [
    written
    for name in ("first_names", "last_names", "titles", "special_exact", "special_stems", "place_words")
    for word in " ".join(DOCUMENT["words"][name]).split()
    for written in (word, word.capitalize(), f"{word}-{word}", f"x{word}", "y" * 60 + word)
]
PARTS_OF_RULES = [
    *WORDS_OF_RULES,
    *(need for rule in DOCUMENT["patterns"] for need in rule["needs"]),
    *("är misstänkt för", "säljer droger", "en sjuk person", "har stulit", "anna (snabel-a) ort.se", "l I o", "Glas"),
]

any_text = st.text(
    st.one_of(st.characters(), st.sampled_from("0123456789 .-+()@OlABCabcåäö" + ZERO_WIDTH)), max_size=300
)
digits = st.sampled_from("0123456789")


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """Draw the twelve digits of a personnummer or a samordningsnummer."""
    born = draw(st.dates(date(1890, 1, 1), date(2030, 12, 31)))
    is_coordination, is_month_known = draw(st.booleans()), draw(st.booleans())
    month = born.month if is_month_known or not is_coordination else 0
    written = f"{born.year}{month:02}{born.day + 60 * is_coordination:02}{draw(st.integers(0, 999)):03}"
    return written + check_digit(written[2:])


@st.composite
def split_identity_numbers(draw: st.DrawFn) -> str:
    """Draw an identity number with one kind of separator before its last four digits and anywhere else."""
    number = draw(identity_numbers())[draw(st.sampled_from((0, 2))) :]
    separator = draw(st.sampled_from([*DASHES, *SPACES, ".", "+", "/", "_", " - "]))
    places = draw(st.sets(st.integers(1, len(number) - 1))) | {len(number) - 4}
    return "".join((separator if at in places else "") + digit for at, digit in enumerate(number))


@st.composite
def mobile_numbers(draw: st.DrawFn) -> str:
    """Draw a mobile number as people write it."""
    start = draw(st.sampled_from(["0", "+46", "+46 (0)", "0046 "]))
    area = draw(st.sampled_from(["70", "72", "73", "76", "79"]))
    dash, space = draw(st.sampled_from([*DASHES, *SPACES, ""])), draw(st.sampled_from([*SPACES, ""]))
    rest = "".join(draw(st.lists(digits, min_size=7, max_size=7)))
    return f"{start}{area}{dash}{rest[:3]}{space}{rest[3:5]}{space}{rest[5:]}"


@st.composite
def plates(draw: st.DrawFn) -> str:
    """Draw a registration number that is no word of the stop list."""
    stopped = " ".join(DOCUMENT["words"]["not_plates"]).split()
    letters = "".join(draw(st.lists(st.sampled_from(PLATE_LETTERS), min_size=3, max_size=3)))
    if letters.lower() in stopped:
        letters = "ABC"
    last = draw(st.sampled_from("0123456789" + PLATE_LETTERS))
    return letters + draw(st.sampled_from(["", " ", "-"])) + draw(digits) + draw(digits) + last


@st.composite
def disguised(draw: st.DrawFn, written: st.SearchStrategy[str], replace: Callable[[str], str]) -> str:
    """Draw something written, some of its characters replaced, with invisible characters strewn within."""
    text = draw(written)
    parts = [text[0]]
    for character in text[1:]:
        parts += draw(st.sampled_from(["", "", "", *ZERO_WIDTH])), character
    return "".join(
        draw(st.sampled_from(replace(part))) if part in "01ABCEHKMOPTXY" and part else part for part in parts
    )


def digit_lookalikes(character: str) -> str:
    return DIGIT_LOOKALIKES.get(character, character)


def letter_lookalikes(character: str) -> str:
    return character + LETTER_LOOKALIKES.get(character, "")


def is_found(kind: Kind, text: str, written: str) -> bool:
    start = text.index(written)
    return any(f.kind is kind and f.start <= start and start + len(written) <= f.end for f in scan(text))


@given(any_text)
def test_findings_lie_within_the_text_in_its_order(text: str) -> None:
    findings = scan(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert list(findings) == sorted(findings, key=lambda f: (f.start, f.end, list(Kind).index(f.kind)))


@given(any_text)
def test_findings_of_one_kind_never_overlap(text: str) -> None:
    findings = scan(text)
    for kind in Kind:
        of_kind = [finding for finding in findings if finding.kind is kind]
        assert all(earlier.end <= later.start for earlier, later in pairwise(of_kind))


@given(any_text)
def test_masking_keeps_all_that_was_not_found_and_nothing_else(text: str) -> None:
    findings = scan(text)
    kept = [one for at, one in enumerate(text) if not any(f.start <= at < f.end for f in findings)]
    assert mask(text, findings).replace(DOCUMENT["mask"], "") == "".join(kept).replace(DOCUMENT["mask"], "")


@given(any_text)
def test_folding_leaves_only_characters_that_rules_speak_of(text: str) -> None:
    folded = fold(text)
    assert all(character <= LAST_LETTER or character == PLACEHOLDER for character in folded.text)
    assert fold(folded.text).text == folded.text


@given(any_text)
def test_folding_remembers_where_each_character_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@given(split_identity_numbers())
def test_an_identity_number_is_found_however_it_is_split(written: str) -> None:
    assert is_found(Kind.NATIONAL_ID, f"Lapp: {written}, foto", written)


@given(disguised(split_identity_numbers(), digit_lookalikes))
def test_an_identity_number_is_found_in_disguise(written: str) -> None:
    assert is_found(Kind.NATIONAL_ID, f"Lapp: {written}, foto", written)


@given(identity_numbers(), st.sampled_from(ZEROS))
def test_an_identity_number_is_found_in_any_alphabet(number: str, zero: int) -> None:
    written = "".join(chr(zero + int(digit)) for digit in number)
    assert is_found(Kind.NATIONAL_ID, f"Lapp: {written}, foto", written)


@given(disguised(mobile_numbers(), digit_lookalikes))
def test_a_mobile_number_is_found_in_disguise(written: str) -> None:
    assert is_found(Kind.PHONE, f"Ring: {written}, tack", written)


@given(disguised(plates(), letter_lookalikes))
def test_a_plate_is_found_in_disguise(written: str) -> None:
    assert is_found(Kind.PLATE, f"Bil {written}, grå", written)


@pytest.mark.parametrize("unit", ADVERSARIAL_UNITS, ids=ascii)
def test_a_text_made_to_be_slow_is_scanned_in_time(unit: str) -> None:
    text = (unit * MAX_LENGTH)[:MAX_LENGTH]
    assert best_scan_ms(text) <= SCAN_MS_MAX


def test_a_text_far_too_long_takes_no_longer() -> None:
    text = "0701234567 " * (MAX_LENGTH // 11) * LONG_FACTOR
    assert best_scan_ms(text) <= SCAN_MS_MAX


def best_scan_ms(text: str) -> float:
    """Measure five scans by the process's clock and return the quickest."""
    times = []
    for _ in range(5):
        before = time.process_time()
        scan(text)
        times.append((time.process_time() - before) * 1000)
    return min(times)


@pytest.mark.parametrize("rule", DOCUMENT["patterns"], ids=lambda rule: f"{rule['kind']} {rule['pattern'][:24]}")
@given(choice=st.data())
def test_a_pattern_matches_nothing_that_lacks_what_it_needs(rule: dict[str, Any], choice: st.DataObject) -> None:
    text = fold(choice.draw(st.from_regex(pattern(rule["pattern"])))).text
    views = look(text)
    if pattern(rule["pattern"]).search(getattr(views, rule["view"])):
        assert _Needs.of(rule["needs"]).are_met(getattr(views, rule["view"]), views)


@given(st.one_of(any_text, st.lists(st.sampled_from(WORDS_OF_RULES), max_size=8).map(" ".join)))
def test_the_cheap_questions_never_hide_a_word(text: str) -> None:
    views = look(fold(text).text)
    all_words = split_words(views)
    assert may_hold_names(views) or not list(find_names(all_words, views))
    assert may_hold_special_words(views) or not list(find_special_words(all_words))


@given(st.one_of(any_text, st.lists(st.sampled_from(PARTS_OF_RULES), max_size=6).map(" ".join)))
def test_in_what_is_seen_to_hold_nothing_no_rule_finds_anything(text: str) -> None:
    views = look(fold(text).text)
    assert not _holds_nothing(views) or not any(_found(views).values())


@given(st.one_of(any_text, st.lists(st.sampled_from(PARTS_OF_RULES), max_size=6).map(" ".join)))
def test_what_is_seen_to_hold_nothing_before_it_is_folded_holds_nothing_after(text: str) -> None:
    assert not _is_quiet(text) or _holds_nothing(look(fold(text).text))


def test_a_note_of_ordinary_words_is_seen_to_hold_nothing() -> None:
    assert _is_quiet("Trasig belysning i källaren, glas på golvet.")
    assert _holds_nothing(look(fold("Trasig belysning i källaren, glas på golvet.").text))


@given(any_text)
def test_a_plain_text_is_folded_the_short_way_as_the_long_one(text: str) -> None:
    short = fold(text)
    with patch("fieldapp.kernel.personal_data.folding._IS_PLAIN", lambda _text: None):
        long = fold(text)
    assert (short.text, list(short.starts), list(short.ends)) == (long.text, list(long.starts), list(long.ends))


@given(any_text)
def test_what_has_no_digit_has_the_view_of_digits_it_would_have_had(text: str) -> None:
    folded = fold(text).text
    assert look(folded).digits == _without_clock_stretches(_with_digits(folded))
