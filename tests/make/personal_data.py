"""Numbers that are nobody's, in all the ways people write them.

Generated identity numbers have birth numbers 980–989, which the Tax Agency keeps for tests; `FICTIONAL_…` telephone
numbers are of the series that the Post and Telecom Authority keeps for fiction. Numbers drawn by a seed from all there
are serve tests that only count; none of those is written to a file.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

TEST_BIRTH_NUMBERS: Final = range(980, 990)
PLATE_LETTERS: Final = "ABCDEFGHJKLMNOPRSTUWXYZ"
ZERO_WIDTH: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MOBILE_PREFIXES: Final = ("70", "72", "73", "76", "79")
AREA_CODES: Final = ("11", "13", "18", "19", "21", "31", "33", "36", "40", "42", "46", "54", "60", "63", "90")
LONG_AREA_CODES: Final = ("140", "171", "220", "270", "303", "304", "322", "431", "500", "520", "910", "980")

FICTIONAL_MOBILES: Final = tuple(f"7017406{last:02}" for last in range(5, 100, 12))
FICTIONAL_LANDLINES: Final = tuple(
    f"{start}{last:02}" for start in ("8 465004", "31 39006", "40 62804", "980 3192") for last in (0, 17, 38, 59, 99)
)

Forms = Mapping[str, Callable[[str], str]]


def check_digit(nine: str) -> str:
    """Return the tenth digit of an identity number (Luhn): every other digit doubled, from the first."""
    total = 0
    for at, digit in enumerate(nine):
        weighed = int(digit) * (2 if at % 2 == 0 else 1)
        total += weighed - 9 if weighed > 9 else weighed
    return str(-total % 10)


def national_id(dice: random.Random, *, is_coordination: bool = False, is_month_known: bool = True) -> str:
    """Return a personnummer or samordningsnummer of twelve digits."""
    born = date(1920, 1, 1) + timedelta(days=dice.randrange(36_000))
    month = born.month if is_month_known else 0
    day = born.day + (60 if is_coordination else 0)
    written = f"{born.year}{month:02}{day:02}{dice.choice(TEST_BIRTH_NUMBERS)}"
    return written + check_digit(written[2:])


def national_ids(count: int, seed: int = 1) -> list[str]:
    """Return identity numbers: one in three a samordningsnummer, one in six with the month unknown."""
    dice = random.Random(seed)
    return [national_id(dice, is_coordination=at % 3 == 0, is_month_known=at % 6 != 0) for at in range(count)]


def split_at_random(digits: str, separators: str, seed: int) -> str:
    """Put separators between some of the digits, none after the last."""
    dice = random.Random(f"{digits}{seed}")
    return digits[0] + "".join((dice.choice(separators) if dice.random() < 0.4 else "") + digit for digit in digits[1:])


def _separated(separator: str) -> Forms:
    return {
        f"12 digits, {separator!r}": lambda n: n[:8] + separator + n[8:],
        f"10 digits, {separator!r}": lambda n: n[2:8] + separator + n[8:],
    }


NATIONAL_ID_FORMS: Final[Forms] = {
    **{name: form for separator in ("", "-", "+", " ", "–", ".", "/") for name, form in _separated(separator).items()},
    "spaced dash": lambda n: f"{n[2:8]} - {n[8:]}",
    "date in groups": lambda n: f"{n[:4]} {n[4:6]} {n[6:8]} {n[8:]}",
    "date with dashes": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}-{n[8:]}",
    "date with dots": lambda n: f"{n[:4]}.{n[4:6]}.{n[6:8]}.{n[8:]}",
    "pairs": lambda n: " ".join(re.findall("..", n)),
    "pairs with dots": lambda n: ".".join(re.findall("..", n[2:])),
    "digits apart": " ".join,
    "digits apart with dots": lambda n: ".".join(n[2:]),
    "split at random": lambda n: split_at_random(n, " .", 1),
    "split at random, 10 digits": lambda n: split_at_random(n[2:], " .", 2),
    "zero width everywhere": "\u200b".join,
    "zero width at random": lambda n: split_at_random(n[2:], ZERO_WIDTH, 3),
    "no-break space": lambda n: f"{n[2:8]}\u00a0{n[8:]}",
    "two lines": lambda n: f"{n[2:8]}\n{n[8:]}",
    "full width": lambda n: n.translate({ord("0") + d: chr(0xFF10 + d) for d in range(10)}),
    "arabic digits": lambda n: n.translate({ord("0") + d: chr(0x660 + d) for d in range(10)}),
    "letters for 0 and 1": lambda n: n[2:8].replace("0", "O").replace("1", "l") + "-" + n[8:],
}

PHONE_FORMS: Final[Forms] = {
    # Of nine digits, 7x xxx xx xx.
    "070-123 45 67": lambda n: f"0{n[:2]}-{n[2:5]} {n[5:7]} {n[7:]}",
    "0701234567": lambda n: f"0{n}",
    "070-1234567": lambda n: f"0{n[:2]}-{n[2:]}",
    "0701-23 45 67": lambda n: f"0{n[:3]}-{n[3:5]} {n[5:7]} {n[7:]}",
    "070 123 45 67": lambda n: f"0{n[:2]} {n[2:5]} {n[5:7]} {n[7:]}",
    "07 01 23 45 67": lambda n: " ".join(re.findall("..", "0" + n)),
    "070.123.45.67": lambda n: f"0{n[:2]}.{n[2:5]}.{n[5:7]}.{n[7:]}",
    "070/1234567": lambda n: f"0{n[:2]}/{n[2:]}",
    "(070) 1234567": lambda n: f"(0{n[:2]}) {n[2:]}",
    "+46701234567": lambda n: f"+46{n}",
    "+46 70 123 45 67": lambda n: f"+46 {n[:2]} {n[2:5]} {n[5:7]} {n[7:]}",
    "+46 (0)70-123 45 67": lambda n: f"+46 (0){n[:2]}-{n[2:5]} {n[5:7]} {n[7:]}",
    "0046701234567": lambda n: f"0046{n}",
    "0046 70 123 45 67": lambda n: f"0046 {n[:2]} {n[2:5]} {n[5:7]} {n[7:]}",
    "46701234567": lambda n: f"46{n}",
    "070–123 45 67": lambda n: f"0{n[:2]}–{n[2:5]}\u00a0{n[5:7]}\u00a0{n[7:]}",
    "full width": lambda n: f"０{n}".translate({ord("0") + d: chr(0xFF10 + d) for d in range(10)}),
    "zero width": lambda n: f"0{n[:2]}\u200b-{n[2:5]} {n[5:7]}\u00ad {n[7:]}",
    "letter O": lambda n: f"O{n[:2]}-{n[2:]}",
}

LANDLINE_FORMS: Final[Forms] = {
    # Of an area code and a subscriber's number, apart: "31 123456", "8 12345678".
    "031-12 34 56": lambda n: _landline(n, "-"),
    "031 12 34 56": lambda n: _landline(n, " "),
    "031 - 12 34 56": lambda n: _landline(n, " - "),
    "031/12 34 56": lambda n: _landline(n, "/"),
    "031123456": lambda n: "0" + n.replace(" ", ""),
    "031-123456": lambda n: "0" + n.replace(" ", "-"),
    "+46 31 12 34 56": lambda n: "+46 " + _landline(n, " ")[1:],
    "+4631123456": lambda n: "+46" + n.replace(" ", ""),
}

PLATE_FORMS: Final[Forms] = {
    "ABC123": lambda p: p,
    "ABC 123": lambda p: f"{p[:3]} {p[3:]}",
    "ABC-123": lambda p: f"{p[:3]}-{p[3:]}",
    "ABC  123": lambda p: f"{p[:3]}  {p[3:]}",
    "abc123": lambda p: p.lower(),
    "abc 123": lambda p: f"{p[:3]} {p[3:]}".lower(),
    "Abc 123": lambda p: f"{p[:3]} {p[3:]}".title(),
    "A B C 1 2 3": " ".join,
    "no-break space": lambda p: f"{p[:3]}\u00a0{p[3:]}",
    "zero width": "\u200b".join,
    "Cyrillic letters": lambda p: p.translate({ord("A"): "\u0410", ord("B"): "\u0412", ord("O"): "\u041e"}),
}


def mobile_numbers(count: int, seed: int = 1) -> list[str]:
    """Return the nine digits of Swedish mobile numbers, without the leading zero."""
    dice = random.Random(seed)
    return [dice.choice(MOBILE_PREFIXES) + f"{dice.randrange(10**7):07}" for _ in range(count)]


def landline_numbers(count: int, seed: int = 1) -> list[str]:
    """Return area codes without the leading zero and subscribers' numbers of a length that goes with them."""
    dice = random.Random(seed)
    plans = ((("8",), (6, 7, 8)), (AREA_CODES, (5, 6, 7)), (LONG_AREA_CODES, (5, 6)))
    numbers = []
    for at in range(count):
        codes, lengths = plans[at % 3]
        length = dice.choice(lengths)
        numbers.append(f"{dice.choice(codes)} {dice.randrange(2 * 10 ** (length - 1), 10**length)}")
    return numbers


def plates(count: int, seed: int = 1) -> list[str]:
    """Return registration numbers, ABC123 and every fourth ABC12A."""
    dice = random.Random(seed)
    made = []
    for at in range(count):
        last = dice.choice(PLATE_LETTERS) if at % 4 == 0 else str(dice.randrange(10))
        made.append("".join(dice.choices(PLATE_LETTERS, k=3)) + f"{dice.randrange(100):02}{last}")
    return made


def _landline(number: str, separator: str) -> str:
    area, subscriber = number.split()
    head = 3 if len(subscriber) in (5, 7, 8) else 2
    rest = subscriber[head:]
    groups = [rest[:3], rest[3:]] if len(subscriber) == 8 else re.findall("..", rest)
    return f"0{area}{separator}{' '.join([subscriber[:head], *groups])}"
