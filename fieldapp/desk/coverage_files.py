"""What the review's pages are as files, with the filter of the page."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.desk.coverage_ages import age_file
from fieldapp.desk.coverage_compare import comparison_file
from fieldapp.desk.coverage_gaps import gap_file
from fieldapp.desk.coverage_matrix import matrix_file
from fieldapp.desk.coverage_plan import plan_file
from fieldapp.desk.coverage_presence import presence_file
from fieldapp.desk.coverage_review import Review, ReviewFile

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
