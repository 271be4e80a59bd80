"""The pages that gather several features: today, lists, one round, administration."""

from fieldapp.infra.feature import Feature

FEATURE = Feature(name="desk")
