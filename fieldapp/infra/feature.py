"""What a feature package offers to the application that gathers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import click
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema

from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.outward import Outward
from fieldapp.infra.picture_cleaner import PictureCleaner
from fieldapp.kernel.time import Clock


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a host did, as it arrived: the envelope, checked; `data` as the phone wrote it."""

    id: UUID
    device_id: UUID
    n: int
    by: UUID
    type: str
    entity: UUID
    base: int | None
    at: datetime
    v: int
    data: Mapping[str, Any]
    blobs: Mapping[str, tuple[int, str]]
    received_at: datetime
    """`blobs` maps each named SHA-256 to (size in bytes, media type)."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The operation took effect; `rev` is the entity's revision after it, `audience` who may pull the entity."""

    kind: str
    audience: tuple[UUID, ...]
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The operation is kept and waits: for another entity, or for a person."""

    why: str
    waits_for: UUID | None = None


Outcome = Applied | Held


@dataclass(frozen=True, slots=True)
class Arrival:
    """An operation that passed its schema: who did it and the command it asks for."""

    actor: Any
    operation: Operation
    command: Any


Handler = Callable[[Sequence[Arrival]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class OperationType:
    """How operations of one type are read, permitted and carried out. The handler gets several at once, in order."""

    name: str
    version: int
    schema: Schema
    permission: Any
    handler: Handler
    condense: Callable[[UUID, Any], Any] | None = None
    """Gives, for a tenant, what may be stored of the data of one that is held; None: all of it."""
    condensed_schema: Schema | None = None
    """Reads what was stored; None: as what came."""


@dataclass(frozen=True, slots=True)
class PullKind:
    """A kind of row that phones pull. `load` gives the bodies of those entities that the actor may see."""

    name: str
    load: Callable[[Any, Sequence[UUID]], Mapping[UUID, dict[str, Any]]]
    leaves_scope: bool = False
    """True: an entity that the actor may no longer see is told as gone; false: it is passed over in silence."""


@dataclass(frozen=True, slots=True)
class Document:
    """A derived, versioned document for the phone: `make(actor, zone_id, now)` gives its body, or None for an unknown zone."""

    kind: str
    make: Callable[[Any, UUID, datetime], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Installation:
    """What jobs work with."""

    clock: Clock
    blobs: BlobStore
    cleaner: PictureCleaner
    outward: Outward = field(default_factory=Outward)


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the worker does again and again. `run` is idempotent, opens its own transactions, returns how much it did."""

    name: str
    run: Callable[[Installation], int]
    every: timedelta


@dataclass(frozen=True, slots=True)
class Feature:
    """One package's part in the application."""

    name: str
    pages: Sequence[Any] = ()
    api: Sequence[ApiBlueprint] = ()
    operations: Sequence[OperationType] = ()
    pulls: Sequence[PullKind] = ()
    documents: Sequence[Document] = ()
    reactions: Mapping[str, Callable[[Any], None]] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    commands: Sequence[click.Command] = ()
