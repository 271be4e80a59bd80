"""One opened round: its route with gaps, a timeline in quarter-hours, photos. Made only for who gave a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from fieldapp.desk import maps
from fieldapp.desk.filters import category_name, quarter
from fieldapp.desk.observation_list import RecordLine, records_of_round
from fieldapp.desk.round_pieces import SeenOnRound, seen_on_round
from fieldapp.desk.timeline import Quarter, gap_words, gaps_in_words, timeline
from fieldapp.observations.models import ObservationPhoto
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import zones_by_id
from fieldapp.rounds.models import Round, RoundViewing
from fieldapp.rounds.queries import Route, Walk, route_of_walk, viewings_of_walk, walks_of
from fieldapp.rounds.track import length_m


@dataclass(frozen=True)
class RoundView:
    """What the page of an opened round shows."""

    round: Walk
    zone: Zone | None
    route: Route
    lines: Sequence[RecordLine]
    viewings: Sequence[RoundViewing]
    seen: SeenOnRound | None = None
    """What was seen, where some of the route is gone or none ever came."""

    @property
    def has_route(self) -> bool:
        """Tell whether any of the route is there to draw."""
        return any(self.route.stretches)

    @property
    def walked_km(self) -> float:
        """Return the known part of the way in kilometres, to the nearest hundred metres."""
        return round(length_m(self.route.stretches) / 1000, 1)

    @cached_property
    def quarters(self) -> list[Quarter]:
        """Return the round in quarter-hours."""
        return timeline(self.lines, self.route.breaks)

    @property
    def gaps_in_words(self) -> str:
        """Say how much of the round is unknown."""
        return gaps_in_words(self.route.breaks)

    @cached_property
    def gaps(self) -> list[tuple[str, str]]:
        """Return every gap: the quarter-hour it began in, and how long it was and why."""
        return [(quarter(known.from_at), gap_words(known)) for known in self.route.breaks]

    @cached_property
    def photos(self) -> list[tuple[RecordLine, ObservationPhoto]]:
        """Return the round's photos with their records."""
        return [(line, photo) for line in self.lines for photo in line.photos]

    @cached_property
    def places_seen(self) -> list[Place]:
        """Return the places where something was logged, each once, in order."""
        return list({line.place.id: line.place for line in self.lines if line.place is not None}.values())

    @property
    def layers(self) -> dict[str, Any]:
        """Return what the map shows: the route, or the places seen when it is gone."""
        places = {place.id: place for place in self.places_seen}
        words = {line.record.id: category_name(line.category or line.record.category_code) for line in self.lines}
        layers = {"records": maps.records_layer([line.record for line in self.lines], places, words)}
        if self.has_route:
            layers["route"] = maps.route_layer(self.route)
        else:
            layers["seen"] = maps.places_layer(self.places_seen)
        if self.seen is not None:
            layers["coverage"] = self.seen.layer
        return layers


def round_view(round_: Round, now: datetime) -> RoundView:
    """Return an opened round: the whole walk that it is of."""
    walk = walks_of([round_])[round_.walk_id]
    way = route_of_walk(walk)
    is_whole = bool(way.stretches) and not way.is_erased
    lines = [line for member in walk.rounds for line in records_of_round(member.id)]
    return RoundView(
        round=walk,
        zone=zones_by_id([walk.zone_id]).get(walk.zone_id) if walk.zone_id else None,
        route=way,
        lines=sorted(lines, key=lambda line: line.record.occurred_at),
        viewings=viewings_of_walk(walk),
        seen=None if is_whole else seen_on_round(round_.id, round_.tenant_id, now),
    )
