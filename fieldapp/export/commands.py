"""What can be asked of receivers. Made by schemas: shapes and ranges hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class SetReceiver:
    """Describe a receiver. `secret` "" keeps the one there is; a new one counts beside it until the next."""

    name: str
    adapter: str
    settings: Mapping[str, Any]
    categories: tuple[str, ...] = ()
    is_paused: bool = False
    secret: str = field(default="", repr=False)
