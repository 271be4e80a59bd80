"""The pages that gather several features: today, lists, one round, one record, and what every desk page is built of."""

from fieldapp.desk import observation_pages, pages, round_pages
from fieldapp.infra.feature import Feature

assert observation_pages.bp is round_pages.bp is pages.bp  # noqa: S101 - one blueprint, its routes in three modules

FEATURE = Feature(name="desk", pages=(pages.bp,))
