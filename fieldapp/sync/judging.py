"""Judge operations and carry them out: what a batch that arrives and an operation that waited have in common."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError

from fieldapp.access.permissions import is_permitted
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.infra.feature import Arrival, Held, Operation, Outcome
from fieldapp.kernel.time import from_ms
from fieldapp.sync.protocol import PushedOperation
from fieldapp.sync.registry import Registry

log = logging.getLogger("fieldapp.sync")


def read(
    operation: PushedOperation,
    actor: Actor,
    registry: Registry,
    device_id: UUID,
    received_at: datetime,
    *,
    is_released: bool = False,
    is_stored: bool = False,
) -> Arrival | Held:
    """Turn an operation into a command its user may give, or whom a person lets pass; or say why not.

    `is_stored`: it was held, and its data is what was stored of it.
    """
    if not operation.is_whole:
        return Held("invalid")
    kind = registry.operations.get(operation.type)
    if kind is None:
        return Held("unknown_type")
    if operation.v != kind.version:
        return Held("unknown_version")
    if not is_released and not is_permitted(actor, kind.permission):
        return Held("forbidden")
    schema = kind.condensed_schema if is_stored and kind.condensed_schema is not None else kind.schema
    try:
        command = schema.load(operation.data)
    except ValidationError:
        return Held("invalid")
    return Arrival(
        actor,
        Operation(
            id=operation.id,
            device_id=device_id,
            n=operation.n,
            by=operation.by,
            type=operation.type,
            entity=operation.entity,
            base=operation.base,
            at=from_ms(operation.at),
            v=operation.v,
            data=operation.data,
            blobs=operation.blobs,
            received_at=received_at,
        ),
        command,
    )


def apply(arrivals: Sequence[Arrival], registry: Registry, *, one_by_one: bool) -> dict[UUID, Outcome]:
    """Hand runs of one type to their handlers, in order. One by one, a handler's failure holds its operation alone."""
    outcomes: dict[UUID, Outcome] = {}
    for handler, run in groupby(arrivals, key=lambda arrival: registry.operations[arrival.operation.type].handler):
        together = list(run)
        for group in [[arrival] for arrival in together] if one_by_one else [together]:
            results = _apply_alone(handler, group[0]) if one_by_one else handler(group)
            outcomes |= {arrival.operation.id: result for arrival, result in zip(group, results, strict=True)}
    return outcomes


def _apply_alone(handler: Any, arrival: Arrival) -> Sequence[Outcome]:
    try:
        with db.session.begin_nested():
            outcomes: Sequence[Outcome] = handler([arrival])
            db.session.flush()
            return outcomes
    except OperationalError:
        raise
    except (DBAPIError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        log.error("operation %s is held: its handler failed", arrival.operation.id, exc_info=error)
        return [Held("invalid")]


def feed_of(outcome: Outcome, op_id: UUID, entity: UUID, user_id: UUID) -> list[tuple[str, UUID, UUID]]:
    """Return the feed's changes that an outcome makes: the entity for whoever may pull it, or the held operation for its user."""
    if isinstance(outcome, Held):
        return [("op", op_id, user_id)]
    return [(outcome.kind, entity, who) for who in outcome.audience]


def condensed(operation: PushedOperation, tenant_id: UUID, registry: Registry) -> Any:
    """Return what may be stored of an operation that is held. Its SHA-256 is of what came."""
    kind = registry.operations.get(operation.type)
    if kind is None or kind.condense is None or "data" not in operation.verbatim:
        return operation.verbatim
    return {**operation.verbatim, "data": kind.condense(tenant_id, operation.verbatim["data"])}


def can_read(schema: Any, data: Any) -> bool:
    """Tell whether a schema makes a command of stored data; without a schema nothing does."""
    try:
        return schema is not None and bool(schema.load(data))
    except (ValidationError, TypeError, AttributeError):
        return False


def storable(value: Any) -> Any:
    """Return JSON that every database can keep: NUL and lone surrogates become the replacement character.

    Only an operation that is held for them can have them; its SHA-256 is of what came.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {storable(name): storable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
