"""How much the scanner finds: identity numbers, telephone numbers and plates in every form, by the thousand."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from fieldapp.kernel.personal_data import Kind, scan
from tests.make.personal_data import (
    LANDLINE_FORMS,
    NATIONAL_ID_FORMS,
    PHONE_FORMS,
    PLATE_FORMS,
    Forms,
    landline_numbers,
    mobile_numbers,
    national_ids,
    plates,
)

pytestmark = pytest.mark.slow  # thousands of numbers in forty forms

OFFICIAL: Final = Path(__file__).parents[2] / "../shared/data/pii"
ALL_FORMS_RECALL_MIN: Final = {Kind.NATIONAL_ID: 0.995, Kind.PHONE: 0.99, Kind.PLATE: 0.99}
CONTEXTS: Final = ("{}", "Lapp i hissen: {}.", "port 14 {} plan 3", "({})", "nr{}, ok")


def missed(kind: Kind, numbers: Iterable[str], forms: Forms, contexts: Iterable[str] = CONTEXTS[:2]) -> Counter[str]:
    """Count, by form, the numbers that were not found whole."""
    misses: Counter[str] = Counter(dict.fromkeys(forms, 0))
    for number in numbers:
        for name, form in forms.items():
            for context in contexts:
                misses[name] += not is_found(kind, form(number), context)
    return misses


def is_found(kind: Kind, written: str, context: str) -> bool:
    text = context.format(written)
    start = text.index(written)
    return any(f.kind is kind and f.start <= start and start + len(written) <= f.end for f in scan(text))


def assert_recall(kind: Kind, misses: Counter[str], tries_per_form: int) -> None:
    too_many = {
        form: times for form, times in misses.items() if 1 - times / tries_per_form < ALL_FORMS_RECALL_MIN[kind]
    }
    assert too_many == {}


def official_numbers() -> list[str]:
    files = [OFFICIAL / "testpersonnummer_2000.json", OFFICIAL / "testsamordningsnummer_300.json"]
    if not all(file.exists() for file in files):
        pytest.skip("the Tax Agency's test numbers are not at ../shared/data/pii")
    return [number for file in files for number in json.loads(file.read_text(encoding="utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize("form", NATIONAL_ID_FORMS)
def test_official_test_numbers_are_found_in_every_form(form: str) -> None:
    numbers = official_numbers()
    assert any(number[4:6] == "00" for number in numbers)
    misses = missed(Kind.NATIONAL_ID, numbers, {form: NATIONAL_ID_FORMS[form]}, CONTEXTS[1:2])
    assert_recall(Kind.NATIONAL_ID, misses, len(numbers))


def test_generated_identity_numbers_are_found_in_every_form() -> None:
    numbers = national_ids(120, seed=11)
    assert_recall(Kind.NATIONAL_ID, missed(Kind.NATIONAL_ID, numbers, NATIONAL_ID_FORMS), 2 * len(numbers))


@pytest.mark.parametrize("context", CONTEXTS)
def test_identity_numbers_are_found_whatever_stands_beside_them(context: str) -> None:
    forms = {name: NATIONAL_ID_FORMS[name] for name in ("12 digits, ''", "10 digits, '-'", "pairs", "spaced dash")}
    misses = missed(Kind.NATIONAL_ID, national_ids(300, seed=12), forms, [context])
    assert_recall(Kind.NATIONAL_ID, misses, 300)


@pytest.mark.parametrize("letter", "JKLMNRSTUWX")
def test_interim_numbers_are_found(letter: str) -> None:
    assert is_found(Kind.NATIONAL_ID, f"850101-{letter}228", "Kvitto {} i trappan")
    assert not is_found(Kind.NATIONAL_ID, f"850101-{letter}229", "Kvitto {} i trappan")


def test_numbers_that_only_look_so_are_no_identity_numbers() -> None:
    numbers = national_ids(300, seed=13)
    wrong_check_digits = [number[:-1] + str((int(number[-1]) + 1) % 10) for number in numbers]
    misses = missed(
        Kind.NATIONAL_ID, wrong_check_digits, {"12": str, "10": lambda n: f"{n[2:8]}-{n[8:]}"}, CONTEXTS[:1]
    )
    assert misses == {"12": 300, "10": 300}


@pytest.mark.parametrize("number", ["198902290007", "198913010003", "198901320008", "178901010005", "556677-1234"])
def test_impossible_dates_are_no_identity_numbers(number: str) -> None:
    assert scan(f"artikel {number}") == ()


def test_mobile_numbers_are_found_in_every_form() -> None:
    numbers = mobile_numbers(150)
    assert len(PHONE_FORMS) >= 11
    assert_recall(Kind.PHONE, missed(Kind.PHONE, numbers, PHONE_FORMS), 2 * len(numbers))


def test_landline_numbers_are_found_in_every_form() -> None:
    numbers = landline_numbers(300)
    assert_recall(Kind.PHONE, missed(Kind.PHONE, numbers, LANDLINE_FORMS), 2 * len(numbers))


@pytest.mark.parametrize(
    "number", ["+47 22 12 34 56", "+4722123456", "+358 40 1234567", "0045 32 12 34 56", "+48 600 123 456"]
)
def test_foreign_numbers_are_found(number: str) -> None:
    assert is_found(Kind.PHONE, number, "Ring {} om nyckeln")


def test_plates_are_found_in_every_form() -> None:
    registered = plates(1_000)
    assert_recall(Kind.PLATE, missed(Kind.PLATE, registered, PLATE_FORMS), 2 * len(registered))


def test_common_names_are_found_as_full_names() -> None:
    """Half of the people bear one of the first names listed; the measure is the register's counts."""
    dice = random.Random(5)
    last_names = ("Andersson", "Lindqvist", "Nilsson", "Ali", "Petrović", "Virtanen", "Nguyen", "Berg")
    borne: Counter[bool] = Counter()
    for file in ("tilltalsnamn-kvinnor_dev.csv", "tilltalsnamn-man_dev.csv"):
        path = OFFICIAL / file
        if not path.exists():
            pytest.skip("the register's names are not at ../shared/data/pii")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            first_name, persons = line.split(",")
            full_name = f"{first_name} {dice.choice(last_names)}"
            borne[is_found(Kind.NAME, full_name, "Pratade med {} i porten")] += int(persons)
    assert borne[True] / borne.total() >= 0.6
