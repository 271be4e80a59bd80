"""Capture and sync: protocol, ledger, push, pull, photos. Knows no feature: their handlers are handed in."""

from fieldapp.infra.feature import Feature
from fieldapp.sync import pages, views

FEATURE = Feature(name="sync", pages=(pages.bp,), api=(views.bp,))
