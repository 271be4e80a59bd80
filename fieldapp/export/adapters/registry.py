"""Which adapter speaks with which receiver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldapp.export.adapters import open311_client as client
from fieldapp.export.adapters.base import Adapter
from fieldapp.export.adapters.open311 import Open311, Settings
from fieldapp.export.adapters.webhook import Webhook
from fieldapp.infra.outward import NoAnswer, Outward, TargetRefused
from fieldapp.kernel.time import Clock

POLLED = ("open311",)


@dataclass(frozen=True, slots=True)
class Way:
    """How a receiver is reached. `secret`: the newest line first; a former one still counts while it is being changed."""

    settings: Mapping[str, Any]
    secret: str = field(repr=False)
    outward: Outward
    clock: Clock


def adapter_of(name: str, way: Way, key: str) -> Adapter:
    """Return the adapter of a kind of receiver, for the delivery of a key.

    Raises:
        KeyError: there is no such kind.
    """
    return _MADE[name](way, key)


def _open311(way: Way, _key: str) -> Adapter:
    return open311_of(way.settings, way.secret, way.outward)


def _webhook(way: Way, key: str) -> Adapter:
    return Webhook(str(way.settings.get("url", "")), way.secret.splitlines(), key, way.outward, way.clock)


_MADE: Mapping[str, Callable[[Way, str], Adapter]] = {"open311": _open311, "webhook": _webhook}
NAMES = tuple(_MADE)


def open311_of(settings: Mapping[str, Any], secret: str, outward: Outward) -> Open311:
    """Return the adapter of an Open311 endpoint. `settings`: base_url, format, jurisdiction_id, services and the rest."""

    def exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> client.Answer:
        try:
            answer = outward.request(method, url, headers, body)
        except TargetRefused as refused:
            raise client.Refusal(403, f"never asked: {refused}") from refused
        except NoAnswer as none:
            raise client.NoAnswer(str(none)) from none
        after = answer.headers.get("retry-after", "")
        return client.Answer(answer.code, answer.body, float(after) if after.isdecimal() and len(after) < 6 else None)

    endpoint = client.Endpoint(
        str(settings.get("base_url", "")),
        exchange,
        "xml" if settings.get("format") == "xml" else "json",
        str(settings.get("jurisdiction_id", "")),
        secret,
    )
    return Open311(
        endpoint,
        Settings(
            services=dict(settings.get("services") or {}),
            other_service=str(settings.get("other_service", "")),
            answers=dict(settings.get("answers") or {}),
            has_updates=bool(settings.get("has_updates", True)),
            is_searchable=bool(settings.get("is_searchable", True)),
        ),
    )
