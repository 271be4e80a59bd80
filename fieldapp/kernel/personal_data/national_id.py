"""Find Swedish national identity numbers: personnummer, samordningsnummer and interim numbers.

Formats and check digit: folkbokföringslagen (1991:481) 18–18 b §§ and the Swedish Tax Agency's SKV 704 and SKV 707. A
samordningsnummer has the day of birth plus 60, or a day that merely looks so: where the date is not known the month can
be 00, and among the Tax Agency's own test numbers are 30 and 31 February.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from typing import Final

from fieldapp.kernel.personal_data.rules import DIGIT, DOCUMENT, pattern, spans
from fieldapp.kernel.personal_data.views import Views

SIZES: Final = (12, 10)  # With and without the century.
COORDINATION_DAYS: Final = range(60, 92)
CENTURIES: Final = ("18", "19", "20")
ASCII_DIGITS: Final = "0123456789"

_RULES: Final = DOCUMENT["national_id"]
_INTERIM: Final = pattern(_RULES["interim"])


def find_national_ids(views: Views) -> Iterator[tuple[int, int]]:
    """Yield every stretch that reads as a national identity number, however its digits are split; they may overlap."""
    if DIGIT.search(views.digits) is None:
        return
    for run in _runs(views.digits):
        yield from _windows(run, views.digits)
    for start, end in spans(_INTERIM, views.digits):
        if is_national_id(_with_letter_as_one(views.digits[start:end])):
            yield start, end


def _with_letter_as_one(interim: str) -> str:
    """Return the digits of an interim number, its letter counted as 1, which is how its check digit is made."""
    written = (character for character in interim if character not in _RULES["separators"])
    return "".join(character if character in ASCII_DIGITS else "1" for character in written)


def is_national_id(digits: str) -> bool:
    """Tell whether 10 or 12 digits have a possible date of birth and the right check digit."""
    if len(digits) == 12 and digits[:2] not in CENTURIES:
        return False
    return _is_date(digits[:-4]) and _luhn_sum(digits[-10:]) % 10 == 0


def _is_date(date: str) -> bool:
    """Check YYMMDD or YYYYMMDD; without a century, 29 February needs only a year divisible by four."""
    year, month, day = int(date[:-4]), int(date[-4:-2]), int(date[-2:])
    if len(date) == 6:
        year += 2000
    if day in COORDINATION_DAYS:
        return month <= 12
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _luhn_sum(digits: str) -> int:
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    return doubled + sum(int(digit) for digit in digits[1::2])


def _runs(text: str) -> Iterator[list[int]]:
    """Yield runs of digits with nothing but a few separators between them, as the places of the digits."""
    run: list[int] = []
    for at, character in enumerate(text):
        if character in ASCII_DIGITS:
            if run and at - run[-1] - 1 > _RULES["gap_max"]:
                yield run
                run = []
            run.append(at)
        elif character not in _RULES["separators"] and run:
            yield run
            run = []
    yield run


def _windows(run: list[int], text: str) -> Iterator[tuple[int, int]]:
    """Try every 12 and 10 digits that begin and end where a group of digits does: not within an order number."""
    for first in range(len(run)):
        if first and run[first - 1] + 1 == run[first]:
            continue
        for size in SIZES:
            window = run[first : first + size]
            if len(window) < size or (first + size < len(run) and window[-1] + 1 == run[first + size]):
                continue
            if is_national_id("".join(text[at] for at in window)):
                yield window[0], window[-1] + 1
