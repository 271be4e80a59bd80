"""The only writer of labels at places: made, ended, replaced; never changed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.codes import LABEL_CHARS, new_code
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.places import anchor_queries, queries, service
from fieldapp.places.commands import MakeAnchors
from fieldapp.places.models import Anchor

KIND = "anchor"


RandomBits = Callable[[int], int]


def make_anchors(
    actor: Actor, command: MakeAnchors, *, clock: Clock, random_bits: RandomBits = secrets.randbits
) -> Sequence[Anchor]:
    """Make a label for each of these places that is the tenant's, living, and has no living label of the kind."""
    now = clock.now()
    having = {
        anchor.place_id for anchor in anchor_queries.living_anchors(command.places) if anchor.kind == command.kind
    }
    known = queries.places_by_id(command.places)
    wanted = [place for place in known.values() if place.ended_at is None and place.id not in having]
    in_order = sorted(wanted, key=lambda place: (place.name, place.external_id))
    made = [_new(actor, place.id, command.kind, now, random_bits) for place in in_order]
    _tell(actor, "anchor:make", made, now)
    return made


def end_anchor(actor: Actor, anchor: Anchor, *, clock: Clock) -> None:
    """End a label: a phone that reads it says so. One that is ended stays as it was."""
    if anchor.ended_at is None:
        anchor.ended_at = clock.now()
        _tell(actor, "anchor:end", [anchor], clock.now())


def replace_anchor(actor: Actor, anchor: Anchor, *, clock: Clock) -> Anchor | None:
    """End a label and make another of its kind at the same place; None where it has ended already."""
    if anchor.ended_at is not None:
        return None
    end_anchor(actor, anchor, clock=clock)
    made = _new(actor, anchor.place_id, anchor.kind, clock.now(), secrets.randbits)
    _tell(actor, "anchor:make", [made], clock.now())
    return made


def _new(actor: Actor, place_id: UUID, kind: str, now: datetime, random_bits: RandomBits) -> Anchor:
    anchor = Anchor(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        place_id=place_id,
        token=_free_token(random_bits),
        kind=kind,
        created_at=now,
        ended_at=None,
    )
    db.session.add(anchor)
    return anchor


def _free_token(random_bits: RandomBits) -> str:
    """Return a token that no label has or had: what was printed once means one place for ever."""
    while True:
        token = new_code(LABEL_CHARS, random_bits)
        if db.session.scalar(select(Anchor.id).where(Anchor.token == token)) is None:
            return token


def _tell(actor: Actor, action: str, anchors: Sequence[Anchor], now: datetime) -> None:
    db.session.flush()
    service.note(actor.tenant_id, KIND, [anchor.id for anchor in anchors], now)
    for anchor in anchors:
        audit.write(actor.tenant_id, action, at=now, actor=actor, subject=(service.PLACE, anchor.place_id))
