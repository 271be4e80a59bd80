"""What an Open311 endpoint is told of a case: the form of GeoReport v2. Pure.

Nothing of a person ever: `email`, `first_name`, `last_name`, `phone`, `device_id` and `account_id` are not among the fields.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldapp.export.adapters.open311_wire import Attribute, Request

ATTRIBUTES: Mapping[str, str] = {
    "CASE_NO": "case_no",
    "TRADE": "trade_code",
    "SEVERITY": "severity",
    "PLACE_ID": "place_id",
    "FASTIGHET": "fastighet_beteckning",
    "UPPGANG": "uppgang",
    "PLAN": "plan",
    "UTRYMME": "utrymme_id",
    "OBJEKT": "objekt_nr",
}
"""Which field of a case answers which attribute, by the attribute's code."""

STATUS_WORDS: Mapping[str, str] = {
    "ny": "open",
    "granskad": "open",
    "skickad": "open",
    "bekraftad": "investigating",
    "pagar": "in_progress",
    "atgardad": "fixed",
    "kontrollerad": "closed",
    "stangd": "closed",
    "avvisad": "no_further_action",
    "dubblett": "duplicate",
    "ateroppnad": "reopen",
}
"""How the updates extension calls our statuses."""

DESCRIPTION_MAX = 4000
LISTS = frozenset({"singlevaluelist", "multivaluelist"})
NEAR_DEG = 0.002
"""Some 200 m: an endpoint may move an order to the nearest address."""

Fields = Mapping[str, Any]
Form = list[tuple[str, str]]


class Unanswerable(ValueError):
    """A required attribute has no answer among the case's fields; `codes` names those."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = tuple(codes)


def order_form(case: Fields, service_code: str, asked: Sequence[Attribute] | None, fixed: Mapping[str, str]) -> Form:
    """Return the form of a new order. `asked`: what the service asks besides (None: it does not say, so all is told).

    `fixed` holds an administrator's answers by attribute code; they go before the case's own.

    Raises:
        Unanswerable: a required attribute has no answer.
    """
    form: Form = [("service_code", service_code)]
    if case.get("lat") is not None and case.get("lon") is not None:
        form += [("lat", f"{case['lat']:.7f}"), ("long", f"{case['lon']:.7f}")]
    address = address_of(case)
    if address:
        form.append(("address_string", address))
    form.append(("description", description_of(case)))
    photos = case.get("photo_urls") or ()
    if photos:
        form.append(("media_url", str(photos[0])))
    return form + _attributes(case, asked, fixed)


def _attributes(case: Fields, asked: Sequence[Attribute] | None, fixed: Mapping[str, str]) -> Form:
    if asked is None:
        answers = {code: _plain(case.get(name)) for code, name in ATTRIBUTES.items()} | dict(fixed)
        return [(f"attribute[{code}]", answer) for code, answer in answers.items() if answer]
    form: Form = []
    missing: list[str] = []
    for attribute in asked:
        if not attribute.is_variable:
            continue  # a text to be read, not a question
        answer = _answer(case, attribute, fixed)
        if answer:
            ending = "[]" if attribute.datatype == "multivaluelist" else ""
            form.append((f"attribute[{attribute.code}]{ending}", answer))
        elif attribute.is_required:
            missing.append(attribute.code)
    if missing:
        raise Unanswerable(missing)
    return form


def _answer(case: Fields, attribute: Attribute, fixed: Mapping[str, str]) -> str:
    given = fixed.get(attribute.code) or _plain(case.get(ATTRIBUTES.get(attribute.code.upper(), "")))
    if not given or attribute.datatype not in LISTS or given in attribute.values:
        return given
    by_name = {name.casefold(): key for key, name in attribute.values.items()}
    return by_name.get(given.casefold(), "")


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def address_of(case: Fields) -> str:
    """Return where it is in words, from the smallest to the largest; nothing where the place is not known."""
    parts = (case.get("utrymme_id"), case.get("uppgang"), case.get("adress"), case.get("postnr"), case.get("postort"))
    return ", ".join(str(part) for part in parts if part) if case.get("adress") else ""


def description_of(case: Fields) -> str:
    """Return what an order says: what and where, the text that may leave, and the marks by which it is found again."""
    text = "\n".join(str(part) for part in (case.get("title"), case.get("description")) if part)
    mark = f"Ärende {case['case_no']} · {case['case_id']}"
    return f"{text[: DESCRIPTION_MAX - len(mark) - 1]}\n{mark}".strip()


def is_order_of(row: Request, case: Fields) -> bool:
    """Tell whether an endpoint's order is that of a case: it names the case's random id, or its number at its place."""
    if str(case["case_id"]) in row.description:
        return True
    numbers = {code.upper(): value for code, value in row.attributes.items()}
    return numbers.get("CASE_NO") == str(case["case_no"]) and _is_near(row, case)


def _is_near(row: Request, case: Fields) -> bool:
    if row.lat is None or row.lon is None or case.get("lat") is None or case.get("lon") is None:
        return True
    return bool(abs(row.lat - case["lat"]) < NEAR_DEG and abs(row.lon - case["lon"]) < 2 * NEAR_DEG)


def update_form(case: Fields, external_id: str, update_id: str, status: str, note: str) -> Form:
    """Return the form of an update of the updates extension."""
    return [
        ("service_request_id", external_id),
        ("update_id", update_id),
        ("updated_datetime", str(case.get("updated_at") or "")),
        ("status", status),
        ("description", note[:DESCRIPTION_MAX]),
    ]
