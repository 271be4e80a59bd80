"""Limits, words and identities of the sync protocol, version 1 (docs/sync-protocol.md). Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

PROTO = 1
PUSH_BYTES_MAX = 262_144
PUSH_OPS_MAX = 200
PART_BYTES_MAX = 1_048_576
PHOTO_BYTES_MAX = 15 * 1024 * 1024
PULL_ROWS_MAX = 500
HAVE_MAX = 500

BODILESS_TYPES = frozenset({"track.segment"})
"""Types whose content the ledger does not keep once applied: positions live only as long as the organisation says."""


@dataclass(frozen=True, slots=True)
class PushedOperation:
    """An operation as it came: the checked envelope, and the whole of it verbatim."""

    id: UUID
    n: int
    by: UUID
    type: str
    entity: UUID
    base: int | None
    at: int
    v: int
    data: Mapping[str, Any]
    blobs: Mapping[str, tuple[int, str]]
    verbatim: Mapping[str, Any]
    sha256: str
    is_whole: bool
    """False: the envelope itself is bad beyond its id; the operation is kept, held."""
    canonical: str = ""
    """The canonical JSON, where the operation has just come; it need not be written a second time to be kept."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What a device says it still holds."""

    count: int
    oldest: int | None


@dataclass(frozen=True, slots=True)
class Push:
    """One batch."""

    epoch: str | None
    app: str
    unsent: Unsent | None
    """None when it is not the phone that delivers."""
    ops: tuple[PushedOperation, ...]


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, check_circular=False)
"""What is written has been read as JSON: it holds no circle to look for."""


def canonical_json(operation: Mapping[str, Any]) -> str:
    """Return an operation's canonical JSON: sorted keys, no spaces, ASCII escapes."""
    return _ENCODER.encode(operation)


def canonical_sha256(operation: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an operation's canonical JSON."""
    return sha256_of(canonical_json(operation))


def sha256_of(canonical: str) -> str:
    """Return the SHA-256 of canonical JSON."""
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a phone's reading stands: store, scope, seq."""

    epoch: str
    scope: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.scope}.{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor.

        Raises:
            ValueError: it is none of ours.
        """
        epoch, scope, seq = text.split(".")
        if not seq.isdecimal() or len(seq) > 18:
            raise ValueError("no cursor")
        return cls(epoch, scope, int(seq))
