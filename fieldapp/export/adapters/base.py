"""What becomes of handing a case to a receiver, said alike by every adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiver has it, under this id of its own."""

    external_id: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """The receiver took it and will say its id later, to whoever asks with the token."""

    token: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Nobody knows whether it was done. It is looked for, after some seconds, before it is sent again."""

    answer: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver said no, and would again: a person has to mend something."""

    answer: str


Outcome = Accepted | Pending | Retry | Refused


@dataclass(frozen=True, slots=True)
class Found:
    """The receiver has it already."""

    external_id: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """It is certain that the receiver does not have it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Whether the receiver has it cannot be seen from here."""

    answer: str = ""


Looked = Found | NotFound | CannotTell


class Adapter(Protocol):
    """How a kind of receiver is spoken with. `case`: the fields of X1 and X2 as they may leave the organisation."""

    def create(self, case: Mapping[str, Any], now: datetime) -> Outcome:
        """Order the mending of a case."""

    def look_up(self, case: Mapping[str, Any], now: datetime) -> Looked:
        """Look for a case's order, before it is asked for again."""

    def resolve(self, token: str) -> Outcome:
        """Ask what a token has become."""

    def tell(self, case: Mapping[str, Any], external_id: str, update_id: str, *, is_cancelled: bool) -> Outcome:
        """Tell of a new revision, or that the case is no longer wanted. The same again has the same `update_id`."""
