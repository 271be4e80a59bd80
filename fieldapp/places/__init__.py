"""Zones, places and paths: what can be seen on a round."""

from fieldapp.infra.feature import Feature, PullKind

# The routes of `import_pages`, `map_pages` and `path_pages` are on the blueprint of `pages`: importing them puts them there.
from fieldapp.places import command_line, import_pages, map_pages, pages, path_pages, queries  # noqa: F401

FEATURE = Feature(
    name="places",
    pages=(pages.bp,),
    pulls=(PullKind("zone", queries.pull_zones), PullKind("place", queries.pull_places)),
    commands=(command_line.places,),
)
