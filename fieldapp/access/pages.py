"""Desk pages of sign-in and one's own account."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from fieldapp.access import service
from fieldapp.access.errors import CodeRequired, WeakPassword, WrongCredentials
from fieldapp.access.http import page, public
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.access.schemas import ChangePasswordSchema, ChoosePasswordForm, LanguageSchema, SignInForm
from fieldapp.access.views import limiter, sign_in_limit
from fieldapp.infra.db import transaction
from fieldapp.infra.http import clock
from fieldapp.infra.problems import sentence
from fieldapp.infra.schemas import ValidationError

bp = Blueprint("access", __name__, url_prefix="/desk", template_folder="templates")

_sign_in_form = SignInForm(unknown="exclude")
_choose_form = ChoosePasswordForm(unknown="exclude")


def _way_back() -> str:
    """Return the address to go to after sign-in, if it is one of ours."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and wanted.startswith("/desk/") and "\\" not in wanted
    return wanted if is_ours else url_for("desk.today")


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """Show the way in."""
    return render_template("access/sign_in.html", fault=None, login="")


@bp.post("/sign-in")
@public
@limiter.limit(sign_in_limit)
def do_sign_in() -> Any:
    """Sign in, and go where the person was on their way to."""
    try:
        command = _sign_in_form.load(request.form.to_dict())
        with transaction(write=True):
            token = service.sign_in_at_desk(command, clock=clock())
    except CodeRequired:
        return redirect(url_for("access.choose_password"))
    except (WrongCredentials, ValidationError):
        fault = sentence("wrong_credentials")
        return render_template("access/sign_in.html", fault=fault, login=request.form.get("login", "")), 401
    session.clear()  # a session that was planted before sign-in is worth nothing after it
    session["sid"] = token
    session.permanent = True
    return redirect(_way_back())


@bp.post("/sign-out")
@public
def sign_out() -> Any:
    """End the session, here and on the server."""
    token = session.get("sid")
    if isinstance(token, str):
        with transaction(write=True):
            service.sign_out_at_desk(token, clock=clock())
    session.clear()
    return redirect(url_for("access.sign_in"))


@bp.get("/choose-password")
@public
def choose_password() -> str:
    """Show where a one-time code becomes a password."""
    return render_template("access/choose_password.html", fault=None, login="")


@bp.post("/choose-password")
@public
@limiter.limit(sign_in_limit)
def do_choose_password() -> Any:
    """Choose a password by a one-time code."""
    try:
        command = _choose_form.load(request.form.to_dict())
        with transaction(write=True):
            service.choose_password(command, clock=clock())
    except (WrongCredentials, WeakPassword, ValidationError) as error:
        fault = (
            sentence("weak_password")
            if isinstance(error, WeakPassword)
            else _("Koden gäller inte för den inloggningen.")
        )
        page_ = render_template("access/choose_password.html", fault=fault, login=request.form.get("login", ""))
        return page_, 401 if isinstance(error, WrongCredentials) else 422
    return redirect(url_for("access.sign_in"))


@bp.get("/account")
@page(permission=Permission.ACCOUNT_OWN)
def account(actor: Actor) -> str:
    """Show one's own account."""
    return render_template("access/account.html", actor=actor, fault=None, done=request.args.get("done"))


@bp.post("/account/language")
@page(permission=Permission.ACCOUNT_OWN, form=LanguageSchema())
def set_language(actor: Actor, command: Any) -> Any:
    """Choose the language of one's own screens."""
    service.set_language(actor, command.language)
    return redirect(_way_back())


@bp.post("/account/password")
@limiter.limit(sign_in_limit)
@page(permission=Permission.ACCOUNT_OWN, form=ChangePasswordSchema())
def change_password(actor: Actor, command: Any) -> Any:
    """Replace one's own password. Every desk session ends, this one too."""
    try:
        service.change_password(actor, command, clock=clock())
    except (WrongCredentials, WeakPassword) as error:
        fault = sentence(error.code)
        return render_template("access/account.html", actor=actor, fault=fault, done=None), error.status
    session.clear()
    return redirect(url_for("access.sign_in"))
