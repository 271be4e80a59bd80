"""What evidence is, and when it is enough: the figures that the engine, the store and its readers share. Pure."""

from __future__ import annotations

BIN_MS = 900_000
"""A bin is a quarter of an hour, counted since 1970."""
SEEN_SHARE = 0.5
"""So much of a piece has to be walked in one quarter of an hour for it to be seen."""

WALKED, PRESENT, CHECK, QR, NFC, TOLD = "walked", "present", "check", "qr", "nfc", "told"
SOURCES = (WALKED, PRESENT, CHECK, QR, NFC, TOLD)
"""How a bin is known: fixes along a piece; fixes at an entrance or in a yard; a record or a check with a tap; a label that
was read; a hosts' own word."""

PIECE, PLACE = "piece", "place"
SEEN, NOT_SEEN, UNKNOWN = "seen", "not_seen", "unknown"
STATES = (SEEN, NOT_SEEN, UNKNOWN)
UNSEEN = "unseen"
"""What is asked for by whoever wants all that was not surely seen: not seen, and unknown."""
BY_AGE, BY_MAYBE = ORDERS = ("age", "maybe")
"""How a list of targets is ordered: not seen for longest first, or what fewest walks may have seen first."""


def is_evidence(source: str, share: float) -> bool:
    """Tell whether a bin says that its target was seen: not by a host's own word, nor by a small part of a piece."""
    return source != TOLD and share >= SEEN_SHARE
