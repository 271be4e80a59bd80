"""The only writer of who is told when a clock runs out, and of what they were told: the worker's job, notices at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update

from fieldapp.access import audit
from fieldapp.access.models import Organisation, User
from fieldapp.access.queries import users
from fieldapp.access.roles import Actor, Role
from fieldapp.damage import rules
from fieldapp.damage.commands import SetEscalation
from fieldapp.damage.facts import CLOCKS_RAN_OUT, LateCase
from fieldapp.damage.models import Case, CaseEscalation, CaseNotice
from fieldapp.infra import changes
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.infra.rows import insert_rows
from fieldapp.kernel.time import Clock
from fieldapp.observations.queries import categories_by_code

TOGETHER = 200
"""So many cases somebody is told of in one transaction."""
MAY_BE_TOLD = (Role.SUPERVISOR, Role.COORDINATOR, Role.MAINTENANCE)
"""Who sees cases at all. Maintenance is told of its own trades alone."""


def tell_of_late_cases(installation: Installation) -> int:
    """Tell those who are to be told of open cases whose clock has run out. Return how many notices were made."""
    now = installation.clock.now()
    with transaction(write=False):
        found = (
            select(CaseEscalation.tenant_id).distinct().join(Organisation, Organisation.id == CaseEscalation.tenant_id)
        )
        tenants = db.session.scalars(found.execution_options(**ACROSS_TENANTS)).all()
    return sum(_tell_tenant(tenant_id, now) for tenant_id in tenants)


def _tell_tenant(tenant_id: UUID, now: datetime) -> int:
    with as_tenant(tenant_id, write=False):
        told = [(user, after) for user, after in escalations() if _late_cases(user, after, now, 1)]
    if not told:
        return 0
    with as_tenant(tenant_id, write=True):
        return sum(_tell(user, after, now) for user, after in escalations())


def _tell(user: User, after_hours: int, now: datetime) -> int:
    late = _late_cases(user, after_hours, now, TOGETHER)
    insert_rows(
        CaseNotice,
        [
            {"tenant_id": user.tenant_id, "user_id": user.id, "case_id": case.id, "due_at": case.due_at, "at": now,
             "seen_at": None}
            for case in late
        ],
    )  # fmt: skip
    facts = [LateCase(user.tenant_id, case.id, case.case_no, user.id, case.due_at, now) for case in late if case.due_at]
    if facts:
        changes.announce(CLOCKS_RAN_OUT, facts)
    return len(facts)


def _late_cases(user: User, after_hours: int, now: datetime, limit: int) -> Sequence[Case]:
    """Return the open cases whose clock ran out so long ago and of which the user was not told, the longest late first."""
    told = exists().where(
        CaseNotice.case_id == Case.id, CaseNotice.user_id == user.id, CaseNotice.due_at == Case.due_at
    )
    query = select(Case).where(
        Case.status.in_(rules.OPEN_STATUSES), Case.due_at <= now - timedelta(hours=after_hours), ~told
    )
    if not {Role.SUPERVISOR, Role.COORDINATOR} & set(user.roles):
        own = [code for code, category in categories_by_code().items() if category.trade in user.trades]
        query = query.where(Case.category_code.in_(own))
    return db.session.scalars(query.order_by(Case.due_at).limit(limit)).all()


def escalations() -> list[tuple[User, int]]:
    """Return who is told, and after how many hours, the first told first. Who may not sign in any more is not told."""
    query = select(User, CaseEscalation.after_hours).join(CaseEscalation, CaseEscalation.user_id == User.id)
    found = db.session.execute(query.where(User.is_active).order_by(CaseEscalation.after_hours, User.name))
    return [(row[0], row[1]) for row in found]


def may_be_told() -> list[User]:
    """Return who can be put on the list."""
    return [user for user in users() if user.is_active and set(MAY_BE_TOLD) & set(user.roles)]


def set_escalation(actor: Actor, command: SetEscalation, *, clock: Clock) -> None:
    """Put somebody on the list, change after how long they are told, or take them off it.

    Raises:
        LookupError: there is no such person who sees cases.
    """
    if command.user_id not in {user.id for user in may_be_told()}:
        raise LookupError(command.user_id)
    db.session.execute(delete(CaseEscalation).where(CaseEscalation.user_id == command.user_id))
    if command.after_hours is not None:
        db.session.add(
            CaseEscalation(tenant_id=actor.tenant_id, user_id=command.user_id, after_hours=command.after_hours)
        )
    db.session.flush()
    hours = "-" if command.after_hours is None else str(command.after_hours)
    subject = ("user", command.user_id)
    audit.write(actor.tenant_id, "case:set_escalation", at=clock.now(), actor=actor, subject=subject, hours=hours)


def count_unseen(actor: Actor) -> int:
    """Return of how many cases that are still open and late the actor was told and has not said that they saw it."""
    query = select(func.count()).select_from(CaseNotice).join(Case, Case.id == CaseNotice.case_id)
    return db.session.scalar(query.where(*_unseen(actor))) or 0


def see_notices(actor: Actor, *, clock: Clock) -> int:
    """Keep that the actor has seen what they were told. Return of how many cases."""
    count = count_unseen(actor)
    db.session.execute(
        update(CaseNotice)
        .where(CaseNotice.user_id == actor.user_id, CaseNotice.seen_at.is_(None))
        .values(seen_at=clock.now())
    )
    return count


def _unseen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        CaseNotice.user_id == actor.user_id,
        CaseNotice.seen_at.is_(None),
        and_(Case.status.in_(rules.OPEN_STATUSES), Case.due_at == CaseNotice.due_at),
    )
