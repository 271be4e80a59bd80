"""The review's pages as files: CSV and Excel, with the filter of the page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import IO, cast

from fieldapp.desk.coverage_ages import age_file
from fieldapp.desk.coverage_compare import comparison_file
from fieldapp.desk.coverage_gaps import gap_file
from fieldapp.desk.coverage_matrix import matrix_file
from fieldapp.desk.coverage_plan import plan_file
from fieldapp.desk.coverage_presence import presence_file
from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.export.files import PROFILES, csv_lines, write_excel

FILES: dict[str, Callable[[Review], ReviewFile]] = {
    "map": age_file,
    "places": age_file,
    "weekdays": matrix_file,
    "plan": plan_file,
    "gaps": gap_file,
    "presence": presence_file,
    "compare": comparison_file,
}
"""What each page is as a file, by the page's name in its address."""
ENDINGS = ("csv", "xlsx")
IN_MEMORY_BYTES = 1024 * 1024


def write_file(made: ReviewFile, ending: str, profile: str) -> IO[bytes]:
    """Write a page's rows as CSV of a profile, or as Excel; return the file at its beginning. Whoever asked closes it."""
    file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115 - sent, then closed
    try:
        if ending == "csv":
            for line in csv_lines(made.rows, made.fields, PROFILES[profile]):
                file.write(line.encode("utf-8", "replace"))
        else:
            write_excel(made.rows, made.fields, file, sheet=made.name)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
