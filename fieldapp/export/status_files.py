"""Read files of statuses that come back: CSV and fi2xml case messages (experimental). Nothing in them can hurt, nothing is lost.

CSV: a header of `case_no` or `external_id` (or both), `status`, and optionally `status_at`, `note`, `update_id`; comma or
semicolon, UTF-8 or Windows-1252.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from fieldapp.export.status_rules import StatusReport, plain_word, report_key

FILE_BYTES_MAX = 2_000_000
ROWS_MAX = 5_000
TEXT_MAX = 2_000
ID_MAX = 64
COLUMNS = frozenset({"case_no", "external_id", "status", "status_at", "note", "update_id"})


class UnreadableFile(ValueError):
    """A file as a whole cannot be read; `reason` says why: format, columns, too_many_rows, too_large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StatusFile:
    """What a file says, and the numbers of the lines or messages that could not be read."""

    reports: tuple[StatusReport, ...]
    faulty: tuple[int, ...]


def read_status_file(content: bytes, timezone: tzinfo = UTC) -> StatusFile:
    """Read a file. Times without a zone are in the organisation's `timezone`.

    Raises:
        UnreadableFile: it is no such file.
    """
    if len(content) > FILE_BYTES_MAX:
        raise UnreadableFile("too_large")
    text = _text(content)
    rows = _fi2_rows(text) if text.lstrip().startswith("<") else _csv_rows(text)
    if len(rows) > ROWS_MAX:
        raise UnreadableFile("too_many_rows")
    read = [(number, _report(row, timezone)) for number, row in rows]
    reports = {report.key: report for _number, report in read if report is not None}
    return StatusFile(tuple(reports.values()), tuple(number for number, report in read if report is None))


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv_rows(text: str) -> list[tuple[int, Mapping[str, str]]]:
    head, _newline, _rest = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") >= head.count(",") else ",")
    try:
        lines = list(reader)
    except csv.Error:
        raise UnreadableFile("format") from None
    header = [name.strip().casefold() for name in lines[0]] if lines else []
    if "status" not in header or not {"case_no", "external_id"} & set(header):
        raise UnreadableFile("columns")
    rows = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(cell.strip() for cell in line)]
    return [
        (number, {name: cell for name, cell in zip(header, line, strict=False) if name in COLUMNS})
        for number, line in rows
    ]


def _fi2_rows(text: str) -> list[tuple[int, Mapping[str, str]]]:
    try:
        root: Element = fromstring(text.lstrip().encode(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise UnreadableFile("format") from None
    cases = [element for element in root.iter() if _name(element) == "fi2case"]
    if not cases:
        raise UnreadableFile("format")
    return [(number, _fi2_row(case)) for number, case in enumerate(cases, start=1)]


def _fi2_row(case: Element) -> dict[str, str]:
    row = {"external_id": case.get("id", "")}
    for element in case:
        name = _name(element)
        if name == "fi2case_ids":
            numbers = [one for one in element if one.get("usage") == "CaseNumber"]
            row["case_no"] = "".join((one.text or "").strip() for one in numbers)
        elif name == "fi2case_status":
            row["status"] = _inner(element, "fi2class_code")
        elif name == "fi2case_value" and _inner(element, "fi2value_code") == "ChangedDate":
            row["status_at"] = _inner(element, "fi2value_value")
    return row


def _inner(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if _name(child) == name), "")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _report(row: Mapping[str, str], timezone: tzinfo) -> StatusReport | None:
    """Return what a row says; None where it does not say of which order, what, or when so that it can be read."""
    return make_report({name: value.strip() for name, value in row.items()}, timezone)


def make_report(row: Mapping[str, Any], timezone: tzinfo = UTC) -> StatusReport | None:
    """Return the report of named texts, or None where they do not name an order and a status."""
    word, number = plain_word(str(row.get("status") or "")), str(row.get("case_no") or "")
    external_id = str(row.get("external_id") or "")
    is_numbered = number.isascii() and number.isdecimal() and len(number) < 10
    if not word or not (is_numbered or external_id) or len(external_id) > ID_MAX or not external_id.isprintable():
        return None
    told_at, is_read = _time(str(row.get("status_at") or ""), timezone)
    if not is_read:
        return None
    note = "".join(letter for letter in str(row.get("note") or "") if letter.isprintable() or letter == "\n")[:TEXT_MAX]
    case_no = int(number) if is_numbered else None
    own = str(row.get("update_id") or "")
    key = report_key("id", own) if own else report_key("said", external_id, case_no, word, told_at, note)
    return StatusReport(key, external_id, case_no, word, told_at, note)


def _time(text: str, timezone: tzinfo) -> tuple[datetime | None, bool]:
    """Return an instant and whether it could be read; no text is no instant."""
    if not text:
        return None, True
    try:
        read = datetime.fromisoformat(text)
        return (read.replace(tzinfo=timezone) if read.tzinfo is None else read).astimezone(UTC), True
    except (ValueError, OverflowError):
        return None, False
