"""What the scanner reports, and how a reported stretch is hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from fieldapp.kernel.personal_data.rules import DOCUMENT

MASK: Final[str] = DOCUMENT["mask"]


class Kind(StrEnum):
    """What sort of personal data was found, in the order in which findings at one place are reported."""

    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    APARTMENT = "apartment"
    NAME = "name"
    SPECIAL_CATEGORY = "special_category"
    UNSCANNED = "unscanned"


class Severity(StrEnum):
    """What a finding asks of the host: to edit or confirm the note, or only to look at it again."""

    CONFIRM = "confirm"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of a note, `text[start:end]`: offsets into the original text in code points."""

    kind: Kind
    start: int
    end: int
    severity: Severity


def mask(text: str, findings: Iterable[Finding]) -> str:
    """Replace every found stretch by a bar of fixed length, which tells neither what was there nor how long it was.

    Overlapping findings become one bar; two that merely touch do too.

    Raises:
        ValueError: a finding lies outside the text; it was made from another one.
    """
    parts: list[str] = []
    shown_to = 0
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        if not 0 <= finding.start < finding.end <= len(text):
            raise ValueError(f"finding at {finding.start}–{finding.end} in a text of {len(text)}")
        if finding.start > shown_to or not parts:
            parts += [text[shown_to : finding.start], MASK]
        shown_to = max(shown_to, finding.end)
    return "".join([*parts, text[shown_to:]])
