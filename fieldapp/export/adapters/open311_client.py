"""Speak with an Open311 endpoint: GeoReport v2 and its updates extension, with the ways of endpoints that are in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from fieldapp.export.adapters import open311_wire as wire
from fieldapp.export.adapters.open311_form import Form
from fieldapp.kernel.errors import Malformed

ROWS_LIMIT = 1000
"""What an endpoint shows at most of a list: one that is this long may be cut."""
SPAN_MAX = timedelta(days=90)
SEARCHES_MAX = 24
IDS_AT_ONCE = 50
DUPLICATE = "duplicate"
FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered."""

    code: int
    body: bytes
    retry_after_s: float | None = None


class NoAnswer(Exception):
    """A request got no answer, or half of one: nobody knows whether it was done."""


Exchange = Callable[[str, str, Mapping[str, str], bytes | None], Answer]
"""Sends a request (method, address, headers, body) and returns its answer; raises NoAnswer where there is none."""


class Refusal(Exception):
    """An endpoint answered, and not with what was asked for. `code` is HTTP's; `said` its own words."""

    def __init__(self, code: int, said: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{code}: {said}" if said else str(code))
        self.code, self.said, self.retry_after_s = code, said, retry_after_s

    @property
    def is_final(self) -> bool:
        """Tell whether the same request would be refused again."""
        return 400 <= self.code < 500 and self.code not in (408, 425, 429)

    @property
    def is_duplicate(self) -> bool:
        """Tell whether it says that it has the order already."""
        return self.code in (400, 409, 422) and DUPLICATE in self.said.casefold()


class Unsearchable(Exception):
    """Whether an endpoint has an order cannot be told from what it shows."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint, as an administrator described it."""

    base_url: str
    exchange: Exchange
    form: str = "json"
    jurisdiction_id: str = ""
    api_key: str = field(default="", repr=False)

    def services(self) -> list[wire.Service]:
        """Return what it takes.

        Raises:
            Refusal, Malformed: it does not say.
        """
        return wire.read_services(self._get("services", {}))

    def definition(self, service_code: str) -> list[wire.Attribute] | None:
        """Return what a service asks besides; None where the endpoint has no definition of it."""
        try:
            return wire.read_definition(self._get(f"services/{_part(service_code)}", {}))
        except Refusal as refusal:
            if refusal.code in (400, 404, 405, 501):
                return None
            raise

    def create(self, form: Form) -> wire.Request:
        """Order, and return the row that has its id or its token.

        Raises:
            Refusal: the endpoint says no, or does not know what it did.
            Malformed: what it answered says neither.
        """
        rows = wire.read_requests(self._post("requests", form))
        if not rows:
            raise Malformed("an answer without id and token")
        return rows[0]

    def token(self, token: str) -> wire.Request | None:
        """Return the order that a token has become; None as long as it has not."""
        rows = wire.read_requests(self._get(f"tokens/{_part(token)}", {}))
        return next((row for row in rows if row.id), None)

    def requests(self, ids: Sequence[str]) -> list[wire.Request]:
        """Return orders by their ids: in one question, or one by one where the endpoint does not take several."""
        try:
            rows = wire.read_requests(self._get("requests", {"service_request_id": ",".join(ids)}))
        except Refusal as refusal:
            if not refusal.is_final:
                raise
            rows = []
        found = {row.id: row for row in rows if row.id in set(ids)}
        for missing in [one for one in ids if one not in found]:
            row = self._one(missing)
            if row is not None:
                found[row.id] = row
        return list(found.values())

    def _one(self, external_id: str) -> wire.Request | None:
        """Return one order. Some endpoints have it under `request`, against the specification."""
        last: Refusal | None = None
        for resource in ("requests", "request"):
            try:
                rows = wire.read_requests(self._get(f"{resource}/{_part(external_id)}", {}))
            except Refusal as refusal:
                last = refusal
                continue
            return next((row for row in rows if row.id == external_id), None)
        if last is not None and not last.is_final:
            raise last
        return None

    def search(
        self, service_code: str, since: datetime, until: datetime, is_wanted: Callable[[wire.Request], bool]
    ) -> wire.Request | None:
        """Return the order of a time that is wanted, or None where it is certain that there is none.

        A list that may have been cut is asked for again in halves of its time.

        Raises:
            Unsearchable: the endpoint shows too little to tell.
        """
        spans = _spans(since, until)
        for _search in range(SEARCHES_MAX):
            if not spans:
                return None
            start, end = spans.pop()
            asked = {"service_code": service_code, "start_date": _w3(start), "end_date": _w3(end), "extensions": "true"}
            rows = wire.read_requests(self._get("requests", asked))
            found = next((row for row in rows if row.id and is_wanted(row)), None)
            if found is not None:
                return found
            shown = [row for row in rows if row.id]
            if shown and not any(row.description or row.attributes for row in shown):
                raise Unsearchable("descriptions and attributes are not shown")
            if len(rows) >= ROWS_LIMIT:
                middle = start + (end - start) / 2
                spans += [(start, middle), (middle, end)]
        raise Unsearchable("the lists are too long")

    def updates(self, since: datetime, until: datetime) -> list[wire.Update]:
        """Return what happened to orders in a time; nothing where the endpoint has no updates extension."""
        asked = {"start_date": _w3(since), "end_date": _w3(until)}
        try:
            return wire.read_updates(self._get("servicerequestupdates", asked))
        except Refusal as refusal:
            if refusal.is_final:
                return []
            raise

    def update(self, form: Form) -> str:
        """Tell what happened to an order, and return the update's id there, if it says one."""
        body = self._post("servicerequestupdates", form)
        try:
            rows = wire.read_update_ids(body)
        except Malformed:
            return ""
        return rows[0] if rows else ""

    def _get(self, path: str, asked: Mapping[str, str]) -> bytes:
        given = {"jurisdiction_id": self.jurisdiction_id, **asked}
        query = urlencode({name: value for name, value in given.items() if value})
        url = f"{self.base_url.rstrip('/')}/{path}.{self.form}" + (f"?{query}" if query else "")
        return _taken(self.exchange("GET", url, {"Accept": _accept(self.form)}, None))

    def _post(self, path: str, form: Form) -> bytes:
        whole = [("api_key", self.api_key), ("jurisdiction_id", self.jurisdiction_id), *form]
        body = urlencode([(name, value) for name, value in whole if value]).encode()
        headers = {"Content-Type": FORM_TYPE, "Accept": _accept(self.form)}
        return _taken(self.exchange("POST", f"{self.base_url.rstrip('/')}/{path}.{self.form}", headers, body))


def _taken(answer: Answer) -> bytes:
    if 200 <= answer.code < 300:
        return answer.body
    said = "; ".join(fault.description or fault.code for fault in wire.read_faults(answer.body))
    raise Refusal(answer.code, said[:500], answer.retry_after_s)


def _accept(form: str) -> str:
    return "application/json" if form == "json" else "text/xml, application/xml"


def _part(text: str) -> str:
    """Return an endpoint's own id as part of an address."""
    return quote(text, safe="")


def _w3(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _spans(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Cut a time into what an endpoint answers at once. The newest comes last, and is asked for first."""
    spans: list[tuple[datetime, datetime]] = []
    start = since
    while start < until:
        end = min(until, start + SPAN_MAX - timedelta(days=1))
        spans.append((start, end))
        start = end
    return spans
