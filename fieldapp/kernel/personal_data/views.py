"""The views of one folded note that rules look at: all equally long, so that an offset means the same in each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

from fieldapp.kernel.personal_data.rules import DIGIT, DOCUMENT, PLACEHOLDER, is_letter, pattern, replace

_LOOKALIKES: Final = str.maketrans(DOCUMENT["digit_lookalikes"]["from"], DOCUMENT["digit_lookalikes"]["to"])
_NUMERAL: Final = pattern(DOCUMENT["digit_lookalikes"]["numeral"])
_LOOKALIKE_WORDS: Final = frozenset(
    "".join(letters) for length in range(1, 5) for letters in product("oil", repeat=length)
)
_LETTERS: Final = {point: " " for point in range(0x180) if not is_letter(chr(point))} | {ord(PLACEHOLDER): " "}
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


def look(folded_text: str) -> Views:
    """Make the views of a folded text."""
    lower = folded_text.lower()
    if DIGIT.search(folded_text) is None and _LOOKALIKE_WORDS.isdisjoint(lower.translate(_LETTERS).split()):
        return Views(folded_text, lower, folded_text)  # nothing in it could be read as a digit
    return Views(folded_text, lower, _without_clock_stretches(_with_digits(folded_text)))


def _with_digits(text: str) -> str:
    """Read O as 0 and I and l as 1 in words of nothing but digits and lookalikes."""
    return replace(_NUMERAL, text, lambda numeral: numeral.translate(_LOOKALIKES))


def _without_clock_stretches(text: str) -> str:
    for stretch in _CLOCK_STRETCHES:
        text = replace(stretch, text, lambda found: PLACEHOLDER * len(found))
    return text
