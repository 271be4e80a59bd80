"""Sign what goes between systems, and check what comes: `t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`. Pure.

The time is part of what is signed, so that what was heard on the way cannot be said again later. More than one `v1` may be
there while a secret is being changed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

HEADER = "X-Signature"
WINDOW = timedelta(minutes=5)
SIGNATURES_MAX = 5
_PART = re.compile(r"(t|v1)=([0-9a-f]{1,64})")


def sign(body: bytes, secrets: Iterable[str], at: datetime) -> str:
    """Return the header of a body, signed with each of the secrets."""
    seconds = str(int(at.timestamp()))
    return ",".join([f"t={seconds}", *(f"v1={_digest(secret, seconds, body)}" for secret in secrets)])


def is_signed(header: str, body: bytes, secrets: Iterable[str], now: datetime) -> bool:
    """Tell whether a body was signed with one of the secrets, within the window around `now`."""
    if len(header) > 500:
        return False
    parts = [_PART.fullmatch(part.strip()) for part in header.split(",")]
    found = [(match[1], match[2]) for match in parts if match is not None]
    times = [value for name, value in found if name == "t" and value.isdecimal() and len(value) < 12]
    signatures = [value for name, value in found if name == "v1"][:SIGNATURES_MAX]
    if len(times) != 1 or abs(now - datetime.fromtimestamp(int(times[0]), UTC)) > WINDOW:
        return False
    wanted = [_digest(secret, times[0], body) for secret in secrets if secret]
    # All of them are compared, so that how long it takes tells nothing of which one it was.
    return sum(hmac.compare_digest(one, other) for one in wanted for other in signatures) > 0


def _digest(secret: str, seconds: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
