"""Orders at a receiver: damage logged by a phone, handed to a receiver, and what the receiver says of it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.damage.models import Case
from fieldapp.export import status_service
from fieldapp.export.models import Delivery, Receiver
from fieldapp.export.status_models import ReceivedStatus
from fieldapp.export.status_rules import Outcome, StatusReport, plain_word, report_key
from fieldapp.infra.db import db
from tests.damage.conftest import Cases
from tests.make.world import World


class Orders:
    """A receiver of the home organisation, and cases that it has."""

    def __init__(self, world: World) -> None:
        self.world, self.cases = world, Cases(world)
        self.receiver_id = self._add_receiver()

    def _add_receiver(self) -> UUID:
        with self.world.as_home(write=True):
            made = Receiver(
                id=uuid.uuid4(),
                tenant_id=self.world.home.id,
                name="Driften",
                adapter="open311",
                created_at=self.world.clock.now(),
            )
            db.session.add(made)
            return made.id

    def sent(self, external_id: str, **record: Any) -> Case:
        """Log damage that goes directly, and let the receiver have it under its own id."""
        case = self.cases.log(**{"severity": 3, **record})
        with self.world.as_home(write=True):
            handed = db.session.scalars(select(Delivery).where(Delivery.case_id == case.id)).one()
            handed.state, handed.external_id, handed.tries = "sent", external_id, 1
        return case

    def report(self, external_id: str, word: str, *, minute: int = 0, note: str = "", key: str = "") -> StatusReport:
        """Return what the receiver says, so many minutes after the evening began."""
        at = self.world.clock.now() + timedelta(minutes=minute - 30)
        return StatusReport(key or report_key(external_id, word, minute), external_id, None, plain_word(word), at, note)

    def say(self, external_id: str, word: str, *, minute: int = 0, note: str = "") -> dict[Outcome, int]:
        """Let the receiver say one word."""
        return self.take([self.report(external_id, word, minute=minute, note=note)])

    def take(self, reports: Sequence[StatusReport]) -> dict[Outcome, int]:
        """Take reports as a poll does."""
        with self.world.as_home(write=True):
            receiver = db.session.get_one(Receiver, self.receiver_id)
            return _without_none(status_service.take_reports(receiver, reports, source="poll", clock=self.world.clock))

    def map(self, **meanings: str | None) -> dict[Outcome, int]:
        """Say as an administrator what words mean."""
        with self.world.as_home(write=True):
            receiver = db.session.get_one(Receiver, self.receiver_id)
            actor = self.world.home.actor(Role.ADMINISTRATOR)
            return _without_none(status_service.map_words(actor, receiver, meanings, clock=self.world.clock))

    def kept(self) -> Sequence[ReceivedStatus]:
        """Return what is kept of what the receiver said."""
        with self.world.as_home():
            return db.session.scalars(select(ReceivedStatus).order_by(ReceivedStatus.at)).all()


def _without_none(outcomes: Counter[Outcome]) -> dict[Outcome, int]:
    return {outcome: count for outcome, count in outcomes.items() if count}
