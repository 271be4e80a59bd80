"""API routes of phones' sign-in and of one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import wraps
from typing import Any

from flask import Response, after_this_request, current_app, request
from flask_limiter import Limiter
from flask_smorest import Blueprint

from fieldapp.access import service
from fieldapp.access.commands import ChangePassword, FirstSignInOnPhone, SetLanguage, SignInOnPhone
from fieldapp.access.http import endpoint, public, require_client_header
from fieldapp.access.login import DeviceHere, KnownDevice, epoch, phone_cookie, set_phone_cookie
from fieldapp.access.models import Device, Organisation, User
from fieldapp.access.permissions import Permission
from fieldapp.access.schemas import (
    ChangePasswordSchema,
    FirstSignInSchema,
    LanguageSchema,
    NothingSchema,
    ProfileReply,
    SignInSchema,
)
from fieldapp.infra.db import db, transaction
from fieldapp.infra.http import clock
from fieldapp.kernel.time import to_ms

bp = Blueprint("phone", __name__, url_prefix="/api/v1/phone", description="Phones sign their users in.")


def sign_in_limit() -> str:
    """Return how often a secret may be tried from one address."""
    return str(current_app.extensions["rond_settings"].sign_in_limit)


def caller() -> str:
    """Return what tries are counted by: the address and the login that is tried."""
    tried = request.get_json(silent=True) if request.is_json else request.form
    login = str(tried.get("login", "")) if isinstance(tried, Mapping) else ""
    return f"{request.remote_addr} {login.strip().casefold()[:120]}"


limiter = Limiter(key_func=caller, headers_enabled=True, storage_uri="memory://")


def _profile(device: Device | KnownDevice) -> dict[str, Any]:
    user = db.session.get_one(User, device.user_id)
    organisation = db.session.get_one(Organisation, device.tenant_id)
    return {
        "user": user,
        "organisation": organisation,
        "device": device.id,
        "epoch": epoch(),
        "server_time": to_ms(clock().now()),
    }


def _sign_in(sign_in: Any, command: Any) -> dict[str, Any]:
    with transaction(write=True):
        device, token = sign_in(command, request.cookies.get(phone_cookie()), clock=clock())
        profile = _profile(device)

    @after_this_request
    def keep_token(response: Response) -> Response:
        set_phone_cookie(response, token)
        return response

    return profile


def _from_own_client(view: Any) -> Any:
    @wraps(view)
    def route(*args: Any, **kwargs: Any) -> Any:
        require_client_header()
        return view(*args, **kwargs)

    return public(route)


@bp.post("/sign-in")
@limiter.limit(sign_in_limit)
@_from_own_client
@bp.arguments(SignInSchema())
@bp.response(200, ProfileReply())
def sign_in(command: SignInOnPhone) -> dict[str, Any]:
    """Sign a user in on this phone."""
    return _sign_in(service.sign_in_on_phone, command)


@bp.post("/first-sign-in")
@limiter.limit(sign_in_limit)
@_from_own_client
@bp.arguments(FirstSignInSchema())
@bp.response(200, ProfileReply())
def first_sign_in(command: FirstSignInOnPhone) -> dict[str, Any]:
    """Choose a password by a one-time code, and sign in."""
    return _sign_in(service.first_sign_in_on_phone, command)


@bp.get("/me")
@endpoint(bp, permission=Permission.ACCOUNT_OWN, reply=ProfileReply())
def get_me(here: DeviceHere) -> dict[str, Any]:
    """Learn who is signed in on this device."""
    return _profile(here.device)


@bp.patch("/me")
@endpoint(bp, permission=Permission.ACCOUNT_OWN, body=LanguageSchema(), reply=ProfileReply())
def set_language(here: DeviceHere, command: SetLanguage) -> dict[str, Any]:
    """Choose the language of one's own screens."""
    service.set_language(here.actor, command.language)
    return _profile(here.device)


@bp.post("/password")
@limiter.limit(sign_in_limit)
@endpoint(bp, permission=Permission.ACCOUNT_OWN, body=ChangePasswordSchema(), status=204)
def change_password(here: DeviceHere, command: ChangePassword) -> None:
    """Replace one's own password, knowing the old one."""
    service.change_password(here.actor, command, clock=clock())


@bp.post("/sign-out")
@endpoint(bp, permission=Permission.ACCOUNT_OWN, body=NothingSchema(), status=204)
def sign_out(here: DeviceHere, _nothing: dict[str, Any]) -> None:
    """End the user's sign-in on this device; what is unsent may still be pushed."""
    service.sign_out_on_phone(here.actor, clock=clock())
