"""Who may do what: each permission is an OR of ANDs of pure predicates on (actor, subject).

`tests/access/expected.csv` says the same by hand; a test holds the two together. Every route and every operation type names one.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from fieldapp.access.roles import Actor, Role

Predicate = Callable[[Actor, Any], bool]


class Permission(StrEnum):
    """`resource:action`."""

    ACCOUNT_OWN = "account:own"
    SYNC_USE = "sync:use"
    ROUND_WALK = "round:walk"
    OBSERVATION_RECORD = "observation:record"
    OBSERVATION_CHANGE_OWN = "observation:change_own"
    TODAY_VIEW = "today:view"
    ROUND_LIST = "round:list"
    ROUND_OPEN = "round:open"
    OBSERVATION_LIST = "observation:list"
    OBSERVATION_VIEW = "observation:view"
    OBSERVATION_COMMENT = "observation:comment"
    OBSERVATION_RECATEGORISE = "observation:recategorise"
    OBSERVATION_EXPORT = "observation:export"
    PHOTO_VIEW = "photo:view"
    CASE_LIST = "case:list"
    CASE_VIEW = "case:view"
    CASE_SEE = "case:see"
    CASE_REVIEW = "case:review"
    CASE_MEND = "case:mend"
    CASE_COUNT = "case:count"
    CASE_EXPORT = "case:export"
    STATUSES_VIEW = "statuses:view"
    STATUSES_IMPORT = "statuses:import"
    STATUSES_MANAGE = "statuses:manage"
    RECEIVERS_MANAGE = "receivers:manage"
    DELIVERIES_VIEW = "deliveries:view"
    DELIVERIES_MEND = "deliveries:mend"
    CLOCKS_MANAGE = "clocks:manage"
    HELD_VIEW = "held:view"
    HELD_DECIDE = "held:decide"
    COVERAGE_VIEW = "coverage:view"
    GROUND_VIEW = "ground:view"
    COVERAGE_EXPORT = "coverage:export"
    PLACES_VIEW = "places:view"
    PLACES_MANAGE = "places:manage"
    PLANS_VIEW = "plans:view"
    PLANS_MANAGE = "plans:manage"
    CATEGORIES_MANAGE = "categories:manage"
    USERS_MANAGE = "users:manage"
    DEVICES_MANAGE = "devices:manage"
    ORGANISATION_MANAGE = "organisation:manage"
    AUDIT_VIEW = "audit:view"


def is_host(actor: Actor, _subject: Any) -> bool:
    """Walks rounds."""
    return actor.has(Role.HOST)


def is_supervisor(actor: Actor, _subject: Any) -> bool:
    """Leads hosts and reviews."""
    return actor.has(Role.SUPERVISOR)


def is_administrator(actor: Actor, _subject: Any) -> bool:
    """Runs the organisation's configuration; sees no raw records."""
    return actor.has(Role.ADMINISTRATOR)


def is_dpo(actor: Actor, _subject: Any) -> bool:
    """Oversees processing; sees the audit, no raw text."""
    return actor.has(Role.DPO)


def is_coordinator(actor: Actor, _subject: Any) -> bool:
    """Compiles the shared picture."""
    return actor.has(Role.COORDINATOR)


def is_maintenance(actor: Actor, _subject: Any) -> bool:
    """Mends what is damaged."""
    return actor.has(Role.MAINTENANCE)


def is_own_trade(actor: Actor, subject: Any) -> bool:
    """The damage is for one of the actor's trades to mend."""
    return subject is None or subject.trade in actor.trades


def is_anybody(_actor: Actor, _subject: Any) -> bool:
    """Is signed in."""
    return True


def is_own_tenant(actor: Actor, subject: Any) -> bool:
    """The subject belongs to the actor's tenant. Another tenant's is not even found; this is the second lock."""
    return subject is None or subject.tenant_id == actor.tenant_id


def is_author(actor: Actor, subject: Any) -> bool:
    """The actor logged the record."""
    return subject is None or subject.author_id == actor.user_id


def is_closed(_actor: Actor, subject: Any) -> bool:
    """The round is over: of an open one only that there is one may be known."""
    return subject is None or subject.is_closed


RULES: dict[Permission, tuple[tuple[Predicate, ...], ...]] = {
    Permission.ACCOUNT_OWN: ((is_anybody,),),
    Permission.SYNC_USE: ((is_host,), (is_supervisor,)),
    Permission.ROUND_WALK: ((is_host, is_own_tenant), (is_supervisor, is_own_tenant)),
    Permission.OBSERVATION_RECORD: ((is_host, is_own_tenant), (is_supervisor, is_own_tenant)),
    Permission.OBSERVATION_CHANGE_OWN: (
        (is_host, is_own_tenant, is_author),
        (is_supervisor, is_own_tenant, is_author),
    ),
    Permission.TODAY_VIEW: ((is_supervisor,), (is_administrator,), (is_coordinator,), (is_dpo,)),
    Permission.ROUND_LIST: ((is_supervisor,),),
    Permission.ROUND_OPEN: ((is_supervisor, is_own_tenant, is_closed),),
    Permission.OBSERVATION_LIST: ((is_supervisor,),),
    Permission.OBSERVATION_VIEW: ((is_supervisor, is_own_tenant),),
    Permission.OBSERVATION_COMMENT: ((is_supervisor, is_own_tenant),),
    Permission.OBSERVATION_RECATEGORISE: ((is_supervisor, is_own_tenant),),
    Permission.OBSERVATION_EXPORT: ((is_supervisor,),),
    Permission.PHOTO_VIEW: ((is_supervisor, is_own_tenant), (is_host, is_own_tenant, is_author)),
    Permission.CASE_LIST: ((is_supervisor,), (is_maintenance,), (is_coordinator,)),
    Permission.CASE_VIEW: (
        (is_supervisor, is_own_tenant),
        (is_maintenance, is_own_tenant, is_own_trade),
        (is_coordinator, is_own_tenant),
    ),
    Permission.CASE_SEE: ((is_supervisor, is_own_tenant), (is_maintenance, is_own_tenant, is_own_trade)),
    Permission.CASE_REVIEW: ((is_supervisor, is_own_tenant),),
    Permission.CASE_MEND: ((is_supervisor, is_own_tenant), (is_maintenance, is_own_tenant, is_own_trade)),
    Permission.CASE_COUNT: ((is_supervisor,), (is_coordinator,)),
    Permission.CASE_EXPORT: ((is_supervisor,),),
    Permission.STATUSES_VIEW: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.STATUSES_IMPORT: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.STATUSES_MANAGE: ((is_administrator, is_own_tenant),),
    Permission.RECEIVERS_MANAGE: ((is_administrator, is_own_tenant),),
    Permission.DELIVERIES_VIEW: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.DELIVERIES_MEND: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.CLOCKS_MANAGE: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.HELD_VIEW: ((is_supervisor,),),
    Permission.HELD_DECIDE: ((is_supervisor, is_own_tenant),),
    Permission.COVERAGE_VIEW: ((is_supervisor,),),
    Permission.COVERAGE_EXPORT: ((is_supervisor,),),
    Permission.GROUND_VIEW: ((is_supervisor,), (is_administrator,), (is_coordinator,), (is_maintenance,)),
    Permission.PLACES_VIEW: ((is_supervisor,), (is_administrator,), (is_coordinator,)),
    Permission.PLACES_MANAGE: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.PLANS_VIEW: ((is_supervisor,), (is_administrator,), (is_coordinator,)),
    Permission.PLANS_MANAGE: ((is_supervisor, is_own_tenant),),
    Permission.CATEGORIES_MANAGE: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.USERS_MANAGE: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.DEVICES_MANAGE: ((is_supervisor, is_own_tenant), (is_administrator, is_own_tenant)),
    Permission.ORGANISATION_MANAGE: ((is_administrator, is_own_tenant),),
    Permission.AUDIT_VIEW: ((is_dpo,), (is_administrator,)),
}


def is_permitted(actor: Actor, permission: Permission, subject: Any = None) -> bool:
    """Tell whether the actor may; `subject` is None where the permission is about no single thing."""
    return any(all(holds(actor, subject) for holds in rule) for rule in RULES[permission])
