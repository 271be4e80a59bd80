"""What Open311 endpoints answer, read into values: GeoReport v2 and the updates extension, as XML or JSON. Pure.

Endpoints differ in small things, so names are looked for where the specification, its examples and servers in use have them:
lists inside an object or bare, XML with a namespace or without, numbers as ids, attributes without their container.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from fieldapp.kernel.errors import Malformed

FORMATS = ("xml", "json")
ROWS_MAX = 10_000
_DEFINITION = ("service_definition", "attributes", "attribute")
_UPDATES = ("service_request_updates", "service_requests_updates", "request_update")
_LEADING_ZERO = re.compile(r'("\w+"\s*:\s*)(0\d+)(?=\s*[,}\]])')


@dataclass(frozen=True, slots=True)
class Service:
    """What an endpoint takes. `kind` is realtime, batch or blackbox."""

    code: str
    name: str
    group: str
    kind: str
    has_definition: bool


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a service asks besides. `values` maps the keys of a list to their names."""

    code: str
    datatype: str
    is_required: bool
    is_variable: bool
    description: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """An order as an endpoint shows it. Times are None where they are missing or cannot be read."""

    id: str
    token: str
    status: str
    notes: str
    service_code: str
    description: str
    address: str
    requested_at: datetime | None
    updated_at: datetime | None
    lat: float | None
    lon: float | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Update:
    """What happened to an order, as an endpoint tells."""

    id: str
    request_id: str
    status: str
    notes: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of an endpoint, in its own words."""

    code: str
    description: str


def read_services(body: bytes) -> list[Service]:
    """Read a service list.

    Raises:
        Malformed: it is neither XML nor JSON, or no list.
    """
    return [
        Service(
            _word(row, "service_code"),
            _word(row, "service_name"),
            _word(row, "group"),
            _word(row, "type") or "realtime",
            _word(row, "metadata").lower() == "true",
        )
        for row in _rows(body, "services", "service")
        if _word(row, "service_code")
    ]


def read_definition(body: bytes) -> list[Attribute]:
    """Read what a service asks besides.

    Raises:
        Malformed: as `read_services`.
    """
    return [_attribute(row) for row in _rows(body, *_DEFINITION) if row.get("code")]


def _attribute(row: Mapping[str, Any]) -> Attribute:
    values = row.get("values")
    if isinstance(values, Mapping):
        values = values.get("value")
    listed = [value for value in _as_list(values) if isinstance(value, Mapping)]
    return Attribute(
        _word(row, "code"),
        _word(row, "datatype").lower() or "string",
        _word(row, "required").lower() == "true",
        _word(row, "variable").lower() != "false",
        _word(row, "description"),
        {_word(value, "key"): _word(value, "name") for value in listed if _word(value, "key")},
    )


def read_requests(body: bytes) -> list[Request]:
    """Read orders; rows that have neither an id nor a token are passed over.

    Raises:
        Malformed: as `read_services`.
    """
    rows = [_request(row) for row in _rows(body, "service_requests", "request")]
    return [row for row in rows if row.id or row.token]


def _request(row: Mapping[str, Any]) -> Request:
    return Request(
        _word(row, "service_request_id"),
        _word(row, "token"),
        _word(row, "status"),
        _word(row, "status_notes"),
        _word(row, "service_code"),
        _word(row, "description"),
        _word(row, "address"),
        read_time(_word(row, "requested_datetime")),
        read_time(_word(row, "updated_datetime")),
        _number(_word(row, "lat")),
        _number(_word(row, "long")),
        _attributes_of(row.get("attributes") or row.get("extended_attributes")),
    )


def _attributes_of(given: Any) -> dict[str, str]:
    """Return what an order was told besides: an object, or a list of objects with a code and a value."""
    if isinstance(given, Mapping):
        inner = given.get("attribute")
        if inner is None:
            return {str(code): _text(value) for code, value in given.items()}
        given = inner
    rows = [row for row in _as_list(given) if isinstance(row, Mapping)]
    return {_word(row, "code"): _word(row, "value") or _word(row, "name") for row in rows if _word(row, "code")}


def read_updates(body: bytes) -> list[Update]:
    """Read what happened to orders; rows without the id of an order are passed over.

    Raises:
        Malformed: as `read_services`.
    """
    found = [
        Update(
            _word(row, "update_id"),
            _word(row, "service_request_id"),
            _word(row, "status"),
            _word(row, "description") or _word(row, "status_notes"),
            read_time(_word(row, "updated_datetime")),
        )
        for row in _rows(body, *_UPDATES)
    ]
    return [update for update in found if update.request_id]


def read_update_ids(body: bytes) -> list[str]:
    """Read the ids of updates that were taken.

    Raises:
        Malformed: as `read_services`.
    """
    return [_word(row, "update_id") for row in _rows(body, *_UPDATES) if _word(row, "update_id")]


def read_faults(body: bytes) -> list[Fault]:
    """Read an endpoint's errors; none where it did not say them so that they can be read."""
    try:
        rows = _rows(body, "errors", "error")
    except Malformed:
        return []
    faults = [Fault(_word(row, "code"), _word(row, "description") or _word(row, "message")) for row in rows]
    return [fault for fault in faults if fault.code or fault.description]


def read_time(text: str) -> datetime | None:
    """Return an instant, or None. One without a zone is taken for UTC: it is only compared with others of its endpoint."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


_ROW_MARKS = frozenset({"service_request_id", "token", "service_code", "update_id", "code", "description"})


def _rows(body: bytes, *names: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list, wherever it is: bare, or inside objects of these names, the outermost first.

    Raises:
        Malformed: it is something else. A page of a network that asks to sign in must not be taken for an empty list.
    """
    found = _read(body)
    for name in names:
        if isinstance(found, Mapping) and name in found:
            found = found[name] if found[name] is not None else []
    if isinstance(found, Mapping) and not _ROW_MARKS & set(found):
        raise Malformed("another document")
    if not isinstance(found, Mapping | list) and found != "":
        raise Malformed("no list")
    return [row for row in _as_list(found) if isinstance(row, Mapping)][:ROWS_MAX]


def _read(body: bytes) -> Any:
    text = body.decode("utf-8-sig", errors="replace").strip()
    if text.startswith("<"):
        return _read_xml(text)
    try:
        return json.loads(text)
    except ValueError:
        try:  # the specification's own examples have numbers with zeros before them, which no reader takes
            return json.loads(_LEADING_ZERO.sub(r'\1"\2"', text))
        except ValueError:
            raise Malformed("neither XML nor JSON") from None
    except RecursionError:
        raise Malformed("nested too deeply") from None


def _read_xml(text: str) -> Any:
    # The declaration names the encoding of bytes that are text by now.
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Malformed("not XML that may be read") from error
    return {_name(root): _value(root, 0)}


DEPTH_MAX = 8


def _value(element: Element, depth: int) -> Any:
    children: list[Element] = list(element)
    if not children or depth > DEPTH_MAX:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for name, value in _children(children, depth):
        if name in found:
            found[name] = [*_as_list(found[name]), value]
        else:
            found[name] = value
    return found


def _children(children: list[Element], depth: int) -> Iterator[tuple[str, Any]]:
    for child in children:
        yield _name(child), _value(child, depth + 1)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _as_list(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _word(row: Mapping[str, Any], name: str) -> str:
    return _text(row.get(name))


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value).strip()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
