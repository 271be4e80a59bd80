"""Desk pages of what comes back from a receiver: its words and what they mean, its reports, and files of them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.export import inbound, status_service
from fieldapp.export.models import Receiver
from fieldapp.export.pages import bp
from fieldapp.export.queries import receiver_in_tenant
from fieldapp.export.schemas import StatusWordsForm
from fieldapp.export.status_files import FILE_BYTES_MAX, StatusFile, UnreadableFile, read_status_file
from fieldapp.export.status_queries import statuses_view
from fieldapp.export.status_rules import Outcome
from fieldapp.export.status_words import meaning_word, outcome_word
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock

_words = StatusWordsForm()


@bp.get("/receivers/<uuid:receiver_id>/statuses")
@page(permission=Permission.STATUSES_VIEW, subject=receiver_in_tenant, subject_arg="receiver_id")
def statuses(actor: Actor, receiver: Receiver) -> str:
    """Show a receiver's words, what they mean, and what it said last."""
    return _show(actor, receiver)


@bp.post("/receivers/<uuid:receiver_id>/statuses")
@page(permission=Permission.STATUSES_MANAGE, subject=receiver_in_tenant, subject_arg="receiver_id")
def map_statuses(actor: Actor, receiver: Receiver) -> Any:
    """Say what words mean, and do what was told with them."""
    read = read_form(_words, request.form)
    if read.command is None:
        return _show(actor, receiver, read.errors), 422
    outcomes = status_service.map_words(actor, receiver, read.command, clock=clock())
    flash(_("Orden är sparade."), "ok")
    count = outcomes[Outcome.APPLIED]
    if count:
        flash(ngettext("%(num)d ärende ändrades.", "%(num)d ärenden ändrades.", count), "ok")
    return redirect(url_for("export.statuses", receiver_id=receiver.id))


@bp.post("/receivers/<uuid:receiver_id>/statuses/import")
@page(permission=Permission.STATUSES_IMPORT, subject=receiver_in_tenant, subject_arg="receiver_id")
def import_statuses(actor: Actor, receiver: Receiver) -> Any:
    """Take what a file says."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _show(actor, receiver, {"file": [_("Välj en fil.")]}), 422
    timezone = ZoneInfo(organisation_of(actor.tenant_id).timezone)
    try:
        read = read_status_file(file.stream.read(FILE_BYTES_MAX + 1), timezone)
    except UnreadableFile as error:
        return _show(actor, receiver, {"file": [_sentence(error.reason)]}), 422
    outcomes = status_service.take_reports(receiver, read.reports, source="file", clock=clock())
    _note_import(actor, receiver, read, outcomes)
    told = _(
        "%(rows)s besked i filen: %(applied)s ändrade ett ärende, %(known)s var redan inlästa.",
        rows=len(read.reports),
        applied=outcomes[Outcome.APPLIED],
        known=len(read.reports) - sum(outcomes.values()),
    )
    flash(told, "ok")
    if read.faulty:
        rows = ", ".join(str(number) for number in read.faulty[:20])
        flash(_("Rader som inte gick att läsa: %(rows)s", rows=rows), "warn")
    return redirect(url_for("export.statuses", receiver_id=receiver.id))


def _note_import(actor: Actor, receiver: Receiver, read: StatusFile, outcomes: Counter[Outcome]) -> None:
    counts: dict[str, Any] = {str(outcome): count for outcome, count in sorted(outcomes.items())}
    subject = ("receiver", receiver.id)
    told = {"rows": len(read.reports), "unread": len(read.faulty), **counts}
    audit.write(actor.tenant_id, "receiver:import_statuses", at=clock().now(), actor=actor, subject=subject, **told)


@bp.post("/receivers/<uuid:receiver_id>/inbound")
@page(permission=Permission.STATUSES_MANAGE, subject=receiver_in_tenant, subject_arg="receiver_id")
def rotate_inbound(actor: Actor, receiver: Receiver) -> str:
    """Give a receiver an address and a secret, shown once."""
    made = inbound.rotate_secret(actor, receiver, clock=clock())
    return render_template(
        "export/inbound_secret.html", receiver=receiver, secret=made.secret, address=_inbound_base() + made.address
    )


def _inbound_base() -> str:
    settings = current_app.extensions["rond_settings"]
    return f"{settings.public_url.rstrip('/')}/api/v1/inbound/"


def _show(actor: Actor, receiver: Receiver, errors: Errors | None = None) -> str:
    before = _uuid(request.args.get("before", ""))
    return render_template(
        "export/statuses.html",
        view=statuses_view(receiver, before, _inbound_base()),
        may_map=is_permitted(actor, Permission.STATUSES_MANAGE, receiver),
        is_first=before is None,
        meaning_word=meaning_word,
        outcome_word=outcome_word,
        errors=errors or {},
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _sentence(reason: str) -> str:
    sentences: dict[str, str] = {
        "format": _("Filen är varken CSV eller ett ärende i fi2xml."),
        "columns": _("Kolumnen status saknas, eller både case_no och external_id."),
        "too_many_rows": _("Filen har fler än 5 000 rader."),
        "too_large": _("Filen är större än 2 MB."),
    }
    return sentences[reason]
