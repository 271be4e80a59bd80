"""Values that a process keeps for each tenant until their version changes: what takes long to make and is asked for often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from fieldapp.infra.db import db

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest value of each of a few tenants. Threads may make one twice; none sees a wrong one."""

    def __init__(self, tenants_max: int) -> None:
        self._tenants_max = tenants_max
        self._values: dict[Any, tuple[Any, T]] = {}

    def get(self, version: Any, make: Callable[[], T]) -> T:
        """Return the session's tenant's value of a version; make it where there is none."""
        of = whose()
        known = self._values.get(of)
        if known is not None and known[0] == version:
            return known[1]
        made = make()
        while len(self._values) >= self._tenants_max:
            self._values.pop(next(iter(self._values)), None)
        self._values[of] = (version, made)
        return made


def whose() -> tuple[Any, Any]:
    """Return which tenant of which database the session works as."""
    return db.engine.url, db.session.info["tenant_id"]
