"""Cases at home: logged by a host's phone, opened, and stepped by the real services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.damage import steps
from fieldapp.damage.commands import MergeCase, ReopenCase, StepCase
from fieldapp.damage.models import Case, CaseEvent
from fieldapp.damage.queries import OpenedCase, case_in_tenant, events_of
from fieldapp.infra.db import db
from tests.make.world import World


class Cases:
    """A host who logs damage, and people who do something about it."""

    def __init__(self, world: World) -> None:
        self.world, self.phone = world, world.phone()

    def log(self, **data: Any) -> Case:
        """Log damage (graffiti in the cellar), and return its case."""
        operation = self.phone.record(**data)
        [ack] = self.phone.acks(operation)
        assert ack["st"] == "ok", ack
        return self.of(str(operation["entity"]))

    def of(self, observation_id: str) -> Case:
        """Return the case of a record."""
        with self.world.as_home():
            query = select(Case).where(Case.observation_id == UUID(observation_id), Case.status != "ateroppnad")
            return db.session.scalars(query).one()

    def now(self, case: Case) -> Case:
        """Return a case as it stands."""
        with self.world.as_home():
            return db.session.scalars(select(Case).where(Case.id == case.id)).one()

    def step(self, case: Case, to: str, reason: str = "", role: Role = Role.SUPERVISOR) -> bool:
        """Take a step, as a person of a role."""
        return bool(self._do(steps.take_step, case, StepCase(to, reason), role))

    def merge(self, case: Case, number: int) -> Case:
        """Say that a case is a duplicate."""
        other: Case = self._do(steps.merge_case, case, MergeCase(number), Role.SUPERVISOR)
        return other

    def reopen(self, case: Case, reason: str = "Klottret är kvar") -> Case:
        """Open a case again."""
        made: Case = self._do(steps.reopen_case, case, ReopenCase(reason), Role.SUPERVISOR)
        return made

    def _do(self, act: Any, case: Case, command: Any, role: Role) -> Any:
        with self.world.as_home(write=True):
            opened = case_in_tenant(case.id)
            assert isinstance(opened, OpenedCase)
            return act(self.world.home.actor(role), opened, command, clock=self.world.clock)

    def history(self, case: Case) -> Sequence[CaseEvent]:
        """Return a case's history."""
        with self.world.as_home():
            return events_of(case.id)

    def correct(self, case: Case, **fields: Any) -> None:
        """Correct the record of a case on the host's phone."""
        operation = self.phone.operation("observation.correct", str(case.observation_id), {"set": fields}, base=1)
        [ack] = self.phone.acks(operation)
        assert ack["st"] == "ok", ack

    def withdraw(self, case: Case) -> None:
        """Take the record of a case back on the host's phone."""
        operation = self.phone.operation(
            "observation.withdraw", str(case.observation_id), {"reason": "mistake"}, base=1
        )
        [ack] = self.phone.acks(operation)
        assert ack["st"] == "ok", ack


@pytest.fixture
def cases(world: World) -> Cases:
    """A host with a phone, and the case service."""
    return Cases(world)
