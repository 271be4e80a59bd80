"""Labels of the generated area: at its cellars, stairwells and laundry rooms, the same for the same seed."""

from __future__ import annotations

import random

from sqlalchemy import select

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import Clock
from fieldapp.places.anchors import make_anchors
from fieldapp.places.commands import MakeAnchors
from fieldapp.places.kinds import LABELLED_FIRST
from fieldapp.places.models import Place


def make_labels(supervisor: Actor, seed: int, *, clock: Clock) -> int:
    """Make a QR label for each place where no satellite reaches. Return how many."""
    db.session.flush()
    places = list(db.session.scalars(select(Place.id).where(Place.kind.in_(LABELLED_FIRST))))
    chance = random.Random(seed)
    return len(make_anchors(supervisor, MakeAnchors(places, "qr"), clock=clock, random_bits=chance.getrandbits))
