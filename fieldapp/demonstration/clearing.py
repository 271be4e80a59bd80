"""Remove the demonstration: every row of its tenant, and nobody else's."""

from __future__ import annotations

from typing import Any

from fieldapp.demonstration.loader import demonstration
from fieldapp.infra.db import ACROSS_TENANTS, db, set_tenant


def clear() -> int:
    """Remove the demonstration, children before parents. Return how many rows went.

    Raises:
        RuntimeError: the organisation of that name is a real one.
    """
    set_tenant(None)
    organisation = demonstration()
    if organisation is None:
        return 0
    if not organisation.is_demonstration:
        raise RuntimeError("only the demonstration can be cleared")
    removed = 0
    for table in reversed(db.metadata.sorted_tables):
        if "tenant_id" in table.c:
            own = table.c.tenant_id == organisation.id
            to_itself = (
                {column.name: None for column in table.c if column.nullable and column.references(table.c.id)}
                if "id" in table.c
                else {}
            )
            if to_itself:
                db.session.execute(table.update().where(own).values(to_itself), execution_options=ACROSS_TENANTS)
            result: Any = db.session.execute(table.delete().where(own), execution_options=ACROSS_TENANTS)
            removed += result.rowcount
    db.session.delete(organisation)
    return removed
