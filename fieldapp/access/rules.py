"""Decide who may make whom what. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.access.roles import Actor, Role

OVERSEERS = frozenset({Role.ADMINISTRATOR, Role.DPO})
"""Roles that look over a supervisor's shoulder: a supervisor neither gives them nor touches who has them. Otherwise a new
one-time code for the administrator would make any supervisor one."""


def may_manage(actor: Actor, roles: Iterable[str]) -> bool:
    """Tell whether the actor may add or change a user who has, or is to have, these roles."""
    return actor.has(Role.ADMINISTRATOR) or OVERSEERS.isdisjoint(roles)


def grantable_roles(actor: Actor) -> tuple[Role, ...]:
    """Return the roles that the actor may give."""
    return tuple(role for role in Role if may_manage(actor, (role,)))


def kept_trades(roles: Iterable[str], trades: Iterable[str]) -> list[str]:
    """Return what a user mends: nothing, whatever was ticked, unless they are of maintenance."""
    return sorted(set(trades)) if Role.MAINTENANCE in roles else []
