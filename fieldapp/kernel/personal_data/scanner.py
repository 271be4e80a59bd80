"""Run every rule over a note and report what it found in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from fieldapp.kernel.personal_data.findings import Finding, Kind, Severity
from fieldapp.kernel.personal_data.folding import PLAIN, fold
from fieldapp.kernel.personal_data.national_id import find_national_ids
from fieldapp.kernel.personal_data.rules import DIGIT, DOCUMENT, pattern, spans, words
from fieldapp.kernel.personal_data.views import BEGINNING, Views, hold_lookalikes, in_digits, look, tokens_of
from fieldapp.kernel.personal_data.words import (
    find_names,
    find_special_words,
    is_telling,
    may_hold_names,
    may_hold_special_words,
    split_words,
)

MAX_LENGTH: Final[int] = DOCUMENT["max_length"]
"""Code points that are read. A note is at most a quarter of this long."""

_TAIL_OVERLAP: Final[int] = DOCUMENT["tail_overlap"]
_SEVERITIES: Final = {Kind(kind): Severity(severity) for kind, severity in DOCUMENT["severities"].items()}
_ORDER: Final = {kind: at for at, kind in enumerate(Kind)}
_YIELDS_TO: Final = {
    Kind(kind): frozenset(Kind(other) for other in others) for kind, others in DOCUMENT["yields_to"].items()
}


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a match cannot be without, of which one is enough."""

    words: tuple[str, ...]
    signs: re.Pattern[str] | None
    beginnings: frozenset[str]

    @classmethod
    def of(cls, needs: Sequence[str]) -> _Needs:
        """Read them as they stand in the rules: a sign (or `0-9`), or the beginning of a word."""
        starts = tuple(need for need in needs if need.isalpha())
        signs = "".join(need if need == "0-9" else re.escape(need) for need in needs if not need.isalpha())
        return cls(starts, re.compile(f"[{signs}]") if signs else None, frozenset(word[:BEGINNING] for word in starts))

    def are_met(self, seen: str, views: Views) -> bool:
        """Tell whether a note, in the view that the pattern is tried on, has any of them."""
        if self.signs is not None and self.signs.search(seen) is not None:
            return True
        if self.beginnings.isdisjoint(views.beginnings):
            return False
        return any(token.startswith(self.words) for token in views.tokens)


_PATTERNS: Final = tuple(
    (
        Kind(rule["kind"]),
        rule["view"],
        pattern(rule["pattern"]),
        _Needs.of(rule["needs"]),
        frozenset[str]().union(*(words(name) for name in rule.get("stop", ()))),
    )
    for rule in DOCUMENT["patterns"]
)

_PATTERNS_WITHOUT_DIGITS: Final = tuple(rule for rule in _PATTERNS if rule[3].signs != DIGIT)

_SIGNS: Final = re.compile(
    "["
    + "".join({re.escape(sign) for rule in DOCUMENT["patterns"] for sign in rule["needs"] if len(sign) == 1})
    + "0-9]"
)


def _is_quiet_character(character: str, folded: str) -> bool:
    """Tell whether a character says as little as what it folds to, and no pattern needs that."""
    is_same = character == folded or not (tokens_of(character) or tokens_of(folded))
    return is_same and _SIGNS.match(folded) is None


_QUIET_CHARACTERS: Final = "".join(
    chr(point) for point, folded in PLAIN.items() if _is_quiet_character(chr(point), folded)
)
_QUIET: Final = re.compile(f"[{re.escape(_QUIET_CHARACTERS)}]*").fullmatch
_NEEDED_WORDS: Final = tuple({word for rule in _PATTERNS for word in rule[3].words})

Span: TypeAlias = tuple[int, int]


def scan(text: str) -> tuple[Finding, ...]:
    """Return what looks like personal data in a note, in the order of the text; findings of one kind never overlap.

    Any text is accepted. Of one longer than MAX_LENGTH the tail is not read but reported whole, as `unscanned`, from a
    little before the cut so that a number across it is covered too. The work is linear in what is read.
    """
    if _is_quiet(text):
        return ()
    folded = fold(text[:MAX_LENGTH])
    views = look(folded.text)
    if _holds_nothing(views) and len(text) <= MAX_LENGTH:
        return ()
    findings: list[Finding] = []
    for kind, spans_of_kind in _found(views).items():
        for start, end in _united(spans_of_kind):
            findings.append(Finding(kind, *folded.original(start, end), _SEVERITIES[kind]))
    if len(text) > MAX_LENGTH:
        findings.append(Finding(Kind.UNSCANNED, MAX_LENGTH - _TAIL_OVERLAP, len(text), _SEVERITIES[Kind.UNSCANNED]))
    return tuple(sorted(findings, key=lambda f: (f.start, f.end, _ORDER[f.kind])))


def _is_quiet(text: str) -> bool:
    """Tell of most notes, before they are folded, what `_holds_nothing` would tell of them after."""
    if len(text) > MAX_LENGTH or _QUIET(text) is None:
        return False
    tokens = tokens_of(text.lower())
    if hold_lookalikes(tokens):
        folded_text = text.translate(PLAIN)
        if in_digits(folded_text) != folded_text:
            return False
    return all(map(_is_harmless, tokens))


def _holds_nothing(views: Views) -> bool:
    """Tell of most notes, in one look, that no rule can find anything: no sign that one needs, and none but harmless words."""
    return views.digits == views.text and _SIGNS.search(views.text) is None and all(map(_is_harmless, views.tokens))


@lru_cache(maxsize=4096)
def _is_harmless(token: str) -> bool:
    """Tell whether a run of letters makes no rule be tried; most words come again and again."""
    return not (is_telling(token) or token.startswith(_NEEDED_WORDS))


def _found(views: Views) -> dict[Kind, list[Span]]:
    """Return what each rule found, as stretches of the folded text, those left out that lie in something stronger."""
    found: dict[Kind, list[Span]] = {kind: [] for kind in Kind}
    found[Kind.NATIONAL_ID] += find_national_ids(views)
    if may_hold_names(views) or may_hold_special_words(views):
        all_words = split_words(views)
        found[Kind.NAME] += find_names(all_words, views)
        found[Kind.SPECIAL_CATEGORY] += find_special_words(all_words)
    has_digit = DIGIT.search(views.text) is not None or DIGIT.search(views.digits) is not None
    for kind, view, compiled, needs, stop in _PATTERNS if has_digit else _PATTERNS_WITHOUT_DIGITS:
        if not needs.are_met(getattr(views, view), views):
            continue
        matches = spans(compiled, getattr(views, view))
        found[kind] += (match for match in matches if views.lower[match[0] : match[0] + 3] not in stop)
    for kind, stronger in _YIELDS_TO.items():
        taken = [span for other in stronger for span in found[other]]
        found[kind] = [span for span in found[kind] if not any(_overlap(span, other) for other in taken)]
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _united(found: Iterable[Span]) -> list[Span]:
    """Unite overlapping stretches; those that merely touch stay apart."""
    united: list[Span] = []
    for start, end in sorted(found):
        if united and start < united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united
