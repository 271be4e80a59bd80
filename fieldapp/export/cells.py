"""Text that a spreadsheet takes as text, whatever a host wrote (OWASP ASVS V1.2.10). Pure."""

from __future__ import annotations

import re
import unicodedata

FORMULA_STARTS = frozenset("=+-@\t\r\n\x00|%")
_CANNOT_BE_WRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def safe_text(text: str) -> str:
    """Return text that no spreadsheet reads as a formula: one that begins like a formula gets an apostrophe before it.

    Full-width forms count as what they look like, and so do characters that show nothing before the first that does.
    NUL and what XML cannot hold is left out, since a file with it opens nowhere.
    """
    kept = _CANNOT_BE_WRITTEN.sub("", text)
    first = next((c for c in unicodedata.normalize("NFKC", kept) if not _shows_nothing(c)), "")
    starts_bare = kept[:1] in FORMULA_STARTS
    return f"'{kept}" if starts_bare or first in FORMULA_STARTS else kept


def _shows_nothing(character: str) -> bool:
    return character not in "\t\r\n" and (character.isspace() or unicodedata.category(character) == "Cf")
