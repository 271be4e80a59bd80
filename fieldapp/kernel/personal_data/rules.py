r"""Read `rules.json`, the one definition of personal data, and compile what this runtime needs of it.

How to read the file:

* `patterns` are tried one by one, each on one view of the note (see `views`); group 1 is the finding. `<name>` stands
  for the fragment of that name. Only what Python's `re` and JavaScript's `RegExp` (flag u) read alike is used: no
  lookbehind, no named groups, no `\d \w \s \b`. Every quantifier is bounded, which keeps a scan linear in the note.
* `needs` lists what a match cannot be without, of which one is enough: a sign, `0-9` for a digit, or the beginning of
  one of its words in lower case. A pattern whose needs are not met need not be tried.
* `stop` names word lists; a match that begins with one of their three-letter words is no finding (LGH 120).
* `clock_stretches` are dates and clock times that stand together; no number is looked for in them.
* `yields_to`: a finding that overlaps one of the stronger kinds named is left out.
* `fold` lists code points in hexadecimal, single or first-last.
* Word lists are lower case, separated by spaces; a long list is broken into lines. Names are compared in the spelling
  that `spelling` makes of both sides, so that one of Kristina and Christina is enough.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any, Final

DOCUMENT: Final[dict[str, Any]] = json.loads(
    files("fieldapp.kernel.personal_data").joinpath("rules.json").read_text(encoding="utf-8")
)

PLACEHOLDER: Final = "\ufffd"
"""Stands for every character that no rule speaks of; it is neither letter, digit nor separator."""

DIGIT: Final = re.compile("[0-9]")
_FRAGMENT: Final = re.compile("<([a-z0-9]+)>")


def pattern(source: str) -> re.Pattern[str]:
    """Compile a pattern of the rules, its fragments filled in.

    Raises:
        KeyError: the pattern names a fragment that does not exist.
    """
    fragments: dict[str, str] = DOCUMENT["fragments"]
    while _FRAGMENT.search(source):
        source = _FRAGMENT.sub(lambda found: fragments[found[1]], source)
    return re.compile(source)


def is_letter(character: str) -> bool:
    """Tell whether the rules take a character for a letter."""
    return _LETTER.fullmatch(character) is not None


def words(name: str) -> frozenset[str]:
    """Return the word list of that name."""
    return frozenset(" ".join(DOCUMENT["words"][name]).split())


def code_points(ranges: str) -> Iterator[int]:
    """Yield the code points of a list such as `"9-d 20"`."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def spans(compiled: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where group 1 of a pattern matches, left to right. Group 1 ends a match: only a lookahead follows it."""
    return (found.span(1) for found in compiled.finditer(text))


def replace(compiled: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """Change group 1 of every match."""
    return compiled.sub(lambda found: found[0].removesuffix(found[1]) + change(found[1]), text)


_LETTER: Final = pattern("[<al>]")
