"""What server-side mutants do, each with the shipped function that it takes the place of."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from fieldapp.infra.changes import head_seq, take_seqs
from fieldapp.infra.db import db, transaction
from fieldapp.sync.epoch import read_epoch, write_verified
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.protocol import Cursor

Real = Callable[..., Any]
SEQS_AHEAD = 40


def swap(place: str, make: Callable[[Real], Real]) -> Callable[[], None]:
    """Return what puts `make(shipped function)` at `module:name` or `module:Class.name`."""

    def apply() -> None:
        module, _, path = place.partition(":")
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        setattr(owner, name, make(getattr(owner, name)))

    return apply


def knows_nothing(_real: Real) -> Real:
    """Every operation is taken for new."""
    return lambda _ids: {}


def write_over_ledger(real: Real) -> Real:
    """What is in the ledger already is written over."""

    def write(batch: Any, ordered: Sequence[Any]) -> Any:
        known = [operation.id for operation in ordered]
        db.session.execute(delete(LedgerEntry).where(LedgerEntry.id.in_(known)))
        return real(batch, ordered)

    return write


def commit_first(real: Real) -> Real:
    """What was done so far is committed apart from what follows."""

    def write(*arguments: Any) -> Any:
        db.session.commit()
        return real(*arguments)

    return write


def fail_loudly(_real: Real) -> Real:
    """A handler's failure is the request's."""
    return lambda handler, arrival: handler([arrival])


def wake_nobody(_real: Real) -> Real:
    """Nothing that waits is tried again."""
    return lambda *_arguments: 0


def believe_bytes(real: Real) -> Real:
    """Whatever was put together is taken for what its name says."""
    return lambda store, *given, **_: real(store, *given, is_proven=True)


def believe_part(real: Real) -> Real:
    """A part's digest is that of what came."""
    return lambda store, length, part, _digest: real(store, length, part, hashlib.sha256(part).hexdigest())


def note_nothing(real: Any) -> Any:
    """What changes at the desk is not told."""
    return SimpleNamespace(**{**vars(real), "note": lambda *_given, **_named: 0})


def append_behind(real: Real) -> Real:
    """A part is put behind what there is."""

    def append(store: Any, owner: UUID, sha256: str, **given: Any) -> Any:
        stored = min(store.received_bytes(owner, sha256), given["total_length"] - 1)
        part = given["part"][: given["total_length"] - stored]
        digest = hashlib.sha256(part).hexdigest()
        return real(store, owner, sha256, **(given | {"offset": stored, "part": part, "part_sha256": digest}))

    return append


def same_epoch(_real: Real) -> Real:
    """A restored server keeps its name."""

    def begin(data_dir: Path) -> str:
        write_verified(data_dir, None)
        return read_epoch(data_dir)

    return begin


def head_is_safe(_real: Real) -> Real:
    """All there is counts as safe."""
    return lambda _safe_seqs, tenant_id: head_seq(tenant_id)


def take_seqs_ahead(real: Real) -> Real:
    """Seqs are taken in a transaction of their own, before the one that uses them."""

    def receive(here: Any, *arguments: Any) -> Any:
        with transaction(write=True):
            taken = take_seqs(here.actor.tenant_id, SEQS_AHEAD)
        db.session.info["taken"] = taken
        return real(here, *arguments)

    return receive


def use_seqs_taken(real: Real) -> Real:
    """Seqs that were taken ahead are used up first."""

    def take(tenant_id: UUID, count: int) -> range:
        taken: range = db.session.info.get("taken", range(0))
        if len(taken) < count:
            numbers: range = real(tenant_id, count)
            return numbers
        db.session.info["taken"] = taken[count:]
        return taken[:count]

    return take


def cursor_at_head(real: Real) -> Real:
    """A page's cursor stands for everything."""

    def pull(actor: Any, *arguments: Any) -> Any:
        page = real(actor, *arguments)
        cursor = Cursor.parse(page["cursor"])
        return page | {"cursor": str(Cursor(cursor.epoch, cursor.scope, head_seq(actor.tenant_id)))}

    return pull
