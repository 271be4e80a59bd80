"""The pages that gather several features: today, lists, one round, one record, and what every desk page is built of."""

# The routes of the other modules are on the blueprint of `pages`: importing them is what puts them there.
from fieldapp.desk import (  # noqa: F401
    admin_pages,
    case_admin_pages,
    case_pages,
    coverage_pages,
    observation_pages,
    pages,
    round_pages,
)
from fieldapp.infra.feature import Feature

FEATURE = Feature(name="desk", pages=(pages.bp,))
