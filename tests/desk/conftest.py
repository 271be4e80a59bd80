"""An evening at home, walked and logged by a host's phone, for the pages that show it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from fieldapp.access.models import AuditEvent
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon
from fieldapp.kernel.time import to_ms
from fieldapp.rounds.track import Fix, encode
from tests.make.world import Phone, World

SEGMENT_S = 240
"""How long the walked part before and after the evening's gap is."""


@dataclass(frozen=True)
class Evening:
    """A closed round of an hour: walked, a gap of ten minutes, walked; graffiti, a calm check, then the end."""

    phone: Phone
    round_id: str
    graffiti_id: str


def walk(phone: Phone, round_id: str, *, part: int, east: float) -> dict[str, Any]:
    """Make a segment of a fix every ten seconds from now on, ten metres apart."""
    begun = phone.clock.now()
    fixes = [
        Fix(begun + timedelta(seconds=10 * i), LatLon(57.75, 11.98 + east + i * 0.00017), 5.0)
        for i in range(SEGMENT_S // 10)
    ]
    phone.clock.advance(timedelta(seconds=SEGMENT_S))
    return phone.operation("track.segment", data=encode(fixes, round_id=round_id, part=part))


@pytest.fixture
def evening(world: World) -> Evening:
    """Walk one evening."""
    phone = world.phone()
    round_id = phone.start_round()
    first = walk(phone, round_id, part=0, east=0.0)
    graffiti = phone.record(round_id, note="Klotter på dörren")
    gap_from = to_ms(phone.clock.now())
    phone.clock.advance(timedelta(minutes=10))
    span = {"from": gap_from, "to": to_ms(phone.clock.now())}
    gap = phone.operation("gap.record", data={"round": round_id, "reason": "locked_or_killed", **span})
    second = walk(phone, round_id, part=1, east=0.01)
    yard = str(phone.tenant.places["yard"].id)
    calm = phone.operation("visit.check", data={"round": round_id, "place": yard, "position": None, "how": "tap"})
    phone.clock.advance(timedelta(minutes=40))
    end = phone.operation("round.end", round_id, {"reason": "done"})
    acks = phone.acks(first, graffiti, gap, second, calm, end)
    assert [ack["st"] for ack in acks] == ["ok"] * 6, acks
    return Evening(phone, round_id, str(graffiti["entity"]))


@pytest.fixture
def audited(world: World) -> Callable[[str], list[AuditEvent]]:
    """Return a function that gives the home tenant's audit events of an action."""

    def events(action: str) -> list[AuditEvent]:
        with world.as_home():
            query = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.number)
            return list(db.session.scalars(query))

    return events


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Gather the statements that are sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def layers_of(page: str, name: str) -> Mapping[str, Any]:
    """Return the layers of a page's map."""
    found = re.search(rf'<script type="application/json" id="{name}-layers">(.*?)</script>', page, re.DOTALL)
    assert found, "no map"
    return dict(json.loads(found.group(1)))


def new_id() -> str:
    """Return an id that nothing has."""
    return str(uuid.uuid4())
