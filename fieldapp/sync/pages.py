"""Desk pages of what phones have sent and not sent: devices, and operations that are held."""

from __future__ import annotations

from contextlib import closing
from typing import Any, BinaryIO, cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fieldapp.access import audit, service
from fieldapp.access import queries as accounts
from fieldapp.access.http import page
from fieldapp.access.models import Device
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.access.schemas import RevokeDeviceForm
from fieldapp.infra.db import transaction
from fieldapp.infra.forms import Errors, FormRead, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Invalid
from fieldapp.sync import queries
from fieldapp.sync.deciding import decide
from fieldapp.sync.held_view import fault_word, held_line, why_word
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.schemas import DecideHeldForm, HeldQuery
from fieldapp.sync.unsent_files import FILE_BYTES_MAX, TakenIn, take_in

bp = Blueprint("sync_desk", __name__, url_prefix="/desk", template_folder="templates")

ROWS_SHOWN = 50
_revoke, _held, _decide = RevokeDeviceForm(), HeldQuery(), DecideHeldForm()


@bp.get("/devices")
@page(permission=Permission.DEVICES_MANAGE)
def devices(_actor: Actor) -> str:
    """List the devices, those that have been silent longest first."""
    found = accounts.devices()
    return render_template(
        "sync/devices.html",
        devices=[row for row in found if row[0].revoked_at is None],
        revoked=[row for row in found if row[0].revoked_at is not None],
        missing=queries.missing_by_device(),
        nothing=queries.Missing(),
        now=clock().now(),
        late_before=clock().now() - accounts.UNSENT_LATE,
    )


@bp.get("/devices/<uuid:device_id>/revoke")
@page(permission=Permission.DEVICES_MANAGE, subject=accounts.device_in_tenant, subject_arg="device_id")
def revoke(_actor: Actor, shown: Device) -> str:
    """Ask whether a device is lost or stolen, before it is revoked."""
    return _revoke_form(shown)


@bp.post("/devices/<uuid:device_id>/revoke")
@page(permission=Permission.DEVICES_MANAGE, subject=accounts.device_in_tenant, subject_arg="device_id")
def do_revoke(actor: Actor, revoked: Device) -> Any:
    """Revoke a lost or stolen device."""
    read = read_form(_revoke, request.form)
    if read.command is None:
        return _revoke_form(revoked, read.errors), 422
    if revoked.revoked_at is None:  # a second press of the button must not make it later
        service.revoke_device(actor, revoked, read.command.kind, clock=clock())
    flash(_("Enheten är spärrad. Det den skickar härefter hamnar bland poster som väntar."), "ok")
    return redirect(url_for("sync_desk.devices"))


@bp.get("/devices/import")
@page(permission=Permission.DEVICES_MANAGE)
def choose_unsent(_actor: Actor) -> str:
    """Ask for a file of what a phone could not send."""
    return _import_page()


@bp.post("/devices/import")
@page(permission=Permission.DEVICES_MANAGE, own_transactions=True, request_bytes_max=FILE_BYTES_MAX)
def import_unsent(actor: Actor) -> Any:
    """Take in a file of what a phone could not send, and tell what became of it."""
    file = request.files.get("file")
    registry, store = current_app.extensions["rond_registry"], current_app.extensions["rond_blobs"]
    sentence = _("Välj filen som telefonen sparade.")
    if file is not None and file.filename:
        try:
            with closing(cast("BinaryIO", file.stream)) as stream:
                return _import_page(taken=take_in(actor, stream, registry, store, clock()))
        except Invalid:
            sentence = _("Det är ingen fil som Rond på en telefon i er organisation har sparat. Inget har ändrats.")
    return _import_page({"file": [sentence]}), 422


def _import_page(errors: Errors | None = None, taken: TakenIn | None = None) -> str:
    with transaction(write=False):
        return render_template("sync/import.html", errors=errors or {}, taken=taken, fault_word=fault_word)


def _revoke_form(shown: Device, errors: Errors | None = None) -> str:
    name = accounts.names_of([shown.user_id])[shown.user_id]
    return render_template("sync/revoke.html", device=shown, name=name, errors=errors or {})


@bp.get("/held")
@page(permission=Permission.HELD_VIEW, write=True)
def held(actor: Actor) -> str:
    """List the operations that are kept and not carried out, with why. Who looks is noted: their notes are on it."""
    asked = _held.load(request.args.to_dict())
    last = queries.ledger_entry(asked["after"]) if asked["after"] else None
    now = clock().now()
    found = queries.held_operations(now, (last.received_at, last.id) if last else None, ROWS_SHOWN + 1)
    lines = [held_line(entry) for entry in found[:ROWS_SHOWN]]
    audit.write(actor.tenant_id, "held:list", at=now, actor=actor, count=len(lines))
    return render_template(
        "sync/held.html",
        lines=lines,
        names=accounts.names_of([line.user_id for line in lines]),
        total=queries.count_held(now),
        is_first=last is None,
        next=lines[-1].id if len(found) > ROWS_SHOWN else None,
    )


@bp.get("/held/<uuid:operation_id>")
@page(permission=Permission.HELD_DECIDE, subject=queries.held_or_decided, subject_arg="operation_id", write=True)
def held_one(actor: Actor, entry: LedgerEntry) -> str:
    """Show a held operation and ask what becomes of it."""
    audit.write(actor.tenant_id, "held:view", at=clock().now(), actor=actor, subject=("operation", entry.id))
    return _decide_form(entry)


@bp.post("/held/<uuid:operation_id>")
@page(permission=Permission.HELD_DECIDE, subject=queries.held_or_decided, subject_arg="operation_id")
def decide_held(actor: Actor, entry: LedgerEntry) -> Any:
    """Carry a held operation out after all, or send it back to its host."""
    read = read_form(_decide, request.form)
    if read.command is None:
        return _decide_form(entry, read), 422
    registry, store = current_app.extensions["rond_registry"], current_app.extensions["rond_blobs"]
    try:
        is_done = decide(actor, entry, read.command, registry, store, clock().now())
    except Invalid:
        sentence = _("Skälet ser ut att innehålla personuppgifter. Skriv det utan dem.")
        return _decide_form(entry, FormRead(None, read.values, {"reason": [sentence]})), 422
    if not is_done and entry.outcome == "held":
        sentence = _("Posten går fortfarande inte att föra in. %(why)s", why=why_word(entry.why or ""))
        return _decide_form(entry, FormRead(None, read.values, {"decision": [sentence]})), 422
    if is_done:
        words = _("Posten är införd.") if entry.outcome == "applied" else _("Posten är återsänd med ditt skäl.")
        flash(words, "ok")
    return redirect(url_for("sync_desk.held"))


def _decide_form(entry: LedgerEntry, read: FormRead | None = None) -> str:
    line = held_line(entry)
    return render_template(
        "sync/decide.html",
        line=line,
        outcome=entry.outcome,
        name=accounts.names_of([line.user_id]).get(line.user_id, ""),
        values=read.values if read else {},
        errors=read.errors if read else {},
    )
