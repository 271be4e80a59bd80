"""Find what a note says in words: names of persons, and words of the special categories."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from fieldapp.kernel.personal_data.rules import DOCUMENT, pattern, spans, words
from fieldapp.kernel.personal_data.views import BEGINNING, Views

WORD_CHARS_MAX: Final = 60
NAME_WORDS_MAX: Final = 4  # First name, two in between, last name.

_WORD: Final = pattern("([<al>](?:['-]?[<al>]){0,59})")
_LAST_NAME_END: Final = pattern("^.{{1,40}}(?:{})$".format("|".join(sorted(words("last_name_ends")))))
_TITLES: Final = words("titles")
_PLACE_WORDS: Final = words("place_words")
_SPECIAL_EXACT: Final = words("special_exact")
_SPECIAL_STEMS: Final = words("special_stems")
_STEM_LENGTHS: Final = sorted({len(stem) for stem in _SPECIAL_STEMS})
_SPECIAL_BEGINNINGS: Final = frozenset(word.split("-")[0][:BEGINNING] for word in _SPECIAL_EXACT | _SPECIAL_STEMS)
_SPELLING: Final = DOCUMENT["spelling"]
_ALIKE: Final = tuple(pair.split() for pair in _SPELLING["alike"])
_DOUBLED: Final = re.compile(r"(.)\1")
_WITHIN_NAME: Final = frozenset((" ", "  "))
_AFTER_INITIAL: Final = frozenset((" ", "  ", ".", ". "))
_BETWEEN_REVERSED: Final = frozenset((" ", ",", ", "))


class Word(NamedTuple):
    """A word of a note: its place in the folded text, and the word in lower case. Only a capitalised one can be of a name."""

    start: int
    end: int
    lower: str
    is_capitalised: bool

    @property
    def key(self) -> str:
        """Return the word in the spelling that names are compared in."""
        return name_key(self.lower)


def split_words(views: Views) -> list[Word]:
    """Return the words of a note; hyphens and apostrophes hold a word together."""
    found = []
    for start, end in spans(_WORD, views.lower):
        lower = views.lower[start:end]
        is_capitalised = views.text[start] != lower[0]
        found.append(Word(start, end, lower, is_capitalised))
    return found


def may_hold_special_words(views: Views) -> bool:
    """Tell, cheaply, whether `find_special_words` could find anything."""
    if _SPECIAL_BEGINNINGS.isdisjoint(views.beginnings):
        return _has_long_word(views)
    return any(map(_is_special, views.tokens)) or _has_long_word(views)


def may_hold_names(views: Views) -> bool:
    """Tell, cheaply, whether `find_names` could find anything: there is no full name without a first name or a title."""
    if not _TITLES.isdisjoint(views.tokens) or _has_long_word(views):
        return True
    return not _FIRST_NAMES.isdisjoint(map(name_key, views.tokens))


def is_telling(token: str) -> bool:
    """Tell whether a run of letters alone makes a note one that may hold names or special words."""
    return len(token) > WORD_CHARS_MAX or token in _TITLES or name_key(token) in _FIRST_NAMES or _is_special(token)


def _has_long_word(views: Views) -> bool:
    """Tell whether a run of letters is longer than a word may be: then a word begins in the middle of it."""
    return max(map(len, views.tokens), default=0) > WORD_CHARS_MAX


def find_special_words(all_words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield words about what GDPR Art. 9 and 10 protect, and about children."""
    for word in all_words:
        lower = word.lower
        if lower[:BEGINNING] not in _SPECIAL_BEGINNINGS and "-" not in lower:
            continue
        if any(_is_special(part) for part in (lower, *lower.split("-"))):
            yield word.start, word.end


@lru_cache(maxsize=4096)
def _is_special(word: str) -> bool:
    return word in _SPECIAL_EXACT or any(word[:length] in _SPECIAL_STEMS for length in _STEM_LENGTHS)


def find_names(all_words: list[Word], views: Views) -> Iterator[tuple[int, int]]:
    """Yield capitalised full names: first and last, last and first, or a title and last. Places named so are not."""
    for at, (first, second) in enumerate(pairwise(all_words)):
        if not second.is_capitalised:
            continue
        is_led = first.lower in _TITLES or (first.is_capitalised and (_is_first_name(first) or _is_first_name(second)))
        if not is_led:
            continue
        name = _name(all_words[at : at + NAME_WORDS_MAX], views.text)
        if name and not _is_place(name, all_words[at + len(name) : at + len(name) + 1]):
            yield first.start, name[-1].end


def _name(candidates: list[Word], text: str) -> list[Word]:
    """Return the words at the beginning that make up a full name; none if they do not."""
    first, second = candidates[:2]
    gap = text[first.end : second.start]
    if first.lower in _TITLES and gap in _WITHIN_NAME and _is_last_name(second):
        return candidates[:2]
    if not first.is_capitalised:
        return []
    if gap in _BETWEEN_REVERSED and _is_last_name(first) and _is_first_name(second):
        return candidates[:2]
    return _first_to_last_name(candidates, text) if _is_first_name(first) else []


def _first_to_last_name(candidates: list[Word], text: str) -> list[Word]:
    """Go on from a first name over initials and further names to the last word that can be a last name."""
    length = 0
    for at, (before, word) in enumerate(pairwise(candidates), start=1):
        gaps = _AFTER_INITIAL if len(before.lower) == 1 else _WITHIN_NAME
        if not word.is_capitalised or text[before.end : word.start] not in gaps:
            break
        if _is_last_name(word):
            length = at + 1
        elif not _is_first_name(word) and len(word.lower) > 1:
            break
    return candidates[:length]


def _is_first_name(word: Word) -> bool:
    key = name_key(word.lower)
    return key in _FIRST_NAMES or ("-" in key and all(part in _FIRST_NAMES for part in key.split("-")))


def _is_last_name(word: Word) -> bool:
    """Tell whether a word is or ends like a last name, the possessive s aside: Ek, Lindgrens, Berg-Ali."""
    parts = word.key.split("-")
    is_listed = any(part in _LAST_NAMES or part.removesuffix("s") in _LAST_NAMES for part in parts)
    forms = (form for written in (word.lower, word.key) for form in (written, written.removesuffix("s")))
    return is_listed or any(_LAST_NAME_END.search(form) for form in forms)


def _is_place(name: list[Word], following: list[Word]) -> bool:
    """Tell whether a name is a place's: Karin Anderssons gata, Selma Lagerlöfs torg, Selma Lagerlöf."""
    owner = name[-1].key.removesuffix("s")
    if f"{name[0].key} {owner}" in _PLACE_NAMES:
        return True
    return owner != name[-1].key and any(word.lower in _PLACE_WORDS for word in following)


@lru_cache(maxsize=4096)
def name_key(lower: str) -> str:
    """Return a name in one spelling for all that sound alike: Kristoffer for Christopher, Lindkvist for Lindquist."""
    spelled = lower
    if not lower.isascii():
        spelled = "".join(_SPELLING["unaccented"].get(letter) or _without_accent(letter) for letter in lower)
    for written, sound in _ALIKE:
        spelled = spelled.replace(written, sound)
    return _DOUBLED.sub(r"\1", spelled)


def _without_accent(letter: str) -> str:
    return letter if letter in _SPELLING["kept"] else unicodedata.normalize("NFD", letter)[0]


_FIRST_NAMES: Final = frozenset(name_key(name) for name in words("first_names"))
_LAST_NAMES: Final = frozenset(name_key(name) for name in words("last_names"))
_PLACE_NAMES: Final = frozenset(name_key(name) for name in DOCUMENT["words"]["place_names"])
