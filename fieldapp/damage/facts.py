"""What the package announces of cases, to whoever hands them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CASES_CHANGED = "cases_changed"
CLOCKS_RAN_OUT = "clocks_ran_out"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One line that a case's history got, as `cases_changed` tells it (several at once), and how the case stands by that.

    `from_status` is "" where the case is new. `rule` is "" where a person took the step. `revision` is higher than it was where
    whoever received the case before has to hear of it: corrected, withdrawn, set aside, taken up again, photos that came late.
    """

    tenant_id: UUID
    case_id: UUID
    observation_id: UUID
    case_no: int
    revision: int
    from_status: str
    status: str
    rule: str
    category_code: str
    severity: int
    zone_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LateCase:
    """A case whose clock has run out, as `clocks_ran_out` tells it (several at once), and who is to be told."""

    tenant_id: UUID
    case_id: UUID
    case_no: int
    user_id: UUID
    due_at: datetime
    at: datetime
