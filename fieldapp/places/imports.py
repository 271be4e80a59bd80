"""Read a place register from a CSV file, row by row, noting every fault with its line and column. Pure: no database.

The file has the columns of `COLUMNS` in any order; `place_id`, `kind` and `name` must be there. A column that is absent
leaves what is known of a place as it is; a cell that is empty empties it. `fieldapp.places.plan` compares what is read here
with what is known.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldapp.places.geometry import OutlineFault, outline_of_wkt
from fieldapp.places.kinds import PLACE_KINDS

BYTES_MAX = 6 * 1024 * 1024
ROWS_MAX = 30_000
FAULTS_MAX = 100
"""More faults than this are not listed: who made the file knows by then what is wrong with it."""

TEXT_CHARS_MAX = {
    "fastighet_beteckning": 80,
    "fastighet_nr": 40,
    "byggnad_nr": 40,
    "adress": 120,
    "postnr": 10,
    "postort": 60,
    "uppgang": 20,
    "plan": 20,
}
EXTERNAL_ID_CHARS_MAX = 64
NAME_CHARS_MAX = 120
REQUIRED = ("place_id", "kind", "name")
COLUMNS = (*REQUIRED, "parent_id", *TEXT_CHARS_MAX, "lat", "lon", "wkt", "owner_org", "zone_id", "active")

_KINDS = {kind.casefold(): kind for kind in PLACE_KINDS}
_TRUE = frozenset({"", "1", "ja", "j", "true", "sant", "yes", "y", "aktiv"})
_FALSE = frozenset({"0", "nej", "n", "false", "falskt", "no"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, one line or the whole file (line 0); `fieldapp.places.sentences` has words for it."""

    line: int
    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place as its row gives it: only the columns that the file has.

    `parent`, `zone` and `owner` are others' codes, still to be looked up; None where the cell is empty.
    """

    line: int
    external_id: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceFile:
    """A file as it was read; where there are faults the rows are those that have none."""

    rows: Sequence[PlaceRow]
    faults: Sequence[Fault]
    encoding: str


class CellFault(ValueError):
    """A cell that cannot be used."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_places(raw: bytes) -> PlaceFile:
    """Read a register: comma, semicolon or tab between cells; UTF-8 with or without a mark, UTF-16 or Windows-1252."""
    if len(raw) > BYTES_MAX:
        return PlaceFile((), [Fault(0, "", "too_large", {"megabytes": BYTES_MAX // 1024 // 1024})], "")
    decoded = _decode(raw)
    if decoded is None:
        return PlaceFile((), [Fault(0, "", "no_text")], "")
    text, encoding = decoded
    reading = _Reading()
    reading.read(text)
    return PlaceFile(reading.rows, reading.faults, encoding)


def _decode(raw: bytes) -> tuple[str, str] | None:
    """Return the text and the name of its encoding; None for what is no text."""
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A workbook or a picture is Windows-1252 too, if one does not look for what text never holds.
        return None if any(ord(c) < 32 and c not in "\t\r\n" for c in text) else (text, encoding)
    return None


class _Reading:
    """The rows and faults of a file, gathered line by line."""

    def __init__(self) -> None:
        self.rows: list[PlaceRow] = []
        self.faults: list[Fault] = []
        self._line_of: dict[str, int] = {}

    def read(self, text: str) -> None:
        """Read a whole file."""
        lines = _records(text)
        try:
            header = self._header(next(lines, (1, [])))
            if header is None:
                return
            for line, cells in lines:
                if len(self.faults) >= FAULTS_MAX:
                    return
                if len(self._line_of) >= ROWS_MAX:
                    self.faults.append(Fault(line, "", "too_many_rows", {"rows": ROWS_MAX}))
                    return
                if any(cell.strip() for cell in cells):
                    self._row(line, header, cells)
        except _Unreadable as broken:
            self.faults.append(Fault(broken.line, "", "broken_quotes"))
            return
        if not self.rows and not self.faults:
            self.faults.append(Fault(1, "", "no_rows"))

    def _header(self, first: tuple[int, list[str]]) -> list[str] | None:
        line, cells = first
        names = [cell.strip().casefold() for cell in cells]
        found = [Fault(line, name, "unknown_column") for name in names if name and name not in COLUMNS]
        found += [Fault(line, name, "column_twice") for name in COLUMNS if names.count(name) > 1]
        found += [Fault(line, name, "column_missing") for name in REQUIRED if name not in names]
        if ("lat" in names) != ("lon" in names):
            found.append(Fault(line, "lat" if "lon" in names else "lon", "column_missing"))
        self.faults.extend(found[:FAULTS_MAX])
        return None if found else names

    def _row(self, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            self.faults.append(Fault(line, "", "too_many_cells", {"cells": len(cells), "columns": len(header)}))
            return
        texts = {name: _clean(cell) for name, cell in zip(header, cells, strict=False) if name}
        texts = {name: texts.get(name, "") for name in header if name}  # a short row has empty cells at its end
        values, faults = _values(texts)
        external_id = values.pop("place_id", None)
        if external_id is not None:
            before = self._line_of.setdefault(external_id, line)
            if before != line:
                faults.append(("place_id", CellFault("place_twice", line=before)))
        if faults:
            self.faults.extend(Fault(line, column, fault.code, fault.facts) for column, fault in faults)
        elif external_id is not None:
            self.rows.append(PlaceRow(line, external_id, values))


class _Unreadable(Exception):
    """The CSV reader gave up at a line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV text with the line each begins on: a cell in quotes may hold line breaks."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _Unreadable(line) from error
        yield line, cells


def _clean(cell: str) -> str:
    """Return a cell's text as it is kept: NFC, trimmed."""
    return unicodedata.normalize("NFC", cell).strip()


def _values(texts: Mapping[str, str]) -> tuple[dict[str, Any], list[tuple[str, CellFault]]]:
    """Return a row's values by field, and its faults by column."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, CellFault]] = []
    for column, text in texts.items():
        try:
            values |= _READERS[column](text)
        except CellFault as fault:
            faults.append((column, fault))
    if "lat" in values or "lon" in values:
        faults.extend(_position_faults(values))
    on_outline = values.pop("on_outline", None)
    if on_outline is not None and values.get("lat") is None:
        values["lat"], values["lon"] = on_outline
    return values, faults


def _position_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, CellFault]]:
    lat, lon = values.get("lat"), values.get("lon")
    if "lat" in values and "lon" in values and (lat is None) != (lon is None):
        yield ("lat" if lat is None else "lon", CellFault("half_position"))
    if lat is not None and lon is not None and 10 <= lat <= 25 and 55 <= lon <= 70:
        yield "lat", CellFault("swapped")  # 10–25° N, 55–70° E is the Arabian Sea; the other way round it is Sweden


def _text(name: str, chars_max: int, *, required: bool = False) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if required and not text:
            raise CellFault("empty")
        if len(text) > chars_max:
            raise CellFault("too_long", chars=chars_max)
        if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
            raise CellFault("line_break")
        return {name: text}

    return read


def _code(name: str, chars_max: int) -> Callable[[str], dict[str, Any]]:
    as_text = _text(name, chars_max)
    return lambda text: {name: as_text(text)[name] or None}


def _kind(text: str) -> dict[str, Any]:
    kind = _KINDS.get(text.removeprefix("rec:").casefold())
    if kind is None:
        raise CellFault("unknown_kind", kinds=", ".join(PLACE_KINDS))
    return {"kind": kind}


def _degrees(name: str, limit: float) -> Callable[[str], dict[str, Any]]:
    def read(text: str) -> dict[str, Any]:
        if not text:
            return {name: None}
        try:
            value = float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
        except ValueError:
            raise CellFault("no_number") from None
        if not -limit <= value <= limit:
            raise CellFault("not_degrees", limit=limit)
        return {name: round(value, 7)}

    return read


def _wkt(text: str) -> dict[str, Any]:
    if not text:
        return {"outline": None}
    try:
        outline, position = outline_of_wkt(text)
    except OutlineFault as fault:
        raise CellFault(f"outline_{fault.code}") from fault
    return {"outline": outline, "on_outline": position}


def _active(text: str) -> dict[str, Any]:
    word = text.casefold()
    if word not in _TRUE | _FALSE:
        raise CellFault("no_yes_or_no")
    return {"is_active": word in _TRUE}


_READERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "place_id": _text("place_id", EXTERNAL_ID_CHARS_MAX, required=True),
    "kind": _kind,
    "name": _text("name", NAME_CHARS_MAX, required=True),
    "parent_id": _code("parent", EXTERNAL_ID_CHARS_MAX),
    **{name: _text(name, chars_max) for name, chars_max in TEXT_CHARS_MAX.items()},
    "lat": _degrees("lat", 90.0),
    "lon": _degrees("lon", 180.0),
    "wkt": _wkt,
    "owner_org": _code("owner", 40),
    "zone_id": _code("zone", 40),
    "active": _active,
}
