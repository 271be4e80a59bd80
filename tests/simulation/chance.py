"""Chance that a seed decides: whatever the server draws while it is simulated comes from here."""

from __future__ import annotations

import secrets
import uuid
from random import Random

from fieldapp.kernel import ids


class Chance:
    """Takes the place of the system's randomness in this process."""

    def __init__(self) -> None:
        self._random = Random(0)
        secrets.token_bytes = self._bytes
        uuid.uuid4 = self._uuid4
        ids.uuid7.__defaults__ = (self._bits,)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._random.seed(seed)

    def _bits(self, count: int) -> int:
        return self._random.getrandbits(count)

    def _bytes(self, count: int | None = None) -> bytes:
        return self._random.randbytes(count or 32)

    def _uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self._random.getrandbits(128), version=4)
