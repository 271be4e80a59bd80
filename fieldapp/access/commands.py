"""What can be asked of accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fieldapp.access.roles import Role


@dataclass(frozen=True, slots=True)
class VanishedStore:
    """A store that was on the phone and is gone although nobody removed it."""

    device: UUID
    db_id: UUID


@dataclass(frozen=True, slots=True)
class SignInOnPhone:
    """Sign in a user on a phone, in the store `device`."""

    login: str
    password: str
    device: UUID
    db_id: UUID
    app: str
    vanished: Sequence[VanishedStore] = ()


@dataclass(frozen=True, slots=True)
class FirstSignInOnPhone:
    """Choose a password by a one-time code, and sign in."""

    login: str
    code: str
    new_password: str
    device: UUID
    db_id: UUID
    app: str
    vanished: Sequence[VanishedStore] = ()


@dataclass(frozen=True, slots=True)
class SignInAtDesk:
    """Sign in a user in a desk browser."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class ChoosePassword:
    """Choose a password by a one-time code, at a desk."""

    login: str
    code: str
    new_password: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Replace one's own password."""

    password: str
    new_password: str


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Choose the language of one's own screens."""

    language: str


@dataclass(frozen=True, slots=True)
class AddUser:
    """Add a user to the organisation."""

    login: str
    name: str
    roles: tuple[Role, ...]
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeUser:
    """Change a user's name, roles, the trades they mend, or whether they may sign in."""

    name: str
    roles: tuple[Role, ...]
    is_active: bool
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RevokeDevice:
    """Take a device's right to pull away, and have it wiped."""

    kind: str


@dataclass(frozen=True, slots=True)
class ChangeOrganisation:
    """Change what the organisation's hosts see of it, and how long tracks are kept."""

    name: str
    on_call_name: str
    on_call_phone: str
    track_retention_hours: int
