"""Zones, places and paths: what can be seen on a round."""

from fieldapp.infra.feature import Feature, PullKind

# The routes of the other `*_pages` are on the blueprint of `pages`: importing them puts them there.
from fieldapp.places import (  # noqa: F401
    anchor_pages,
    anchor_queries,
    command_line,
    import_pages,
    map_pages,
    pages,
    path_pages,
    queries,
)

FEATURE = Feature(
    name="places",
    pages=(pages.bp,),
    pulls=(
        PullKind("zone", queries.pull_zones),
        PullKind("place", queries.pull_places),
        PullKind("anchor", anchor_queries.pull_anchors),
    ),
    commands=(command_line.places,),
)
