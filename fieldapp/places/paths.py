"""What supervisors do to the path network: leave pieces out, take them back, add one that no map has.

No piece is changed: where it runs stays. To leave one out says only that it does not count.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import Clock
from fieldapp.places import queries
from fieldapp.places.commands import AddPath, ExcludePaths, IncludePaths
from fieldapp.places.drawing import plan_drawn
from fieldapp.places.map_import import path_row
from fieldapp.places.models import Path
from fieldapp.places.path_plan import DRAWN, NewPath


def exclude_paths(actor: Actor, command: ExcludePaths, *, clock: Clock) -> int:
    """Leave pieces out. Those that are gone, or left out already, are passed over. Return how many were left out."""
    now = clock.now()
    pieces = [path for path in queries.living_paths_by_id(command.pieces) if path.excluded_at is None]
    for path in pieces:
        path.excluded_at, path.excluded_by_id, path.excluded_reason = now, actor.user_id, command.reason
    _tell(actor, "path:exclude", pieces, clock, reason=command.reason)
    return len(pieces)


def include_paths(actor: Actor, command: IncludePaths, *, clock: Clock) -> int:
    """Take pieces back that were left out. Return how many were."""
    pieces = [path for path in queries.living_paths_by_id(command.pieces) if path.excluded_at is not None]
    for path in pieces:
        path.excluded_at, path.excluded_by_id, path.excluded_reason = None, None, ""
    _tell(actor, "path:include", pieces, clock)
    return len(pieces)


def add_path(actor: Actor, command: AddPath, *, clock: Clock) -> Sequence[NewPath]:
    """Add a path that was drawn, in pieces.

    Raises:
        NotDrawable: it is too short or too long, or runs along what is there.
    """
    now = clock.now()
    added = plan_drawn(actor.tenant_id, command.line, is_lit=command.is_lit, known=queries.known_paths())
    db.session.execute(insert(Path), [path_row(actor.tenant_id, DRAWN, new, now) for new in added])
    audit.write(actor.tenant_id, "path:add", at=now, actor=actor, paths=[str(new.id) for new in added])
    return added


def _tell(actor: Actor, action: str, pieces: Sequence[Path], clock: Clock, reason: str = "") -> None:
    db.session.flush()
    if pieces:
        ids = sorted(str(path.id) for path in pieces)
        audit.write(actor.tenant_id, action, at=clock.now(), actor=actor, reason=reason, paths=ids)
