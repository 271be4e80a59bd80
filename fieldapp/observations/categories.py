"""The only writer of categories: the default set of a new tenant, and the desk's changes to it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from fieldapp.access import audit
from fieldapp.access.models import Organisation
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Conflict
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.observations import rules
from fieldapp.observations.commands import AddCategory, ChangeCategory
from fieldapp.observations.default_categories import DEFAULT_CATEGORIES
from fieldapp.observations.models import Category

KIND = "category"


def give_default_set(organisation: Organisation) -> None:
    """Give a new tenant the default categories."""
    at = organisation.created_at
    made = [
        Category(
            id=uuid7(at),
            tenant_id=organisation.id,
            code=default.code,
            group=default.group,
            kind=default.kind,
            name_sv=default.name_sv,
            name_en=default.name_en,
            severity=default.severity,
            trade=default.trade,
            share=default.share,
            is_direct=rules.goes_directly(default.kind, default.severity),
            sort=number,
        )
        for number, default in enumerate(DEFAULT_CATEGORIES)
    ]
    db.session.add_all(made)
    db.session.flush()
    changes.note_many(organisation.id, [(KIND, category.id, changes.EVERYBODY) for category in made], at=at)


def add_category(actor: Actor, command: AddCategory, *, clock: Clock) -> Category:
    """Add a code.

    Raises:
        Conflict: the code exists, perhaps ended: codes are never used again.
    """
    if db.session.scalar(select(Category.id).where(Category.code == command.code)):
        raise Conflict("the code exists")
    last = db.session.scalar(select(func.max(Category.sort))) or 0
    category = Category(
        id=uuid7(clock.now()),
        tenant_id=actor.tenant_id,
        code=command.code,
        group=command.code[:2],
        kind=command.kind,
        name_sv=command.name_sv,
        name_en=command.name_en,
        severity=command.severity,
        trade=command.trade,
        share=command.share,
        is_direct=rules.goes_directly(command.kind, command.severity),
        sort=last + 1,
    )
    db.session.add(category)
    db.session.flush()
    _tell(actor, category, "category:add", clock.now())
    return category


def change_category(actor: Actor, category: Category, command: ChangeCategory, *, clock: Clock) -> None:
    """Change words, usual severity, trade and whether the category is in use."""
    category.name_sv, category.name_en = command.name_sv, command.name_en
    category.severity, category.trade = command.severity, command.trade
    category.is_direct = command.is_direct and category.kind == "D"
    if command.in_use:
        category.ended_at = None
    elif category.ended_at is None:
        category.ended_at = clock.now()
    _tell(actor, category, "category:change", clock.now())


def _tell(actor: Actor, category: Category, action: str, at: datetime) -> None:
    changes.note(actor.tenant_id, KIND, category.id, at=at)
    audit.write(actor.tenant_id, action, at=at, actor=actor, subject=(KIND, category.id), code=category.code)
