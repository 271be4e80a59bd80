"""The views of one folded note that rules look at: all equally long, so that an offset means the same in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Final

from fieldapp.kernel.personal_data.rules import DIGIT, DOCUMENT, PLACEHOLDER, is_letter, pattern, replace

BEGINNING: Final = 3
_LOOKALIKES: Final = str.maketrans(DOCUMENT["digit_lookalikes"]["from"], DOCUMENT["digit_lookalikes"]["to"])
_NUMERAL: Final = pattern(DOCUMENT["digit_lookalikes"]["numeral"])
_LOOKALIKE_WORDS: Final = frozenset(
    "".join(letters) for length in range(1, 5) for letters in product("oil", repeat=length)
)
_NO_LETTERS: Final = [chr(point) for point in range(0x180) if not is_letter(chr(point))] + [PLACEHOLDER]
_LETTERS: Final = re.compile(rf"[^\s{re.escape(''.join(_NO_LETTERS))}]+").findall
_CLOCK_STRETCHES: Final = tuple(pattern(source) for source in DOCUMENT["clock_stretches"])


@dataclass(frozen=True, slots=True)
class Views:
    """One note in three ways of reading it.

    `text` is the folded note, `lower` the same in lower case. In `digits`, lookalikes that stand among digits are
    digits, and dates and clock times that stand together ("2024-05-12 22.15") are blotted out: one in ten would pass
    for a personnummer.
    """

    text: str
    lower: str
    digits: str
    tokens: frozenset[str]
    """The note's runs of letters in lower case: by them a rule that cannot find anything is known before it is tried."""
    beginnings: frozenset[str]
    """The first letters of the runs."""


def look(folded_text: str) -> Views:
    """Make the views of a folded text."""
    lower = folded_text.lower()
    tokens = tokens_of(lower)
    beginnings = frozenset([token[:BEGINNING] for token in tokens])
    digits = folded_text
    if DIGIT.search(folded_text) is not None or hold_lookalikes(tokens):
        digits = in_digits(folded_text)
    return Views(folded_text, lower, digits, tokens, beginnings)


def in_digits(folded_text: str) -> str:
    """Return a folded text with digits for lookalikes, and times blotted out."""
    return _without_clock_stretches(_with_digits(folded_text))


def tokens_of(lower: str) -> frozenset[str]:
    """Return the runs of letters of a text that is in lower case."""
    return frozenset(_LETTERS(lower))


def hold_lookalikes(tokens: frozenset[str]) -> bool:
    """Tell whether one of the runs may have to be read as digits."""
    return not _LOOKALIKE_WORDS.isdisjoint(tokens)


def _with_digits(text: str) -> str:
    """Read O as 0 and I and l as 1 in words of nothing but digits and lookalikes."""
    return replace(_NUMERAL, text, lambda numeral: numeral.translate(_LOOKALIKES))


def _without_clock_stretches(text: str) -> str:
    for stretch in _CLOCK_STRETCHES:
        text = replace(stretch, text, lambda found: PLACEHOLDER * len(found))
    return text
