"""What can be asked of operations that are held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecideHeld:
    """What a person wants done with a held operation, `release` or `return`, and why. The host reads the reason."""

    decision: str
    reason: str
