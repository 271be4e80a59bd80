"""After a restore nobody knows what receivers were handed since the backup: they are asked before anything goes out."""

from __future__ import annotations

from sqlalchemy import Connection, update

from fieldapp.damage.models import CaseCounter
from fieldapp.export.models import Delivery

NUMBERS_PASSED_OVER = 1000
"""More cases than are opened between two backups: a number that a receiver knows already must not mean another case."""


def doubt_deliveries(connection: Connection) -> None:
    """Let every delivery that waits be looked for before it is sent, and let case numbers go on where none was given out."""
    connection.execute(update(Delivery).where(Delivery.state.in_(("queued", "sending"))).values(is_unknown=True))
    connection.execute(update(CaseCounter).values(last_no=CaseCounter.last_no + NUMBERS_PASSED_OVER))
