"""Make the files that leave the organisation."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, cast

from fieldapp.access.models import Organisation
from fieldapp.export import x1
from fieldapp.export.files import PROFILES, csv_lines, write_excel
from fieldapp.kernel.errors import RondError
from fieldapp.observations.queries import ObservationFilter, count_records

ROWS_MAX = 50_000
IN_MEMORY_BYTES = 1024 * 1024

Writer = Callable[[IO[bytes], Iterable[x1.Row]], int]


class TooManyRows(RondError):
    """The list is too long for one file; `details` say how long it is and how long it may be."""

    code = "too_many_rows"
    status = 422


@dataclass(frozen=True, slots=True)
class ListFile:
    """A whole file, at its beginning, and how many rows are in it. Whoever asked for it closes it."""

    file: IO[bytes]
    count: int


def as_csv(profile: str) -> Writer:
    """Return what writes rows as CSV of a profile."""

    def write(file: IO[bytes], rows: Iterable[x1.Row]) -> int:
        count = -1  # the first line is the fields' names
        for line in csv_lines(rows, x1.FIELDS, PROFILES[profile]):
            file.write(line.encode("utf-8", "replace"))
            count += 1
        return count

    return write


def table_file(rows: Iterable[x1.Row], fields: Sequence[str], name: str, *, ending: str, profile: str) -> IO[bytes]:
    """Write rows as CSV of a profile, or as a workbook with a sheet of a name. Return the file at its beginning.

    Whoever asked for it closes it.
    """
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115 - sent, then closed
    try:
        if ending == "csv":
            for line in csv_lines(rows, fields, PROFILES[profile]):
                file.write(line.encode("utf-8", "replace"))
        else:
            write_excel(rows, fields, file, sheet=name)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def as_excel(sheet: str) -> Writer:
    """Return what writes rows as a workbook whose sheet has this name."""
    return lambda file, rows: write_excel(rows, x1.FIELDS, file, sheet=sheet)


def list_file(organisation: Organisation, wanted: ObservationFilter, write: Writer) -> ListFile:
    """Write the rows of a list to a file that lies on the disk when it is long.

    It is whole before a byte of it is sent: what goes wrong is an answer, never half a file.

    Raises:
        TooManyRows: the list is longer than ROWS_MAX.
    """
    total = count_records(wanted).total
    if total > ROWS_MAX:
        raise TooManyRows(rows=total, rows_max=ROWS_MAX)
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115 - sent, then closed
    try:
        count = write(file, x1.rows(wanted, organisation))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return ListFile(file, count)
