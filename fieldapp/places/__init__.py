"""Zones, places and paths: what can be seen on a round."""

from fieldapp.infra.feature import Feature, PullKind
from fieldapp.places import command_line, queries

FEATURE = Feature(
    name="places",
    pulls=(PullKind("zone", queries.pull_zones), PullKind("place", queries.pull_places)),
    commands=(command_line.places,),
)
