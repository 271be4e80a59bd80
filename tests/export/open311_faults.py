"""Seeded bad weather between a courier and an Open311 endpoint: whatever happens, one order for each case.

The courier does what the contract of adapters says, and nothing more: it looks before it asks again.
"""

from __future__ import annotations

import http.client
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from fieldapp.export.adapters import open311_client as client
from fieldapp.export.adapters.base import Accepted, CannotTell, Found, NotFound, Pending, Refused, Retry
from fieldapp.export.adapters.open311 import Open311, Settings
from tests.receivers.open311 import Endpoint
from tests.receivers.open311_desk import API_KEY

NOW = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
POST_FAULTS = ("ok", "500", "500_after", "lost", "lost", "cut", "closed", "html", "busy")
GET_FAULTS = ("ok", "ok", "500", "closed", "cut", "html")
SLOW_ONE_IN = 40
TURNS_MAX = 60


def exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> client.Answer:
    """Send one request; wait a fifth of a second for the answer."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=0.2)
    try:
        connection.request(method, f"{where.path}?{where.query}", body, dict(headers))
        answer = connection.getresponse()
        return client.Answer(answer.status, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise client.NoAnswer(str(error)) from error
    finally:
        connection.close()


@dataclass
class Courier:
    """One case on its way."""

    adapter: Open311
    case: dict[str, Any]
    chance: random.Random
    external_id: str = ""
    token: str = ""
    is_unknown: bool = False
    is_dead: bool = False

    def turn(self) -> None:
        """Do the next thing; once in a while everything since the last copy is forgotten, as after a restore."""
        if self.chance.random() < 0.1:
            self.external_id, self.token, self.is_unknown, self.is_dead = "", "", True, False
        if self.external_id or self.is_dead:
            return
        if self.token:
            self._after(self.adapter.resolve(self.token))
        elif self.is_unknown:
            self._look()
        else:
            self.is_unknown = True  # kept before anything is sent: what ends in between is not known
            self._after(self.adapter.create(self.case, NOW))

    def _look(self) -> None:
        match self.adapter.look_up(self.case, NOW):
            case Found(external_id):
                self.external_id, self.is_unknown = external_id, False
            case NotFound():
                self.is_unknown = False
            case CannotTell():
                pass

    def _after(self, outcome: Any) -> None:
        match outcome:
            case Accepted(external_id):
                self.external_id, self.is_unknown, self.token = external_id, False, ""
            case Pending(token):
                self.token = token
            case Refused():
                self.is_dead = True
            case Retry():
                self.is_unknown = True


def deliver(running: Endpoint, seed: int) -> dict[str, Any]:
    """Deliver some cases in the weather of a seed, and return what a check needs: couriers, and the endpoint's account."""
    chance = random.Random(seed)
    is_batch = chance.random() < 0.2
    running.reset(
        post_plan=_plan(chance, POST_FAULTS, 8),
        get_plan=_plan(chance, GET_FAULTS, 10),
        is_batch=is_batch,
        token_polls=chance.randint(0, 3),
        refuses_identical=chance.random() < 0.3,
        has_rows_without_id=chance.random() < 0.3,
        has_singular_path=chance.random() < 0.3,
        has_definitions=chance.random() < 0.7,
        slow_s=0.25,
    )
    endpoint = client.Endpoint(running.url, exchange, chance.choice(["json", "xml"]), api_key=API_KEY)
    adapter = Open311(endpoint, Settings({"SK02": "GRAF"}))
    couriers = [Courier(adapter, _case(number), random.Random(f"{seed} {number}")) for number in range(1, 4)]
    for _turn in range(TURNS_MAX):
        for courier in couriers:
            courier.turn()
    return {"couriers": couriers, "account": running.account(), "is_batch": is_batch}


def _plan(chance: random.Random, faults: tuple[str, ...], most: int) -> list[str]:
    length = chance.randint(0, most)
    return ["slow" if chance.randrange(SLOW_ONE_IN) == 0 else chance.choice(faults) for _ in range(length)]


def _case(number: int) -> dict[str, Any]:
    return {
        "case_id": f"00000000-0000-4000-8000-{number:012d}", "case_no": number, "category_code": "SK02", "severity": 3,
        "title": "Klotter, Källare", "description": "Samma text", "lat": 57.75, "lon": 11.98, "trade_code": "KLO",
        "received_at": NOW.isoformat(),
    }  # fmt: skip


def check(done: dict[str, Any]) -> None:
    """Hold what was delivered to what is promised."""
    orders = done["account"]["orders"]
    assert not {number: count for number, count in orders.items() if count > 1}, orders
    assert done["account"]["personal"] == []
    for courier in done["couriers"]:
        number = str(courier.case["case_no"])
        if courier.external_id:
            assert done["account"]["rows"][courier.external_id]["attributes"]["CASE_NO"] == number
        # An order of a batch service that got no answer may never be seen: only a person can tell.
        assert courier.external_id or done["is_batch"], (number, courier)
