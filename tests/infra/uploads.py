"""A photo of three parts and a sender that behaves as a phone does."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from fieldapp.infra.blobs import BlobStore, PartOutcome

OWNER = UUID("0190a000-0000-7000-8000-000000000001")
STRANGER = UUID("0190a000-0000-7000-8000-000000000002")
PHOTO = hashlib.shake_256(b"photo").digest(300)
PART = 100


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def send(store: BlobStore, offset: int, *, content: bytes = PHOTO, size: int = PART, **overrides: Any) -> PartOutcome:
    part = overrides.pop("part", content[offset : offset + size])
    told = {"offset": offset, "total_length": len(content), "part": part, "part_sha256": digest(part), **overrides}
    return store.append_part(OWNER, digest(content), **told)


def send_rest(store: BlobStore, content: bytes = PHOTO) -> list[int]:
    """Send as a phone does: ask, then part after part. Return the offsets begun at."""
    begun: list[int] = []
    while len(begun) < 9:
        begun.append(store.received_bytes(OWNER, digest(content)))
        if begun[-1] == len(content) or send(store, begun[-1], content=content).is_complete:
            return begun
    raise AssertionError(f"never complete: {begun}")
