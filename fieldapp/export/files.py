"""Rows as files: CSV for programs (RFC 4180), CSV as Swedish Excel opens it, Excel. Text stays text in all of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fieldapp.export.cells import safe_text

Row = dict[str, Any]
EXCEL_CELL_CHARS_MAX = 32_767
EXCEL_ROWS_MAX = 1_048_575


@dataclass(frozen=True, slots=True)
class CsvProfile:
    """How a CSV is written."""

    delimiter: str
    decimal: str
    start: str


PROFILES = {
    "rfc4180": CsvProfile(",", ".", ""),
    "excel-sv": CsvProfile(";", ",", "\ufeff"),
}


def csv_lines(rows: Iterable[Row], fields: Sequence[str], profile: CsvProfile) -> Iterator[str]:
    """Write rows as CSV, line by line, so that a long list is never held whole."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=profile.delimiter, lineterminator="\r\n")
    out.write(profile.start)
    writer.writerow(fields)
    yield _taken(out)
    for row in rows:
        writer.writerow([_csv_cell(row[name], profile) for name in fields])
        yield _taken(out)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


def _csv_cell(value: Any, profile: CsvProfile) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value).replace(".", profile.decimal)
    return safe_text(str(value))


def write_excel(rows: Iterable[Row], fields: Sequence[str], file: Path | IO[bytes], *, sheet: str) -> int:
    """Write rows as an Excel file with constant memory. Return how many. Nothing becomes a formula, link or number by itself."""
    import xlsxwriter  # only whoever exports waits for it

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        heading = book.add_format({"bold": True})
        for column, name in enumerate(fields):
            page.write_string(0, column, name, heading)
        for count, row in enumerate(rows, start=1):
            if count > EXCEL_ROWS_MAX:
                break
            for column, name in enumerate(fields):
                _write_cell(page, count, column, row[name])
    return count


def _write_cell(page: Any, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_boolean(line, column, value)
    elif isinstance(value, int | float):
        page.write_number(line, column, value)
    else:
        page.write_string(line, column, safe_text(str(value))[:EXCEL_CELL_CHARS_MAX])
