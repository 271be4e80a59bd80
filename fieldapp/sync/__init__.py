"""Capture and sync: protocol, ledger, push, pull, photos. Knows no feature: their handlers are handed in."""

from fieldapp.infra.feature import Feature
from fieldapp.sync import views

FEATURE = Feature(name="sync", api=(views.bp,))
