"""A handler that fails: an operation whose note says so makes its handler raise, as a fault in the program would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from flask import Flask

from fieldapp.infra.feature import Arrival, Handler, OperationType, Outcome
from fieldapp.sync.registry import Registry

WORD = "[this one makes its handler fail]"


def spoil_handlers(app: Flask) -> None:
    """Let every handler of the application fail over the word."""
    registry = cast("Registry", app.extensions["rond_registry"])
    operations: Mapping[str, OperationType] = {
        name: replace(kind, handler=_spoilt(kind.handler)) for name, kind in registry.operations.items()
    }
    app.extensions["rond_registry"] = Registry(operations, registry.pulls, registry.documents)


_known: dict[int, Handler] = {}


def _spoilt(handler: Handler) -> Handler:
    # One for each: a run of operations is what has the same handler.
    return _known.setdefault(id(handler), _make_spoilt(handler))


def _make_spoilt(handler: Handler) -> Handler:
    def handle(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
        if any(WORD in str(arrival.operation.data.get("note")) for arrival in arrivals):
            raise ValueError(WORD)
        return handler(arrivals)

    return handle
