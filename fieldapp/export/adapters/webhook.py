"""Hand cases to whoever listens at an address: the fields of X2 as JSON, signed, under a key that is the same each time.

Whether a call was heard cannot be asked. It is made again with the same key, by which the receiver knows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fieldapp.export.adapters.base import Accepted, Looked, NotFound, Outcome, Refused, Retry
from fieldapp.export.signatures import HEADER, sign
from fieldapp.infra.outward import Answer, NoAnswer, Outward, TargetRefused
from fieldapp.kernel.time import Clock

KEY_HEADER = "Idempotency-Key"
ACTION_HEADER = "X-Action"
ANSWER_CHARS = 500
COME_BACK = frozenset({408, 409, 425, 429})
"""Codes of HTTP that ask for the same again later; 409: the first call with this key is still being worked on."""
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Webhook:
    """One delivery to one listener. `secrets`: the newest first; while one is being changed, calls are signed with both."""

    url: str
    secrets: Sequence[str] = field(repr=False)
    key: str
    outward: Outward
    clock: Clock

    def create(self, case: Fields, now: datetime) -> Outcome:
        """Tell of a new case."""
        return self._call("create", case, str(case["case_id"]), now)

    def look_up(self, _case: Fields, _now: datetime) -> Looked:
        """Let it be said again: a listener takes the same key for the same call."""
        return NotFound()

    def resolve(self, token: str) -> Outcome:
        """Refuse a token: listeners give none."""
        return Refused(f"listeners give no tokens: {token}")

    def tell(self, case: Fields, external_id: str, update_id: str, *, is_cancelled: bool) -> Outcome:
        """Tell of a new revision, or that the case is no longer wanted."""
        return self._call("cancel" if is_cancelled else "update", case, external_id, self.clock.now())

    def _call(self, action: str, case: Fields, known_id: str, now: datetime) -> Outcome:
        body = json.dumps(case, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            KEY_HEADER: self.key,
            ACTION_HEADER: action,
            HEADER: sign(body, self.secrets, now),
        }
        try:
            answer = self.outward.request("POST", self.url, headers, body)
        except TargetRefused as refused:
            return Refused(f"never asked: {refused}")
        except NoAnswer as none:
            return Retry(str(none))
        return _outcome(answer, known_id)


def _outcome(answer: Answer, known_id: str) -> Outcome:
    said = f"{answer.code}: {answer.body.decode('utf-8', 'replace')[:ANSWER_CHARS]}"
    if 200 <= answer.code < 300:
        return Accepted(_id_in(answer.body) or known_id, said)
    if answer.code in COME_BACK or answer.code >= 500:
        after = answer.headers.get("retry-after", "")
        return Retry(said, float(after) if after.isdecimal() and len(after) < 6 else None)
    return Refused(said)


def _id_in(body: bytes) -> str:
    """Return the id that a listener gives the case, where it gives one: `external_id` of a JSON object."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    given = said.get("external_id") if isinstance(said, dict) else None
    return given if isinstance(given, str) and _ID.fullmatch(given) else ""
