"""Several phones on one walk, as what is not known of it: a time is unknown when no phone of the walk recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fieldapp.rounds.track import Break, Stretch

Times = tuple[datetime, datetime]
RELAY = timedelta(seconds=30)
"""Phones that take turns leave seams: a time shorter than this between two that know is no gap."""


def without(span: Times, known: Iterable[Times]) -> list[Times]:
    """Return what of a span lies in none of the known times, which are in order of their starts."""
    left: list[Times] = []
    reached, end = span
    for begins, ends in known:
        if ends <= reached or begins >= end:
            continue
        if begins > reached:
            left.append((reached, begins))
        reached = max(reached, ends)
    if reached < end or span[0] == span[1]:
        left.append((reached, end))
    return left


def unknown_together(unknown: Sequence[Sequence[Times]], known: Sequence[Sequence[Times]]) -> list[Times]:
    """Return the times that no phone knows of, in order and apart. `unknown` and `known`: for each phone, its times."""
    left: list[Times] = []
    for number, spans in enumerate(unknown):
        others = sorted(times for other, own in enumerate(known) if other != number for times in own)
        left.extend(part for span in spans for part in without(span, others))
    merged: list[Times] = []
    for begins, ends in sorted(left):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def breaks_together(phones: Sequence[tuple[Sequence[Stretch], Sequence[Break]]]) -> list[Break]:
    """Return the breaks of a walk: of each phone's those parts in which no other recorded. One phone keeps its own."""
    if len(phones) == 1:
        return list(phones[0][1])
    known = [[(part.fixes[0].at, part.fixes[-1].at) for part in stretches] for stretches, _breaks in phones]
    found: list[Break] = []
    for number, (_stretches, own) in enumerate(phones):
        others = sorted(times for other, spans in enumerate(known) if other != number for times in spans)
        found.extend(part for one in own for part in _cut(one, others))
    return _apart(sorted(found, key=lambda one: (one.from_at, -one.length)))


def _cut(whole: Break, known: Sequence[Times]) -> list[Break]:
    """Cut a break where another phone recorded. Only a whole one is drawn from its ends: a part has others' ends."""
    parts = without((whole.from_at, whole.to_at), known)
    if parts == [(whole.from_at, whole.to_at)]:
        return [whole]
    return [
        replace(whole, from_at=begins, to_at=ends, before=None, after=None)
        for begins, ends in parts
        if ends - begins >= RELAY
    ]


def _apart(found: Iterable[Break]) -> list[Break]:
    kept: list[Break] = []
    for one in found:
        if not kept or one.from_at >= max(before.to_at for before in kept):
            kept.append(one)
    return kept
