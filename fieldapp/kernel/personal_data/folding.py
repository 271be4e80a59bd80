"""Fold a text to the few characters that the rules speak of, and remember where each of them came from.

Written to be missed or merely pasted from elsewhere, a number can hold invisible characters, dashes of a dozen kinds,
full-width or Arabic digits and letters of other alphabets that look Latin. After folding it holds none of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from fieldapp.kernel.personal_data.rules import DOCUMENT, PLACEHOLDER, code_points

MARKS_MAX: Final = 4  # Marks kept per character: more are decoration, and sorting them is not linear.
EXPANSION_MAX: Final = 4  # NFKC makes 18 characters of one; the longest a rule cares for is "(20)".
LAST_LETTER: Final = "\u017f"  # The end of Latin Extended-A: names and words in the rules need no more.


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Character `i` of `text` came from `starts[i]` up to `ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the folded text, at least one character long, lies in the original."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """Drop what is invisible, compose and simplify the rest (NFKC), and unify separators and lookalikes."""
    if _IS_PLAIN(text):
        return Folded(text.translate(PLAIN), range(len(text)), range(1, len(text) + 1))
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster, start, end in _clusters(text):
        for character in _simplified(cluster):
            characters.append(character)
            starts.append(start)
            ends.append(end)
    return Folded("".join(characters), tuple(starts), tuple(ends))


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each visible character with the marks on it, and its stretch of the original."""
    cluster, start, end = "", 0, 0
    for at, character in enumerate(text):
        if ord(character) in _IGNORED:
            continue
        if cluster and ord(character) in _MARKS:
            if len(cluster) <= MARKS_MAX:
                cluster += character
            end = at + 1
            continue
        if cluster:
            yield cluster, start, end
        cluster, start, end = character, at, at + 1
    if cluster:
        yield cluster, start, end


def _simplified(cluster: str) -> str:
    base, marks = cluster[0], cluster[1:]
    replaced = _REPLACED.get(base, base)
    if not marks and (replaced != base or base.isascii()):
        return replaced
    composed = unicodedata.normalize("NFKC", replaced + marks)
    unmarked = (_known(character) for character in composed if ord(character) not in _MARKS)
    return "".join(islice(unmarked, EXPANSION_MAX))


def _known(character: str) -> str:
    return _REPLACED.get(character) or (character if character <= LAST_LETTER else PLACEHOLDER)


def _replacements() -> dict[str, str]:
    rules = DOCUMENT["fold"]
    table = dict(zip(rules["letters"]["from"], rules["letters"]["to"], strict=True))
    for zero in code_points(rules["digit_zeros"]):
        table |= {chr(zero + digit): str(digit) for digit in range(10)}
    for target, ranges in rules["to"].items():
        table |= {chr(point): target for point in code_points(ranges)}
    return table


_IGNORED: Final = frozenset(code_points(DOCUMENT["fold"]["ignored"]))
_MARKS: Final = frozenset(code_points(DOCUMENT["fold"]["marks"]))
_REPLACED: Final = _replacements()


def _plain_characters() -> dict[int, str]:
    """Return what becomes of each character that is one character before and after, up to the last letter of the rules."""
    points = (point for point in range(ord(LAST_LETTER) + 1) if point not in _IGNORED and point not in _MARKS)
    folded = {point: _simplified(chr(point)) for point in points}
    return {point: text for point, text in folded.items() if len(text) == 1}


PLAIN: Final = _plain_characters()
"""What each character becomes that is one before and after."""
_IS_PLAIN: Final = re.compile(f"[{re.escape(''.join(map(chr, PLAIN)))}]*").fullmatch
"""Most notes are written in nothing but such characters: each then stands where it stood."""
