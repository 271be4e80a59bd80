"""The only writer of organisations, users, sessions and devices. Neither commits nor reads the request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from fieldapp.access import audit, secrets
from fieldapp.access.commands import (
    AddUser,
    ChangeOrganisation,
    ChangePassword,
    ChangeUser,
    ChoosePassword,
    FirstSignInOnPhone,
    SignInAtDesk,
    SignInOnPhone,
    VanishedStore,
)
from fieldapp.access.errors import (
    CodeRequired,
    DeviceOfAnother,
    DeviceRevoked,
    LoginTaken,
    WeakPassword,
    WrongCredentials,
)
from fieldapp.access.models import DeskSession, Device, Organisation, Phone, User
from fieldapp.access.roles import Actor
from fieldapp.access.rules import kept_trades, may_manage
from fieldapp.infra import changes
from fieldapp.infra.db import ACROSS_TENANTS, db, lock_tenant, set_tenant
from fieldapp.kernel.errors import Conflict, Forbidden
from fieldapp.kernel.ids import new_token, uuid7
from fieldapp.kernel.time import Clock

CODE_LIFE = timedelta(days=7)
PHONE_LIFE = timedelta(days=90)
PASSWORD_CHARACTERS_MIN = 4  # different ones
LOGIN_IN_PASSWORD_FROM = 4  # a login shorter than this is in too many honest sentences
DESK_IDLE = timedelta(hours=12)
DESK_LIFE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)  # a read must not become a write at every request

OnCreated = Callable[[Organisation, datetime], None]


def create_organisation(
    slug: str,
    name: str,
    kind: str,
    *,
    clock: Clock,
    is_demonstration: bool = False,
    organisation_id: UUID | None = None,
) -> Organisation:
    """Create a tenant with its feed, and leave the session working as that tenant.

    Raises:
        Conflict: the slug is taken or is no slug.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,38}", slug):
        raise Conflict("a slug has 2 to 39 of a–z, 0–9 and -")
    if db.session.execute(select(Organisation.id).where(Organisation.slug == slug)).first():
        raise Conflict(f"there is an organisation with the slug {slug} already")
    now = clock.now()
    organisation = Organisation(
        id=organisation_id or uuid7(now),
        slug=slug,
        name=name,
        kind=kind,
        is_tenant=True,
        is_demonstration=is_demonstration,
        created_at=now,
    )
    db.session.add(organisation)
    db.session.flush()
    set_tenant(organisation.id)
    changes.open_feed(organisation.id)
    changes.note(organisation.id, "organisation", organisation.id, at=now)
    audit.write(organisation.id, "organisation:create", at=now, subject=("organisation", organisation.id))
    changes.announce("organisation_created", organisation)
    return organisation


def change_organisation(actor: Actor, organisation: Organisation, command: ChangeOrganisation, *, clock: Clock) -> None:
    """Change the own organisation's settings; phones learn of it by the feed."""
    changed = [
        name
        for name in ("name", "on_call_name", "on_call_phone", "track_retention_hours")
        if getattr(organisation, name) != getattr(command, name)
    ]
    for name in changed:
        setattr(organisation, name, getattr(command, name))
    if changed:
        subject = ("organisation", organisation.id)
        changes.note(actor.tenant_id, "organisation", organisation.id, at=clock.now())
        audit.write(
            actor.tenant_id, "organisation:change", at=clock.now(), actor=actor, subject=subject, fields=changed
        )


def add_user(tenant_id: UUID, command: AddUser, *, clock: Clock, actor: Actor | None = None) -> tuple[User, str]:
    """Add a user, and return them with the one-time code that lets them choose a password.

    Raises:
        LoginTaken: somebody has this login.
        Forbidden: the actor may not give these roles.
    """
    _check_may_manage(actor, command.roles)
    now = clock.now()
    login = command.login.strip().casefold()
    if db.session.execute(select(User.id).where(User.login == login), execution_options=ACROSS_TENANTS).first():
        raise LoginTaken
    user = User(
        id=uuid7(now),
        tenant_id=tenant_id,
        login=login,
        name=command.name,
        roles=sorted(set(command.roles)),
        trades=kept_trades(command.roles, command.trades),
        language="sv",
        is_active=True,
        created_at=now,
    )
    db.session.add(user)
    db.session.flush()
    audit.write(tenant_id, "user:add", at=now, actor=actor, subject=("user", user.id), roles=list(user.roles))
    return user, issue_code(user, clock=clock, actor=actor)


def change_user(actor: Actor, user: User, command: ChangeUser, *, clock: Clock) -> None:
    """Change a user. One who may no longer sign in loses every session at once; their unsent records are still taken, held.

    Raises:
        Conflict: the actor would shut themselves out or change their own roles.
        Forbidden: the actor may not give or take these roles.
    """
    _check_may_manage(actor, (*user.roles, *command.roles))
    now = clock.now()
    if user.id == actor.user_id and (not command.is_active or set(command.roles) != set(user.roles)):
        raise Conflict("nobody changes their own roles or shuts themselves out")
    user.name = command.name
    user.roles = sorted(set(command.roles))
    user.trades = kept_trades(command.roles, command.trades)
    if user.is_active and not command.is_active:
        _end_desk_sessions(user, now)
    user.is_active = command.is_active
    audit.write(
        actor.tenant_id,
        "user:change",
        at=now,
        actor=actor,
        subject=("user", user.id),
        roles=list(user.roles),
        trades=list(user.trades),
        is_active=user.is_active,
    )


def issue_code(user: User, *, clock: Clock, actor: Actor | None = None) -> str:
    """Give a user a new one-time code; an older one is void. Their password holds until the code is used.

    Raises:
        Forbidden: the user oversees the actor, who would become them by the code.
    """
    _check_may_manage(actor, user.roles)
    code = secrets.make_code()
    user.code_hash = secrets.hash_secret(secrets.plain_code(code))
    user.code_expires_at = clock.now() + CODE_LIFE
    audit.write(user.tenant_id, "user:issue_code", at=clock.now(), actor=actor, subject=("user", user.id))
    return code


def _check_may_manage(actor: Actor | None, roles: Iterable[str]) -> None:
    if actor is not None and not may_manage(actor, roles):
        raise Forbidden


def choose_password(command: ChoosePassword | FirstSignInOnPhone, *, clock: Clock) -> User:
    """Spend a one-time code on a new password. Every desk session of the user ends.

    Raises:
        WrongCredentials: login or code is wrong, spent or too old; they are not told apart.
        WeakPassword: the new password may not be used.
    """
    user = _user_by_login(command.login)
    now = clock.now()
    right = secrets.is_secret_right(user.code_hash if user else None, secrets.plain_code(command.code))
    if not right or user is None or not user.is_active or user.code_expires_at is None or user.code_expires_at < now:
        raise WrongCredentials
    _check_password(command.new_password, user)
    _become(user.tenant_id)
    user.password_hash = secrets.hash_secret(command.new_password)
    user.code_hash = user.code_expires_at = None
    _end_desk_sessions(user, now)
    audit.write(user.tenant_id, "user:choose_password", at=now, by=user.id, subject=("user", user.id))
    return user


def change_password(actor: Actor, command: ChangePassword, *, clock: Clock) -> None:
    """Replace one's own password, knowing the old one. Desk sessions end; devices stay signed in.

    Raises:
        WrongCredentials: the old password is wrong.
        WeakPassword: the new one may not be used.
    """
    user = db.session.get_one(User, actor.user_id)
    if not secrets.is_secret_right(user.password_hash, command.password):
        raise WrongCredentials
    _check_password(command.new_password, user)
    user.password_hash = secrets.hash_secret(command.new_password)
    _end_desk_sessions(user, clock.now())
    audit.write(actor.tenant_id, "user:change_password", at=clock.now(), actor=actor, subject=("user", user.id))


def set_language(actor: Actor, language: str) -> None:
    """Choose the language of one's own screens."""
    db.session.get_one(User, actor.user_id).language = language


def sign_in_at_desk(command: SignInAtDesk, *, clock: Clock) -> str:
    """Check login and password; return the token of a new desk session.

    Raises:
        WrongCredentials: they are wrong, or the user may not sign in.
        CodeRequired: the user has no password yet, and gave the one-time code instead.
    """
    user = _checked_user(command.login, command.password)
    _become(user.tenant_id)
    now = clock.now()
    token = new_token()
    db.session.add(
        DeskSession(
            id=uuid7(now),
            tenant_id=user.tenant_id,
            user_id=user.id,
            token_hash=secrets.token_hash(token),
            created_at=now,
            last_seen_at=now,
        )
    )
    audit.write(user.tenant_id, "session:desk_sign_in", at=now, by=user.id, subject=("user", user.id))
    return token


def sign_out_at_desk(token: str, *, clock: Clock) -> None:
    """End a desk session; an unknown one is ended already."""
    session = db.session.scalar(
        select(DeskSession).where(DeskSession.token_hash == secrets.token_hash(token)), execution_options=ACROSS_TENANTS
    )
    if session is not None:
        session.ended_at = clock.now()


def sign_in_on_phone(command: SignInOnPhone, phone_token: str | None, *, clock: Clock) -> tuple[Device, str]:
    """Check login and password; sign the user in on a phone. Return the device and the phone's token.

    Raises:
        WrongCredentials, CodeRequired: as at the desk.
        DeviceOfAnother: the store belongs to another user.
        DeviceRevoked: the store was revoked.
    """
    user = _checked_user(command.login, command.password)
    return _sign_in_device(user, command, phone_token, clock=clock)


def first_sign_in_on_phone(command: FirstSignInOnPhone, phone_token: str | None, *, clock: Clock) -> tuple[Device, str]:
    """Spend a one-time code on a password, and sign in with it."""
    user = choose_password(command, clock=clock)
    return _sign_in_device(user, command, phone_token, clock=clock)


def sign_out_on_phone(actor: Actor, *, clock: Clock) -> None:
    """End the user's sign-in on this device. The phone keeps its token: what is unsent may still be pushed."""
    device = db.session.get_one(Device, actor.device_id)
    device.signed_out_at = clock.now()
    audit.write(actor.tenant_id, "device:sign_out", at=clock.now(), actor=actor, subject=("device", device.id))


def revoke_device(actor: Actor, device: Device, kind: str, *, clock: Clock) -> None:
    """Revoke a lost or stolen device: it pulls no more, what it sends is held, and it is told to wipe itself."""
    device.revoked_at = clock.now()
    device.revoke_kind = kind
    subject = ("device", device.id)
    audit.write(actor.tenant_id, "device:revoke", at=clock.now(), actor=actor, subject=subject, kind=kind)


def _sign_in_device(
    user: User, command: SignInOnPhone | FirstSignInOnPhone, phone_token: str | None, *, clock: Clock
) -> tuple[Device, str]:
    now = clock.now()
    _become(user.tenant_id)
    phone, token = _phone_of(phone_token, now)
    device = db.session.get(Device, command.device, execution_options=ACROSS_TENANTS)
    if device is None:
        device = Device(
            id=command.device,
            tenant_id=user.tenant_id,
            user_id=user.id,
            db_id=command.db_id,
            created_at=now,
            unsent_count=0,
        )
        db.session.add(device)
    if device.user_id != user.id:
        raise DeviceOfAnother
    if device.revoked_at is not None:
        raise DeviceRevoked(wipe="now" if device.revoke_kind == "stolen" else "after_sync")
    device.phone_id = phone.id  # a phone that lost its cookie comes back with its store
    device.app_version = command.app
    device.signed_in_at = device.last_contact_at = now
    device.signed_out_at = None
    db.session.flush()
    audit.write(user.tenant_id, "device:sign_in", at=now, by=user.id, subject=("device", device.id))
    _note_vanished(user, command.vanished, now)
    return device, token


def _note_vanished(user: User, stores: Sequence[VanishedStore], now: datetime) -> None:
    """Remember what a phone tells of stores that it has lost. Who knows both ids of one has had it; others are told nothing."""
    known = {store.device: store.db_id for store in stores}
    lost = db.session.scalars(select(Device).where(Device.id.in_(known), Device.store_lost_at.is_(None)))
    for device in lost.all():
        if device.db_id == known[device.id]:
            device.store_lost_at = now
            subject = ("device", device.id)
            audit.write(user.tenant_id, "device:store_lost", at=now, by=user.id, subject=subject)


def _phone_of(token: str | None, now: datetime) -> tuple[Phone, str]:
    """Return the phone that holds the token, renewed, or a new one with a new token."""
    if token:
        phone = db.session.scalar(select(Phone).where(Phone.token_hash == secrets.token_hash(token)))
        if phone is not None and phone.expires_at > now:
            phone.expires_at = now + PHONE_LIFE
            phone.last_seen_at = now
            return phone, token
    token = new_token()
    phone = Phone(
        id=uuid7(now),
        token_hash=secrets.token_hash(token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + PHONE_LIFE,
    )
    db.session.add(phone)
    db.session.flush()
    return phone, token


def _become(tenant_id: UUID) -> None:
    """Go on as the tenant whose user was just found: sign-in is the one place where a request does not start as one."""
    set_tenant(tenant_id)
    lock_tenant(tenant_id)


def _user_by_login(login: str) -> User | None:
    return db.session.scalar(
        select(User).where(User.login == login.strip().casefold()), execution_options=ACROSS_TENANTS
    )


def _checked_user(login: str, password: str) -> User:
    user = _user_by_login(login)
    right = secrets.is_secret_right(user.password_hash if user else None, password)
    is_new = user is not None and user.is_active and user.password_hash is None
    if user is not None and is_new and secrets.is_secret_right(user.code_hash, secrets.plain_code(password)):
        raise CodeRequired  # told only to who holds the code: otherwise the answer would say which logins exist
    if not right or user is None or not user.is_active:
        raise WrongCredentials
    return user


def _check_password(password: str, user: User) -> None:
    if len(password) < secrets.PASSWORD_CHARS_MIN or len(password) > secrets.PASSWORD_CHARS_MAX:
        raise WeakPassword(chars_min=secrets.PASSWORD_CHARS_MIN)
    folded = password.casefold()
    name = user.login.split("@")[0]
    if len(set(folded)) < PASSWORD_CHARACTERS_MIN or (len(name) >= LOGIN_IN_PASSWORD_FROM and name in folded):
        raise WeakPassword(chars_min=secrets.PASSWORD_CHARS_MIN)


def _end_desk_sessions(user: User, now: datetime) -> None:
    for session in db.session.scalars(
        select(DeskSession).where(DeskSession.user_id == user.id, DeskSession.ended_at.is_(None))
    ):
        session.ended_at = now


def set_first_password(user: User, password: str) -> None:
    """Give a user a known password at once: for the demonstration and for operators' first administrator."""
    _check_password(password, user)
    user.password_hash = secrets.hash_secret(password)
    user.code_hash = user.code_expires_at = None
