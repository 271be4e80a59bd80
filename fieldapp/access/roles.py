"""The roles of users and the actor who makes a request. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a user is in their organisation. One user may be several."""

    HOST = "host"
    SUPERVISOR = "supervisor"
    MAINTENANCE = "maintenance"
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"
    DPO = "dpo"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a user of a tenant, from the session alone."""

    user_id: UUID
    tenant_id: UUID
    roles: frozenset[Role]
    name: str = ""
    language: str = "sv"
    device_id: UUID | None = None
    trades: frozenset[str] = frozenset()
    """The trades that a user of maintenance mends; at the desk alone."""

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor has any of these roles."""
        return not self.roles.isdisjoint(roles)
