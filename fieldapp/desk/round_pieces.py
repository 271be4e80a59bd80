"""What an opened round saw, for when its positions are gone: pieces and places in quarter-hours instead of a route."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fieldapp.coverage.days import bin_begins
from fieldapp.coverage.review import targets_of_walk
from fieldapp.coverage.rules import PIECE, SEEN
from fieldapp.coverage.targets import targets
from fieldapp.desk import maps
from fieldapp.desk.coverage_names import TargetName, target_names
from fieldapp.desk.coverage_words import target_kind_word, target_words
from fieldapp.desk.filters import quarter_span


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A piece or place that was seen, and from which quarter-hour to which."""

    id: UUID
    kind: str
    words: str
    quarters: str


@dataclass(frozen=True, slots=True)
class SeenOnRound:
    """All that was seen, in order, and what of it the map draws. What has ended since is left out."""

    lines: Sequence[SeenLine]
    layer: dict[str, Any]


def seen_on_round(round_id: UUID, tenant_id: UUID, now: datetime) -> SeenOnRound:
    """Return what was seen on the walk that a round is part of, in the rounds of it that are over."""
    names = target_names(tenant_id, targets())
    seen = [(one, names[one], bins) for one, bins in targets_of_walk(round_id, now).items() if one in names]
    lines = [
        SeenLine(
            one,
            target_kind_word(name.kind),
            target_words(name),
            quarter_span(bin_begins(bins[0]), bin_begins(bins[-1])),
        )
        for one, name, bins in seen
    ]
    return SeenOnRound(lines, maps.collection(_feature(one, name) for one, name, _bins in seen if name.drawn))


def _feature(target_id: UUID, name: TargetName) -> maps.Feature:
    layer = PIECE if name.kind == PIECE else "place"
    properties = {
        "id": str(target_id),
        "layer": layer,
        "state": SEEN,
        "age": 0,
        "label": "",
        "words": target_words(name),
    }
    return {"type": "Feature", "geometry": json.loads(name.drawn), "properties": properties}
