"""The pages that gather several features: today, lists, one round, one record, and what every desk page is built of."""

from fieldapp.desk import pages
from fieldapp.infra.feature import Feature

FEATURE = Feature(name="desk", pages=(pages.bp,))
