"""The numbers that targets have in what is counted, and who inherits from whom among them. Two statements at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.heirs import Heritage
from fieldapp.coverage.kept import whose
from fieldapp.coverage.models import CoverageTarget
from fieldapp.coverage.targets import Targets
from fieldapp.infra.db import db

if TYPE_CHECKING:
    from fieldapp.coverage.packed import Counts


class Numbers:
    """Which number each target has in what is counted."""

    def __init__(self) -> None:
        self.of: dict[UUID, int] = {}
        self.ids: dict[int, UUID] = {}
        self.size = 0

    def add(self, number: int, target_id: UUID) -> None:
        """Know one more."""
        self.of[target_id], self.ids[number] = number, target_id
        self.size = max(self.size, number + 1)

    def copy(self) -> Numbers:
        """Return the same numbers, to be added to: a reader in another thread keeps what it has."""
        more = Numbers()
        more.of, more.ids, more.size = dict(self.of), dict(self.ids), self.size
        return more

    def zeros(self) -> Counts:
        """Return a count of nothing for each."""
        import numpy as np

        return np.zeros(self.size, np.int64)


class Inheriting(Numbers):
    """Numbers, also of heirs that are not counted themselves yet: numbers that nothing has been stored under."""

    def __init__(self, known: Numbers, asked: Targets) -> None:
        super().__init__()
        more = known.copy()
        self.known, self.asked = known, asked
        self.of, self.ids, self.size = more.of, more.ids, more.size
        for heir, before in asked.heirs.items():
            if any(one in self.of or one in asked.heirs for one in before):
                for one in (heir, *before):
                    if one not in self.of:
                        self.add(self.size, one)
        self.heritage = Heritage(asked.heirs, self.of)


_KNOWN: dict[Any, Numbers] = {}
_INHERITING: dict[Any, Inheriting] = {}


def numbers(asked: Targets) -> Inheriting:
    """Return the tenant's numbers. They are given once, so that those read before are still right."""
    of = whose()
    known = _KNOWN.get(of, Numbers())
    query = select(CoverageTarget.number, CoverageTarget.target_id).where(CoverageTarget.number >= known.size)
    rows = db.session.execute(query).all()
    if rows:
        more = known.copy()
        for number, target_id in rows:
            more.add(number, target_id)
        _KNOWN[of] = known = more
    made = _INHERITING.get(of)
    if made is None or made.known is not known or made.asked is not asked:
        _INHERITING[of] = made = Inheriting(known, asked)
    return made
