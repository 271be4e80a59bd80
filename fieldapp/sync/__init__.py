"""Capture and sync: protocol, ledger, push, pull, photos. Knows no feature: their handlers are handed in."""

from datetime import timedelta
from functools import partial

from fieldapp.infra.feature import Feature, Job
from fieldapp.sync import held_bodies, pages, views
from fieldapp.sync.registry import Registry

FEATURE = Feature(name="sync", pages=(pages.bp,), api=(views.bp,))


def condensing(registry: Registry) -> Job:
    """Return the work that leaves of held operations no more than may be kept of them."""
    return Job("condense_held", partial(held_bodies.condense_held, registry), timedelta(minutes=10))
