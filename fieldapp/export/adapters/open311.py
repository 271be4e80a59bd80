"""Hand cases to an Open311 endpoint: exactly one order each; updates and withdrawals where the endpoint takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fieldapp.export.adapters import open311_client as client
from fieldapp.export.adapters import open311_form as forms
from fieldapp.export.adapters import open311_wire as wire
from fieldapp.export.adapters.base import (
    Accepted,
    CannotTell,
    Found,
    Looked,
    NotFound,
    Outcome,
    Pending,
    Refused,
    Retry,
)
from fieldapp.export.status_rules import StatusReport, plain_word, report_key
from fieldapp.kernel.errors import Malformed

BEFORE, AFTER = timedelta(days=1), timedelta(hours=1)
"""How far an endpoint's clock may be from ours."""
SETTLE_S = 60.0
"""How long what was asked may still be on its way to be done: nothing is looked for, or asked again, sooner."""
_FAILED = (client.Refusal, client.NoAnswer, Malformed)


@dataclass(frozen=True, slots=True)
class Settings:
    """How an endpoint is to be spoken to, as an administrator described it."""

    services: Mapping[str, str]
    other_service: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    has_updates: bool = True
    is_searchable: bool = True

    def service_of(self, category_code: str) -> str:
        """Return the service that takes damage of a category; "" where none does."""
        return self.services.get(category_code, self.other_service)


@dataclass(frozen=True, slots=True)
class Open311:
    """One endpoint as the contract knows it."""

    endpoint: client.Endpoint
    settings: Settings

    def create(self, case: forms.Fields, now: datetime) -> Outcome:
        """Order the mending of a case. What the endpoint knows already is looked for, not ordered again."""
        service_code = self.settings.service_of(str(case.get("category_code")))
        if not service_code:
            return Refused(f"no service takes category {case.get('category_code')}")
        try:
            asked = self.endpoint.definition(service_code)
            form = forms.order_form(case, service_code, asked, self.settings.answers)
        except forms.Unanswerable as unanswerable:
            return Refused(f"no answer for what is required: {unanswerable}")
        except _FAILED as error:
            return _tried(error)
        try:
            row = self.endpoint.create(form)
        except client.Refusal as refusal:
            return self._duplicate(case, now, refusal) if refusal.is_duplicate else _tried(refusal)
        except (Malformed, client.NoAnswer) as error:
            return _tried(error)
        return Accepted(row.id) if row.id else Pending(row.token)

    def _duplicate(self, case: forms.Fields, now: datetime, refusal: client.Refusal) -> Outcome:
        """Take "it is a duplicate" for "it is here", once it has been found."""
        found = self.look_up(case, now)
        if isinstance(found, Found):
            return Accepted(found.external_id, str(refusal))
        return Refused(f"said to be a duplicate, but it is not shown: {refusal}")

    def look_up(self, case: forms.Fields, now: datetime) -> Looked:
        """Look for a case's order at the endpoint, by the marks it was given."""
        service_code = self.settings.service_of(str(case.get("category_code")))
        if not self.settings.is_searchable:
            return CannotTell("the endpoint does not show orders")
        since = wire.read_time(str(case.get("received_at") or "")) or now - client.SPAN_MAX
        try:
            row = self.endpoint.search(
                service_code, since - BEFORE, now + AFTER, lambda row: forms.is_order_of(row, case)
            )
            if row is None and self._is_batch(service_code):
                return CannotTell("an order may be waiting to be taken in")
        except (*_FAILED, client.Unsearchable) as error:
            return CannotTell(str(error))
        return Found(row.id) if row is not None else NotFound()

    def _is_batch(self, service_code: str) -> bool:
        kinds = {service.code: service.kind for service in self.endpoint.services()}
        return kinds.get(service_code, "realtime") != "realtime"

    def resolve(self, token: str) -> Outcome:
        """Ask what a token has become."""
        try:
            row = self.endpoint.token(token)
        except _FAILED as error:
            return Retry(str(error), SETTLE_S)
        return Accepted(row.id) if row is not None else Pending(token)

    def tell(self, case: forms.Fields, external_id: str, update_id: str, *, is_cancelled: bool) -> Outcome:
        """Tell of a new revision, or that the case is no longer wanted. The same update again has the same id."""
        if not self.settings.has_updates:
            return Refused("the endpoint takes no updates: tell its people")
        status = "cancelled" if is_cancelled else forms.STATUS_WORDS.get(str(case.get("status")), "open")
        form = forms.update_form(case, external_id, update_id, status, forms.description_of(case))
        try:
            self.endpoint.update(form)
        except _FAILED as error:
            is_known = isinstance(error, client.Refusal) and error.is_duplicate
            return Accepted(external_id, str(error)) if is_known else _tried(error)
        return Accepted(external_id)

    def ask(self, ids: Sequence[str], since: datetime, now: datetime) -> list[StatusReport]:
        """Return what the endpoint says of its orders of these ids.

        Raises:
            Refusal, Malformed: it does not say.
        """
        reports: list[StatusReport] = []
        for start in range(0, len(ids), client.IDS_AT_ONCE):
            rows = self.endpoint.requests(ids[start : start + client.IDS_AT_ONCE])
            reports += [report_of_request(row) for row in rows if row.status]
        if self.settings.has_updates and ids:
            known = set(ids)
            updates = self.endpoint.updates(since, now + AFTER)
            reports += [report_of_update(update) for update in updates if update.request_id in known and update.status]
        return reports


def _tried(error: Exception) -> Outcome:
    """Say what a request that failed means: over with, or to be tried again."""
    if isinstance(error, client.Refusal):
        return Refused(str(error)) if error.is_final else Retry(str(error), error.retry_after_s or SETTLE_S)
    return Retry(f"{type(error).__name__}: {error}", SETTLE_S)


def report_of_request(row: wire.Request) -> StatusReport:
    """Return what an order's row says of it. A row that has not changed says the same, and has the same key."""
    key = report_key("request", row.id, row.status, row.updated_at, row.notes)
    return StatusReport(key, row.id, None, plain_word(row.status), row.updated_at, row.notes)


def report_of_update(update: wire.Update) -> StatusReport:
    """Return what an update says of an order; one without an id is known by what it says."""
    said = (update.request_id, update.status, update.updated_at, update.notes)
    key = report_key("update", update.id) if update.id else report_key("update", *said)
    return StatusReport(key, update.request_id, None, plain_word(update.status), update.updated_at, update.notes)
