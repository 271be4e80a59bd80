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
        secrets.token_bytes = lambda nbytes=None: self._random.randbytes(nbytes or 32)
        uuid.uuid4 = lambda: uuid.UUID(int=self._random.getrandbits(128), version=4)
        ids.uuid7.__defaults__ = (self._bits,)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self._random.seed(seed)

    def _bits(self, count: int) -> int:
        return self._random.getrandbits(count)
