"""What this package announces, for packages above it to react to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ObservationFacts:
    """A record as it is now, in the parts that others act on."""

    id: UUID
    tenant_id: UUID
    author_id: UUID
    zone_id: UUID | None
    place_id: UUID | None
    category_code: str
    kind: str
    severity: int
    state: str
    note_state: str
    occurred_at: datetime
    round_id: UUID | None
    how: str | None
    """How a calm check is known: `tap`, `qr` or `nfc`; None for other records."""
    at: datetime
    """`at` is when the server learned of it."""


RECORDED = "observations_recorded"
"""Facts: a list of ObservationFacts of new records."""

CHANGED = "observation_changed"
"""Facts: the ObservationFacts of one record after a correction, a withdrawal or the desk's correction."""
