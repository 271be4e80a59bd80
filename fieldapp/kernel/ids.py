"""Identifiers: UUID version 7, made from a clock and a source of randomness that are passed in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from fieldapp.kernel.time import to_ms


def uuid7(at: datetime, random_bits: Callable[[int], int] = secrets.randbits) -> UUID:
    """Make a UUID version 7 (RFC 9562 §5.7) that sorts by the millisecond of `at`.

    It tells that millisecond to whoever reads it: outside the organisation only case numbers and random public ids are shown.
    """
    value = (to_ms(at) & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76 | random_bits(12) << 64 | 0b10 << 62 | random_bits(62)
    return UUID(int=value)


def new_token() -> str:
    """Make a secret of 256 random bits, as text that is safe in a cookie or an address."""
    return secrets.token_urlsafe(32)
