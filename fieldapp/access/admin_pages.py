"""Desk pages of the own organisation: its users, its settings, its audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fieldapp.access import audit, queries, service
from fieldapp.access.audit_words import action_word, fact_words
from fieldapp.access.errors import LoginTaken
from fieldapp.access.http import page
from fieldapp.access.models import AuditEvent, Organisation, User
from fieldapp.access.pages import bp
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.access.rules import grantable_roles, may_manage
from fieldapp.access.schemas import AddUserForm, AuditQuery, ChangeUserForm, OrganisationForm
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Forbidden

AUDIT_ROWS = 50
_add_user, _change_user, _organisation, _audit = AddUserForm(), ChangeUserForm(), OrganisationForm(), AuditQuery()


@bp.get("/users")
@page(permission=Permission.USERS_MANAGE)
def users(actor: Actor) -> str:
    """List the organisation's users."""
    found = queries.users()
    managed = {user.id for user in found if may_manage(actor, user.roles)}
    return render_template("access/users.html", users=found, managed=managed, now=clock().now())


@bp.get("/users/new")
@page(permission=Permission.USERS_MANAGE)
def new_user(actor: Actor) -> str:
    """Show where a user is added."""
    return _user_form(actor, None, {"roles": ["host"]})


@bp.post("/users/new")
@page(permission=Permission.USERS_MANAGE)
def add_user(actor: Actor) -> Any:
    """Add a user, and show their one-time code this once."""
    read = read_form(_add_user, request.form)
    if read.command is None:
        return _user_form(actor, None, read.values, read.errors), 422
    try:
        user, code = service.add_user(actor.tenant_id, read.command, clock=clock(), actor=actor)
    except LoginTaken as taken:
        errors = {"login": [_("Det finns redan en användare med det användarnamnet.")]}
        return _user_form(actor, None, read.values, errors), taken.status
    return render_template("access/user_code.html", user=user, code=code, is_new=True)


@bp.get("/users/<uuid:user_id>")
@page(permission=Permission.USERS_MANAGE, subject=queries.user_in_tenant, subject_arg="user_id")
def user(actor: Actor, shown: User) -> str:
    """Show a user, to be changed."""
    _require_manageable(actor, shown)
    return _user_form(
        actor, shown, {"name": shown.name, "roles": shown.roles, "trades": shown.trades, "is_active": shown.is_active}
    )


@bp.post("/users/<uuid:user_id>")
@page(permission=Permission.USERS_MANAGE, subject=queries.user_in_tenant, subject_arg="user_id")
def change_user(actor: Actor, changed: User) -> Any:
    """Change a user's name, roles, or whether they may sign in."""
    read = read_form(_change_user, request.form)
    if read.command is None:
        _require_manageable(actor, changed)
        return _user_form(actor, changed, read.values, read.errors), 422
    service.change_user(actor, changed, read.command, clock=clock())
    flash(_("%(name)s är sparad.", name=changed.name), "ok")
    return redirect(url_for("access.users"))


@bp.post("/users/<uuid:user_id>/code")
@page(permission=Permission.USERS_MANAGE, subject=queries.user_in_tenant, subject_arg="user_id")
def issue_code(actor: Actor, user: User) -> str:
    """Give a user a new one-time code, shown this once: how a forgotten password is replaced."""
    code = service.issue_code(user, clock=clock(), actor=actor)
    return render_template("access/user_code.html", user=user, code=code, is_new=False)


def _require_manageable(actor: Actor, user: User) -> None:
    if not may_manage(actor, user.roles):
        raise Forbidden


def _user_form(actor: Actor, user: User | None, values: Mapping[str, Any], errors: Errors | None = None) -> str:
    return render_template(
        "access/user.html",
        user=user,
        values=values,
        errors=errors or {},
        roles=grantable_roles(actor),
        is_self=user is not None and user.id == actor.user_id,
    )


@bp.get("/organisation")
@page(permission=Permission.ORGANISATION_MANAGE)
def organisation(actor: Actor) -> str:
    """Show the organisation's settings."""
    own = queries.organisation_of(actor.tenant_id)
    names = ("name", "on_call_name", "on_call_phone", "track_retention_hours")
    return _organisation_form(own, {name: getattr(own, name) for name in names})


@bp.post("/organisation")
@page(permission=Permission.ORGANISATION_MANAGE)
def change_organisation(actor: Actor) -> Any:
    """Change the organisation's settings."""
    own = queries.organisation_of(actor.tenant_id)
    read = read_form(_organisation, request.form)
    if read.command is None:
        return _organisation_form(own, read.values, read.errors), 422
    service.change_organisation(actor, own, read.command, clock=clock())
    flash(_("Uppgifterna är sparade. Telefonerna får dem nästa gång de synkar."), "ok")
    return redirect(url_for("access.organisation"))


def _organisation_form(own: Organisation, values: Mapping[str, Any], errors: Errors | None = None) -> str:
    return render_template("access/organisation.html", organisation=own, values=values, errors=errors or {})


@bp.get("/audit", endpoint="audit")
@page(permission=Permission.AUDIT_VIEW)
def audit_log(_actor: Actor) -> str:
    """Show the organisation's audit, latest first; on request, check that no line has been changed or taken out."""
    asked = _audit.load(request.args.to_dict())
    found = queries.audit_events(asked["before"], AUDIT_ROWS + 1)
    events = found[:AUDIT_ROWS]
    return render_template(
        "access/audit.html",
        events=[_audit_line(event) for event in events],
        names=_names(events),
        older=events[-1].number if len(found) > AUDIT_ROWS else None,
        is_first=asked["before"] is None,
        is_checked=asked["check"],
        broken=audit.broken_link() if asked["check"] else None,
    )


def _audit_line(event: AuditEvent) -> dict[str, Any]:
    return {"event": event, "action": action_word(event.action), "facts": fact_words(event.facts)}


def _names(events: Sequence[AuditEvent]) -> Mapping[Any, str]:
    """Return the names of who did something, and of the users it was done to."""
    ids = {event.actor_id for event in events} | {event.subject_id for event in events if event.subject_kind == "user"}
    return queries.names_of([user_id for user_id in ids if user_id is not None])
