"""What must hold when everything has come to rest, computed anew from the ledger and from what the hosts were told.

Nothing here calls the code that is judged: records are folded from their operations by rules of this module's own.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fieldapp.infra.blobs import BlobStore
from tests.simulation import folds
from tests.simulation.databases import all_rows
from tests.simulation.desk import REFUSED_BELOW

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tables:
    """Every row that matters."""

    ledger: list[Row]
    observations: list[Row]
    edits: list[Row]
    photos: list[Row]
    rounds: list[Row]
    segments: list[Row]
    gaps: list[Row]
    cases: list[Row]
    clocks: list[Row]
    named: list[Row]
    devices: list[Row]
    users: list[Row]

    @classmethod
    def read(cls) -> Tables:
        """Read them all."""
        names = (
            "ledger", "observations", "observation_edits", "observation_photos", "rounds", "track_segments",
            "gaps", "cases", "place_clocks", "named_blobs", "devices", "users",
        )  # fmt: skip
        return cls(*(all_rows(name) for name in names))


@dataclass(frozen=True, slots=True)
class Store:
    """What a phone's side says of one store."""

    device: str
    told: Mapping[str, Row]
    doubtful: frozenset[str]
    is_wiped: bool
    was_restricted: bool
    """`told`: operations by id that the host was told are saved. `doubtful`: may be there or not. `was_restricted`: the office
    took something away from device or user at some time."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Store:
        """Read what was said."""
        told = {operation["id"]: operation for operation in said["told"]}
        flags = (said["is_wiped"], said["was_restricted"])
        return cls(said["device"], told, frozenset(said["doubtful"]), *flags)


def violations(
    tables: Tables, said: Sequence[Mapping[str, Any]], photos: Mapping[str, bytes], blobs: BlobStore, tenant_id: UUID
) -> list[str]:
    """Return everything that is not as it must be, as sentences."""
    stores = [Store.of(one) for one in said]
    told = {key: operation for store in stores for key, operation in store.told.items()}
    return [
        *(fault for store in stores for fault in _ledger_faults(tables, store)),
        *_held_faults(tables, stores),
        *folds.faults(tables, told),
        *_photo_faults(tables, stores, photos, blobs, tenant_id),
    ]


def canonical_sha256(operation: Row) -> str:
    """Return what the protocol says identifies an operation's content."""
    text = json.dumps(operation, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _ledger_faults(tables: Tables, store: Store) -> Iterator[str]:
    """I2, I3, I7: everything that was told is there, once, as it was said; nothing else is; no number is missing."""
    entries = {str(row["id"]): row for row in tables.ledger if str(row["device_id"]) == store.device}
    for key, operation in store.told.items():
        name = f"{operation['type']} n {operation['n']} of store {store.device[-1]}"
        entry = entries.get(key)
        if entry is None:
            if not store.is_wiped:
                yield f"lost: {name} was told to be saved and is not on the server"
        elif (entry["sha256"], entry["n"]) != (canonical_sha256(operation), operation["n"]):
            yield f"changed: {name} is on the server with other content"
    for key, entry in entries.items():
        if key not in store.told and key not in store.doubtful:
            yield f"made up: {entry['type']} n {entry['n']} of store {store.device[-1]} was never saved"
    counted = Counter(entry["n"] for entry in entries.values())
    if not store.is_wiped and set(counted) != set(range(1, len(counted) + 1)):
        yield f"the numbers of store {store.device[-1]} have a hole: {sorted(counted)}"
    if any(count > 1 for count in counted.values()):
        yield f"store {store.device[-1]} has used a number twice: {sorted(counted.elements())}"


def _held_faults(tables: Tables, stores: Sequence[Store]) -> Iterator[str]:
    """What is held is held for a reason that is still there."""
    restricted = {store.device for store in stores if store.was_restricted}
    authors = {row["id"]: row["author_id"] for rows in (tables.observations, tables.rounds) for row in rows}
    for entry in tables.ledger:
        if entry["outcome"] == "held" and not _is_rightly_held(
            entry, tables, authors, is_restricted=str(entry["device_id"]) in restricted
        ):
            name = f"{entry['type']} n {entry['n']} of store {str(entry['device_id'])[-1]}"
            yield f"{name} is held for no reason: {entry['why']}"


def _is_rightly_held(entry: Row, tables: Tables, authors: Mapping[UUID, UUID], *, is_restricted: bool) -> bool:
    why, by = entry["why"], entry["by_id"]
    if why == "waits_for":
        return entry["waits_for"] not in authors
    if why == "forbidden":
        rounds = ((entry["body"] or {}).get("data") or {}).get("round")
        about = {entry["entity_id"], UUID(rounds) if isinstance(rounds, str) else entry["entity_id"]}
        return is_restricted or any(authors.get(one, by) != by for one in about)
    if why == "revoked":
        return is_restricted
    if why == "illegal_transition":
        return _has_ended(tables, entry["entity_id"])
    return why == "invalid" and folds.is_poison(entry)


def _has_ended(tables: Tables, entity: UUID) -> bool:
    ended = {row["id"] for row in tables.rounds if row["state"] == "ended"}
    withdrawn = {row["id"] for row in tables.observations if row["state"] == "withdrawn"}
    return entity in ended | withdrawn


def _photo_faults(
    tables: Tables, stores: Sequence[Store], photos: Mapping[str, bytes], blobs: BlobStore, tenant_id: UUID
) -> Iterator[str]:
    """I6, and no photo lost: every file is what its name says, and every photo that was named has come whole."""
    for path in blobs.verify(tenant_id).mismatches:
        yield f"the file {path} is not what its name says"
    wiped = {store.device for store in stores if store.is_wiped}
    owners: dict[str, set[str]] = defaultdict(set)
    for blob in tables.named:
        owners[blob["sha256"]].add(str(blob["device_id"]))
    states: dict[str, set[str]] = defaultdict(set)
    for photo in tables.photos:
        states[photo["sha256"]].add(photo["state"])
    for sha256, devices in sorted(owners.items()):
        is_received = all(blob["received_at"] is not None for blob in tables.named if blob["sha256"] == sha256)
        if devices <= wiped and not is_received:
            continue
        yield from _one_photo(sha256, photos[sha256], states[sha256], is_received, blobs, tenant_id)


def _one_photo(
    sha256: str, content: bytes, states: set[str], is_received: bool, blobs: BlobStore, tenant_id: UUID
) -> Iterator[str]:
    name = f"photo {sha256[:8]}"
    if not is_received:
        yield f"{name} was named and has not come"
        return
    if "named" in states:
        yield f"{name} has come and its record does not know"
    if len(states) > 1:
        yield f"{name} is {' and '.join(sorted(states))} at once"
    if "clean" in states:
        picture = hashlib.sha256(b"clean " + sha256.encode()).hexdigest()
        if not (blobs.read_clean(tenant_id, picture)).is_file():
            yield f"{name} is clean and its picture is gone"
        return
    if "refused" in states:
        if content[0] >= REFUSED_BELOW:
            yield f"{name} was refused and is a picture"
        return
    if not blobs.is_received(tenant_id, sha256):
        yield f"{name} is said to be received and is gone"
    elif blobs.received_path(tenant_id, sha256).read_bytes() != content:
        yield f"{name} was received as something else"
