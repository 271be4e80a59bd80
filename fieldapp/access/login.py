"""Who makes a request: by the desk's session cookie, or by the phone's token and the device it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Flask, Request, Response, current_app, request, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import bindparam, select

from fieldapp.access.errors import DeviceRevoked
from fieldapp.access.models import DeskSession, Device, Phone, User
from fieldapp.access.roles import Actor, Role
from fieldapp.access.secrets import token_hash
from fieldapp.access.service import DESK_IDLE, DESK_LIFE, PHONE_LIFE, SEEN_EVERY
from fieldapp.infra.db import ACROSS_TENANTS, db, transaction
from fieldapp.infra.http import clock
from fieldapp.infra.rows import first_of, prepared_across_tenants, table_of
from fieldapp.kernel.errors import SignedOut

DEVICE_HEADER = "X-Rond-Device"
CLIENT_HEADER = "X-Rond-Client"

login_manager = LoginManager()


class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in user as Flask-Login knows them."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """Return the user's id."""
        return str(self.actor.user_id)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device as a request finds it."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    phone_id: UUID
    signed_out_at: datetime | None
    revoked_at: datetime | None
    revoke_kind: str | None


@dataclass(frozen=True, slots=True)
class DeviceHere:
    """The device a phone's request names, and its user, whether signed in now or not."""

    device: KnownDevice | Device
    actor: Actor
    is_signed_in: bool
    may_act: bool
    """False when the user is shut out or the device revoked: what they send is kept, held."""


def phone_cookie() -> str:
    """Return the name of the phone's cookie: `__Host-` only where browsers allow it, on https."""
    return "__Host-rond_phone" if current_app.config["SESSION_COOKIE_SECURE"] else "rond_phone"


def set_phone_cookie(response: Response, token: str) -> None:
    """Give the phone its token, for another ninety days."""
    response.set_cookie(
        phone_cookie(),
        token,
        max_age=PHONE_LIFE,
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Lax",
        path="/",
    )


def make_actor(user: User, device_id: UUID | None = None) -> Actor:
    """Return the actor a user is."""
    return Actor(
        user_id=user.id,
        tenant_id=user.tenant_id,
        roles=frozenset(Role(role) for role in user.roles),
        name=user.name,
        language=user.language,
        device_id=device_id,
        trades=frozenset(user.trades),
    )


@login_manager.request_loader
def load_from_request(_request: Request) -> SignedIn | None:
    """Find who is at the desk. Phones are loaded by `device_here`, since they name a device."""
    token = session.get("sid")
    if not isinstance(token, str):
        return None
    actor = _desk_actor(token, clock().now())
    return SignedIn(actor) if actor else None


def _desk_actor(token: str, now: datetime) -> Actor | None:
    with transaction(write=False):
        row = db.session.execute(
            select(DeskSession, User)
            .join(User, User.id == DeskSession.user_id)
            .where(DeskSession.token_hash == token_hash(token)),
            execution_options=ACROSS_TENANTS,
        ).first()
    if row is None:
        return None
    desk, user = row
    if desk.ended_at is not None or not user.is_active:
        return None
    if now - desk.last_seen_at > DESK_IDLE or now - desk.created_at > DESK_LIFE:
        return None
    if now - desk.last_seen_at > SEEN_EVERY:
        with transaction(write=True):
            desk.last_seen_at = now
            db.session.add(desk)
    return make_actor(user)


def desk_actor() -> Actor:
    """Return who is signed in at the desk.

    Raises:
        SignedOut: nobody is.
    """
    if not current_user.is_authenticated:
        raise SignedOut
    actor: Actor = current_user.actor
    return actor


def device_here() -> DeviceHere:
    """Return the device this request names, if it is on the phone that sent it.

    Raises:
        SignedOut: no token, an old one, or no such device on this phone.
    """
    token = request.cookies.get(phone_cookie(), "")
    try:
        device_id = UUID(request.headers.get(DEVICE_HEADER, ""))
    except ValueError:
        raise SignedOut from None
    row = first_of(_DEVICE_ON_PHONE, device=device_id, token_hash=token_hash(token))
    if row is None or row.expires_at < clock().now():
        raise SignedOut
    device = KnownDevice(*row[: len(_DEVICE_COLUMNS)])
    actor = Actor(
        user_id=device.user_id,
        tenant_id=device.tenant_id,
        roles=frozenset(map(Role, row.roles)),
        name=row.name,
        language=row.language,
        device_id=device.id,
    )
    return _here(device, actor, is_active=row.is_active)


def here_of(device: Device, user: User) -> DeviceHere:
    """Return a device and what its user may do."""
    return _here(device, make_actor(user, device.id), is_active=user.is_active)


def _here(device: Device | KnownDevice, actor: Actor, *, is_active: bool) -> DeviceHere:
    return DeviceHere(
        device=device,
        actor=actor,
        is_signed_in=device.signed_out_at is None,
        may_act=is_active and device.revoked_at is None,
    )


_DEVICES, _USERS, _PHONES = (table_of(model) for model in (Device, User, Phone))
_DEVICE_COLUMNS = ("id", "tenant_id", "user_id", "phone_id", "signed_out_at", "revoked_at", "revoke_kind")
_DEVICE_ON_PHONE = prepared_across_tenants(
    select(*(_DEVICES.c[name] for name in _DEVICE_COLUMNS))
    .add_columns(_USERS.c.name, _USERS.c.roles, _USERS.c.language, _USERS.c.is_active, _PHONES.c.expires_at)
    .join(_PHONES, _PHONES.c.id == _DEVICES.c.phone_id)
    .join(_USERS, _USERS.c.id == _DEVICES.c.user_id)
    .where(_DEVICES.c.id == bindparam("device"), _PHONES.c.token_hash == bindparam("token_hash"))
)


def epoch() -> str:
    """Return which store this is. Who is refused a reading learns it too, or would never give back what a restore lost."""
    return cast("str", current_app.extensions["rond_epoch"])


def signed_in_device() -> DeviceHere:
    """Return the device of a user who is signed in on it.

    Raises:
        SignedOut: the user signed out, or may not sign in any more.
        DeviceRevoked: the device was revoked; says whether to wipe at once.
    """
    here = device_here()
    if here.device.revoked_at is not None:
        raise DeviceRevoked(wipe="now" if here.device.revoke_kind == "stolen" else "after_sync", epoch=epoch())
    if not (here.is_signed_in and here.may_act):
        raise SignedOut(epoch=epoch())
    return here


def register(app: Flask) -> None:
    """Attach to the application."""
    login_manager.init_app(app)
    login_manager.session_protection = None  # the session is a row of ours, found by a token of 256 bits
