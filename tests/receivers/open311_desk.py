"""What an Open311 endpoint knows and answers, without the network: services, orders, tokens, updates, and its moods.

Written from the GeoReport v2 specification and the updates extension, apart from the product: a second opinion.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

API_KEY = "trial-key"
EPOCH = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PERSONAL = ("email", "first_name", "last_name", "phone", "device_id", "account_id")

Row = dict[str, Any]
DEFINITION: list[Row] = [
    {"variable": False, "code": "INTRO", "datatype": "text", "required": False, "order": 1, "description": "Vad?"},
    {"variable": True, "code": "CASE_NO", "datatype": "string", "required": True, "order": 2, "description": "Nr"},
    {"variable": True, "code": "SEVERITY", "datatype": "singlevaluelist", "required": False, "order": 3,
     "description": "Hur allvarligt?", "values": [{"key": str(n), "name": f"Nivå {n}"} for n in (1, 2, 3, 4)]},
    {"variable": True, "code": "TRADE", "datatype": "multivaluelist", "required": False, "order": 4,
     "description": "Vem?", "values": [{"key": "KLO", "name": "Klottersanering"}]},
    {"variable": True, "code": "UPPGANG", "datatype": "string", "required": False, "order": 5, "description": "Port"},
]  # fmt: skip


@dataclass
class Moods:
    """How the endpoint behaves. Plans are used up, one fault a request; an empty plan is good weather."""

    post_plan: list[str] = field(default_factory=list)
    get_plan: list[str] = field(default_factory=list)
    is_batch: bool = False
    token_polls: int = 1
    has_rows_without_id: bool = False
    has_singular_path: bool = False
    has_list_by_id: bool = True
    refuses_identical: bool = False
    needs_description: bool = False
    has_definitions: bool = True
    echoes: tuple[str, ...] = ("attributes", "description")
    has_updates: bool = True
    rows_max: int = 1000
    slow_s: float = 0.5


@dataclass(frozen=True)
class Reply:
    """An answer: `rows` go out as XML or JSON under `root`/`item`; `body` as it is."""

    code: int
    root: str
    item: str
    rows: Any
    body: bytes | None = None


def fault(code: int, description: str) -> Reply:
    """Return an error as the specification has it."""
    return Reply(code, "errors", "error", [{"code": code, "description": description}])


class Desk:
    """An endpoint's memory."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.moods = Moods()
        self.orders: dict[str, Row] = {}
        self.tokens: dict[str, list[Any]] = {}
        self.updates: list[Row] = []
        self.forms: list[Row] = []
        self.seen: list[str] = []
        self.clock = EPOCH

    def now(self) -> str:
        """Return the time, a second later each time it is asked for."""
        self.clock += timedelta(seconds=1)
        return self.clock.isoformat()

    def answer(self, method: str, path: str, asked: dict[str, list[str]]) -> Reply:
        """Answer one request; `path` is without base and format."""
        self.seen.append(f"{method} {path}")
        one = {name: values[0] for name, values in asked.items()}
        reply = fault(404, "no such resource")
        match (method, *path.strip("/").split("/")):
            case ("GET", "services"):
                reply = Reply(200, "services", "service", self._services())
            case ("GET", "services", code):
                reply = self._definition(code)
            case ("POST", "requests"):
                reply = self._create(asked, one)
            case ("GET", "requests"):
                reply = Reply(200, "service_requests", "request", self._list(one))
            case ("GET", "requests" | "request" as word, number) if (word == "request") == self.moods.has_singular_path:
                reply = self._one(number)
            case ("GET", "tokens", token):
                reply = self._token(token)
            case ("POST", "servicerequestupdates") if self.moods.has_updates:
                reply = self._update(one)
            case ("GET", "servicerequestupdates") if self.moods.has_updates:
                reply = Reply(200, "service_request_updates", "request_update", self._updates())
        return reply

    def _services(self) -> list[Row]:
        kind = "batch" if self.moods.is_batch else "realtime"
        has = self.moods.has_definitions
        base: Row = {"metadata": has, "type": kind, "keywords": "lorem, ipsum", "description": ""}
        names = {"GRAF": ("Klotter", "sanering"), "LAMP": ("Belysning", "el"), "007": ("Annat", "")}
        return [
            {"service_code": code, "service_name": name, "group": group, **base}
            for code, (name, group) in names.items()
        ]

    def _definition(self, code: str) -> Reply:
        if code not in {row["service_code"] for row in self._services()} or not self.moods.has_definitions:
            return fault(404, "service_code was not found")
        return Reply(200, "service_definition", "attribute", {"service_code": code, "attributes": DEFINITION})

    def _create(self, asked: dict[str, list[str]], one: dict[str, str]) -> Reply:
        self.forms.append(one)
        refusal = self._refusal(one)
        if refusal:
            return refusal
        attributes = {
            name[10:].partition("]")[0]: values for name, values in asked.items() if name[:10] == "attribute["
        }
        number = f"A-{len(self.orders) + 1}"
        at = self.now()
        self.orders[number] = {
            "service_request_id": number, "status": "open", "status_notes": None, "service_name": "?",
            "service_code": one["service_code"], "description": one.get("description", ""),
            "requested_datetime": at, "updated_datetime": at, "address": one.get("address_string"),
            "lat": one.get("lat"), "long": one.get("long"), "media_url": None,
            "attributes": {code: values[0] for code, values in attributes.items()},
        }  # fmt: skip
        if not self.moods.is_batch:
            return Reply(200, "service_requests", "request", [{"service_request_id": number, "service_notice": "Tack"}])
        token = f"T-{len(self.tokens) + 1}"
        self.tokens[token] = [number, self.moods.token_polls]
        return Reply(200, "service_requests", "request", [{"token": token}])

    def _refusal(self, one: dict[str, str]) -> Reply | None:
        if one.get("api_key") != API_KEY:
            return fault(403, "Invalid api_key received")
        if one.get("service_code") not in {row["service_code"] for row in self._services()}:
            return fault(404, "service_code was not found")
        if not (one.get("lat") and one.get("long")) and not one.get("address_string") and not one.get("address_id"):
            return fault(400, "a location parameter must be submitted")
        if self.moods.needs_description and not one.get("description"):
            return fault(400, "description or image is required")
        if self.moods.has_definitions and not one.get("attribute[CASE_NO]"):
            return fault(400, "attribute[CASE_NO] is required")
        same = [order for order in self.orders.values() if order["description"] == one.get("description", "")]
        if self.moods.refuses_identical and same:
            return fault(400, "base is a duplicate")
        return None

    def _shown(self, order: Row) -> Row:
        hidden = {"attributes", "description"} - set(self.moods.echoes)
        return {name: value for name, value in order.items() if name not in hidden}

    def _visible(self) -> list[Row]:
        for token in self.tokens.values():
            token[1] -= 1
        waiting = {number for number, polls in self.tokens.values() if polls >= 0}
        return [self._shown(order) for number, order in self.orders.items() if number not in waiting]

    def _list(self, one: dict[str, str]) -> list[Row]:
        rows = self._visible()
        if one.get("service_request_id") and not self.moods.has_list_by_id:
            return []
        if one.get("service_request_id"):
            wanted = one["service_request_id"].split(",")
            rows = [row for row in rows if row["service_request_id"] in wanted]
        elif one.get("service_code"):
            rows = [row for row in rows if row["service_code"] in one["service_code"].split(",")]
        without = [{"token": "T-0", "status": "open"}] if self.moods.has_rows_without_id else []
        return [*without, *sorted(rows, key=lambda row: str(row["requested_datetime"]), reverse=True)][
            : self.moods.rows_max
        ]

    def _one(self, number: str) -> Reply:
        rows = [row for row in self._visible() if row["service_request_id"] == number]
        return Reply(200, "service_requests", "request", rows) if rows else fault(404, "service_request_id not found")

    def _token(self, token: str) -> Reply:
        if token not in self.tokens:
            return fault(404, "token was not found")
        self.tokens[token][1] -= 1  # its people work while the world asks, by token or by list
        number, polls = self.tokens[token]
        row = {"token": token, **({"service_request_id": number} if polls < 0 else {})}
        return Reply(200, "service_requests", "request", [row])

    def _update(self, one: dict[str, str]) -> Reply:
        self.forms.append(one)
        if one.get("api_key") != API_KEY:
            return fault(403, "Invalid api_key received")
        if one.get("service_request_id") not in self.orders:
            return fault(404, "service_request_id not found")
        self.updates.append(dict(one))
        return Reply(200, "service_request_updates", "request_update", [{"update_id": one.get("update_id", "")}])

    def _updates(self) -> list[Row]:
        return [update for update in self.updates if update.get("is_theirs")]

    def tell(self, number: str, status: str, notes: str = "", **more: Any) -> None:
        """Let the endpoint's people change an order, and tell of it in an update where the endpoint has those."""
        at = more.get("at") or self.now()
        if more.get("in_request", True):
            self.orders[number].update(status=status, status_notes=notes, updated_datetime=at)
        if more.get("in_updates", False):
            update_id = more.get("update_id") or f"U-{len(self.updates) + 1}"
            self.updates.append(
                {"update_id": update_id, "service_request_id": number, "status": status, "updated_datetime": at,
                 "description": notes, "is_theirs": "1"}
            )  # fmt: skip

    def account(self) -> Row:
        """Return what a test counts: orders by case number, personal fields that came, and everything that was sent."""
        numbers = Counter(str(order["attributes"].get("CASE_NO", "")) for order in self.orders.values())
        updates = Counter(str(update.get("update_id")) for update in self.updates)
        personal = sorted({name for form in self.forms for name in PERSONAL if form.get(name)})
        return {"orders": numbers, "updates": updates, "personal": personal, "forms": self.forms,
                "rows": self.orders, "told": self.updates, "seen": self.seen}  # fmt: skip


def written(reply: Reply, form: str) -> tuple[bytes, str]:
    """Return an answer's body and media type, as XML or JSON."""
    if reply.body is not None:
        return reply.body, "text/html"
    if form == "json":
        return json.dumps(reply.rows).encode(), "application/json; charset=utf-8"
    root = Element(reply.root)
    if isinstance(reply.rows, dict):
        SubElement(root, "service_code").text = reply.rows["service_code"]
        root = _listed(root, "attributes", reply.item, reply.rows["attributes"])
    else:
        for row in reply.rows:
            _fill(SubElement(root, reply.item), row)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8"), "text/xml; charset=utf-8"


def _listed(root: Element, name: str, item: str, rows: list[Row]) -> Element:
    holder = SubElement(root, name)
    for row in rows:
        _fill(SubElement(holder, item), row)
    return root


def _fill(element: Element, row: Row) -> None:
    for name, value in row.items():
        if isinstance(value, list):
            _listed(element, name, name.removesuffix("s"), value)
        elif isinstance(value, dict):
            _fill(SubElement(element, name), value)
        else:
            text = str(value).lower() if isinstance(value, bool) else value
            SubElement(element, name).text = "" if text is None else str(text)
