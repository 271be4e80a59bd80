"""One opened case: what is damaged and where, how it stands, its whole history, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldapp.access.queries import organisation_of
from fieldapp.damage import rules
from fieldapp.damage.models import Case, CaseEvent
from fieldapp.damage.queries import CaseRelatives, OpenedCase, events_of, relatives_of
from fieldapp.desk import maps
from fieldapp.desk.case_words import clock_words, status_kind
from fieldapp.desk.filters import category_name
from fieldapp.desk.record_view import ladder_of
from fieldapp.observations.models import Category, Observation, ObservationPhoto
from fieldapp.observations.queries import categories_by_code, photos_of
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import zones_by_id


@dataclass(frozen=True, slots=True)
class CaseView:
    """What the page of an opened case shows. Nothing says which host found the damage."""

    case: Case
    record: Observation
    trade: str
    category: Category | None
    zone: Zone | None
    ladder: Sequence[Place]
    photos: Sequence[ObservationPhoto]
    events: Sequence[CaseEvent]
    relatives: CaseRelatives
    clock: str
    kind: str
    owner: str
    """Whose the place is, where it is not the organisation's own: there the damage is for the owner to mend."""

    @property
    def place(self) -> Place | None:
        """Return the damage's own place."""
        return self.ladder[-1] if self.ladder else None

    @property
    def note(self) -> str:
        """Return the host's text as those who mend may read it: masked, and none that waits for review."""
        return "" if self.record.note_state in {"sensitive", "unconfirmed"} else self.record.note_masked

    @property
    def mending_steps(self) -> list[str]:
        """Return the steps of whoever mends that can be taken now."""
        return self._possible(("bekraftad", "pagar", "atgardad"))

    @property
    def review_steps(self) -> list[str]:
        """Return the steps of a supervisor that need no reason and can be taken now."""
        can_come_back = self.record.state == "recorded" and self.record.kind == "D"
        return self._possible(("granskad", "kontrollerad", "stangd", *(("ny",) if can_come_back else ())))

    @property
    def may_be_set_aside(self) -> bool:
        """Tell whether the case can be rejected or be a duplicate."""
        return bool(self._possible(("avvisad",)))

    @property
    def may_be_reopened(self) -> bool:
        """Tell whether the case was mended, so that it can turn out not to be."""
        return bool(self._possible(("ateroppnad",)))

    def _possible(self, steps: Sequence[str]) -> list[str]:
        return [to for to in steps if rules.judge_step(self.case.status, to) is rules.Verdict.CHANGE]

    @property
    def layers(self) -> dict[str, Any]:
        """Return what the map shows."""
        words = {self.record.id: category_name(self.category)}
        places = {self.place.id: self.place} if self.place else {}
        return {"records": maps.records_layer([self.record], places, words)}


def case_view(opened: OpenedCase, now: datetime) -> CaseView:
    """Return an opened case."""
    case, record = opened.case, opened.observation
    ladder = ladder_of(record.place_id)
    return CaseView(
        case=case,
        record=record,
        trade=opened.trade,
        category=categories_by_code().get(case.category_code),
        zone=zones_by_id([case.zone_id]).get(case.zone_id) if case.zone_id else None,
        ladder=ladder,
        photos=photos_of([record.id]).get(record.id, []),
        events=events_of(case.id),
        relatives=relatives_of(opened),
        clock=clock_words(case, now),
        kind=status_kind(case, now),
        owner=_owner_of(case, ladder),
    )


def _owner_of(case: Case, ladder: Sequence[Place]) -> str:
    owner_id = ladder[-1].owner_id if ladder else None
    return organisation_of(owner_id).name if owner_id and owner_id != case.tenant_id else ""
