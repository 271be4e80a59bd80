"""What became of the damage of two weeks: reviewed, mended, checked, closed; some late, some set aside, some broken again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.login import make_actor
from fieldapp.access.models import User
from fieldapp.access.roles import Actor, Role
from fieldapp.damage import rules, steps
from fieldapp.damage.alike import alike_cases
from fieldapp.damage.commands import MergeCase, ReopenCase, StepCase
from fieldapp.damage.models import Case
from fieldapp.damage.queries import OpenedCase, case_in_tenant
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import FixedClock
from fieldapp.observations.default_categories import DEFAULT_CATEGORIES

TRADES = tuple(sorted({category.trade for category in DEFAULT_CATEGORIES if category.trade}))
"""What the demonstration's maintenance mends: everything."""
NOTES = ("Åtgärdat på plats", "Bytt ut", "Lagat, provat", "Sanerat", "")
SOME_HOURS = (3, 6, 9, 14, 18, 20, 22, 27, 44, 70)


def mend_cases(supervisor: Actor, now: datetime, seed: int) -> None:
    """Let supervisor and maintenance do their work on the cases there are, up to now. The same for the same seed."""
    with as_tenant(supervisor.tenant_id, write=True):
        maintenance = next(user for user in db.session.scalars(select(User)) if Role.MAINTENANCE in user.roles)
        ids = db.session.scalars(select(Case.id).order_by(Case.case_no)).all()
        work = _Work(supervisor, make_actor(maintenance), now, random.Random(seed))
        for case_id in ids:
            work.do(case_id)


class _Work:
    """Who works, until when, and the chance that decides how it goes."""

    def __init__(self, supervisor: Actor, maintenance: Actor, now: datetime, chance: random.Random) -> None:
        self.supervisor, self.maintenance, self.now, self.chance = supervisor, maintenance, now, chance

    def do(self, case_id: UUID) -> None:
        """Take a case as far as it came."""
        opened = case_in_tenant(case_id)
        if opened is None or not rules.is_open(opened.case.status):
            return
        at = opened.case.opened_at + timedelta(hours=11)
        if opened.case.status == "ny" and not self._step(self.supervisor, opened, at, "granskad"):
            return
        if self.chance.random() < 0.1 and self._merge(opened, at):
            return
        mended_at = opened.case.opened_at + timedelta(hours=self.chance.choice(SOME_HOURS))
        self._step(self.maintenance, opened, mended_at - timedelta(hours=2), "bekraftad")
        self._step(self.maintenance, opened, mended_at - timedelta(hours=1), "pagar")
        if self.chance.random() < 0.12 or not self._step(self.maintenance, opened, mended_at, "atgardad"):
            return
        checked_at = mended_at + timedelta(hours=20)
        if self.chance.random() < 0.08 and checked_at < self.now:
            steps.reopen_case(self.supervisor, opened, ReopenCase("Det är trasigt igen"), clock=FixedClock(checked_at))
        elif self._step(self.supervisor, opened, checked_at, "kontrollerad") and self.chance.random() < 0.8:
            self._step(self.supervisor, opened, checked_at + timedelta(hours=12), "stangd")

    def _step(self, actor: Actor, opened: OpenedCase, at: datetime, to: str) -> bool:
        """Take a step unless it is still to come. Return whether it was taken."""
        if at > self.now or rules.judge_step(opened.case.status, to) is not rules.Verdict.CHANGE:
            return False
        note = self.chance.choice(NOTES) if to == "atgardad" else ""
        return steps.take_step(actor, opened, StepCase(to, note), clock=FixedClock(at))

    def _merge(self, opened: OpenedCase, at: datetime) -> bool:
        """Say that a case is the same damage as an older one close by, where there is one."""
        older = [
            one.case for one in alike_cases(opened.case, opened.observation) if one.case.case_no < opened.case.case_no
        ]
        if not older or at > self.now:
            return False
        steps.merge_case(self.supervisor, opened, MergeCase(older[0].case_no), clock=FixedClock(at))
        return True
