"""Reads of the board: cases by status, in each the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from fieldapp.damage.models import Case
from fieldapp.damage.queries import CaseFilter, conditions
from fieldapp.infra.db import db

COLUMNS = ("ny", "granskad", "skickad", "bekraftad", "pagar", "atgardad", "kontrollerad")
"""What somebody has something left to do with: what is mended is still to be checked, and what is checked to be closed."""
CARDS_MAX = 12


def board_cases(wanted: CaseFilter) -> Mapping[str, Sequence[Case]]:
    """Return the first cases of each column, in one query a column: those whose clock runs out first, then the oldest."""
    return {status: _column(replace(wanted, statuses=(status,))) for status in COLUMNS}


def _column(wanted: CaseFilter) -> Sequence[Case]:
    query = select(Case).where(*conditions(wanted))
    return db.session.scalars(query.order_by(Case.due_at.is_(None), Case.due_at, Case.case_no).limit(CARDS_MAX)).all()
