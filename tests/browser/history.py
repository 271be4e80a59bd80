"""A night that has been: what pages need to have something to show, sent by a phone as the protocol says."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from fieldapp.infra.pictures import draw_placeholder_photo
from fieldapp.kernel.geo import LatLon
from fieldapp.kernel.time import FixedClock, to_ms
from fieldapp.rounds.track import Fix, encode
from tests.make.world import Phone, Tenant

FIXES = 60
STEP = timedelta(seconds=10)
SILENCE = timedelta(minutes=12)
NOTE_WITH_NAME = "Ring Anna på 070-174 06 58 om porten"


def live_a_night(app: Flask, tenant: Tenant) -> None:
    """Walk a round with a gap, log on it a calm place, a damage with a photo, a note with a number, something held."""
    clock = FixedClock(datetime.now(UTC) - timedelta(hours=3))
    phone = Phone(app, clock, tenant)
    phone.sign_in(next(user.login for role, user in tenant.users.items() if role == "host"))
    round_id = phone.start_round()
    part = _way(clock.now(), 0)
    gap_from = part[-1].at
    later = _way(gap_from + SILENCE, FIXES)
    photo = draw_placeholder_photo("graffiti", seed=5)
    calm = {"round": round_id, "place": str(tenant.places["cellar"].id), "position": None, "how": "tap"}
    gap = {"round": round_id, "from": to_ms(gap_from), "to": to_ms(later[0].at), "reason": "no_fix"}
    acks = phone.acks(
        _segment(phone, round_id, 0, part),
        phone.operation("visit.check", data=calm),
        phone.record_with_photo(photo, round_id, note="Stort klotter till vänster om porten"),
        phone.operation("gap.record", data=gap),
        _segment(phone, round_id, 1, later),
        phone.record(round_id, category="OR02", severity=4, note=NOTE_WITH_NAME, place_source="suggested"),
        phone.record(round_id, category="TR01", severity=2, place=None, place_source="none"),
        phone.operation("observation.sing", data={}),
    )
    assert [ack["st"] for ack in acks] == ["ok"] * 7 + ["held"], acks
    clock.at = later[-1].at
    assert [ack["st"] for ack in phone.acks(phone.operation("round.end", round_id, {"reason": "done"}))] == ["ok"]
    assert phone.send_part(photo).json == {"off": len(photo), "done": True}


def _way(begins_at: datetime, first: int) -> list[Fix]:
    """Walk north-east through the zone, one fix each `STEP`."""
    return [
        Fix(
            begins_at + STEP * number,
            LatLon(57.749 + 0.00002 * (first + number), 11.979 + 0.00003 * (first + number)),
            6.0,
        )
        for number in range(FIXES)
    ]


def _segment(phone: Phone, round_id: str, part: int, fixes: list[Fix]) -> dict[str, Any]:
    data = encode(fixes, round_id=round_id, part=part)
    return phone.operation("track.segment", str(uuid.uuid4()), data)
