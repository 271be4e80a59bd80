"""Desk pages of receivers, and of what was handed to them: what was sent, what was answered, what has stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.export import receivers
from fieldapp.export.models import STATES, Delivery, Receiver
from fieldapp.export.pages import bp
from fieldapp.export.queries import (
    delivery_in_tenant,
    delivery_line,
    delivery_lines,
    receiver_in_tenant,
    receiver_lines,
    tries_of,
)
from fieldapp.export.receiver_schemas import DeliveriesQuery, ReceiverForm
from fieldapp.infra.forms import FormRead, read_form
from fieldapp.infra.http import clock
from fieldapp.observations.queries import categories

_receiver, _deliveries = ReceiverForm(), DeliveriesQuery()
ADAPTERS: Mapping[str, Any] = {"open311": "Open311", "webhook": lazy_gettext("Signerat anrop (webhook)")}
STATE_WORDS: Mapping[str, Any] = {
    "queued": lazy_gettext("I kö"),
    "sending": lazy_gettext("Skickas"),
    "sent": lazy_gettext("Mottagen"),
    "dead": lazy_gettext("Stoppad"),
    "paused": lazy_gettext("Väntar på en person"),
}
ACTION_WORDS: Mapping[str, Any] = {
    "create": lazy_gettext("Nytt ärende"),
    "update": lazy_gettext("Ändring"),
    "cancel": lazy_gettext("Återkallat"),
}
OUTCOME_WORDS: Mapping[str, Any] = {
    "accepted": lazy_gettext("Mottaget"),
    "found": lazy_gettext("Fanns redan hos mottagaren"),
    "notfound": lazy_gettext("Fanns inte hos mottagaren"),
    "pending": lazy_gettext("Mottaget, numret kommer senare"),
    "retry": lazy_gettext("Oklart: eftersöks och skickas igen"),
    "cannottell": lazy_gettext("Går inte att se om det kommit fram"),
    "refused": lazy_gettext("Nekat"),
}


@bp.get("/receivers")
@page(permission=Permission.DELIVERIES_VIEW)
def receiver_list(actor: Actor) -> str:
    """Show who gets cases."""
    may_manage = is_permitted(actor, Permission.RECEIVERS_MANAGE)
    return render_template("export/receivers.html", lines=receiver_lines(), adapters=ADAPTERS, may_manage=may_manage)


@bp.get("/receivers/new")
@page(permission=Permission.RECEIVERS_MANAGE)
def new_receiver(_actor: Actor) -> str:
    """Show the form of a new receiver."""
    return _form(None, FormRead(None, {"adapter": request.args.get("adapter", "webhook")}))


@bp.post("/receivers/new")
@page(permission=Permission.RECEIVERS_MANAGE)
def add_receiver(actor: Actor) -> Any:
    """Add a receiver."""
    read = read_form(_receiver, request.form)
    if read.command is None:
        return _form(None, read), 422
    receivers.add_receiver(actor, read.command, clock=clock())
    flash(_("Mottagaren är tillagd."), "ok")
    return redirect(url_for("export.receiver_list"))


@bp.get("/receivers/<uuid:receiver_id>")
@page(permission=Permission.RECEIVERS_MANAGE, subject=receiver_in_tenant, subject_arg="receiver_id")
def receiver(_actor: Actor, receiver: Receiver) -> str:
    """Show the form of a receiver; its secret is never shown."""
    settings = receiver.settings
    services = dict(settings.get("services") or {})
    if settings.get("other_service"):
        services["*"] = settings["other_service"]
    values = {
        "name": receiver.name,
        "adapter": receiver.adapter,
        "url": settings.get("url") or settings.get("base_url") or "",
        "services": "\n".join(f"{code}={service}" for code, service in sorted(services.items())),
        "categories": receiver.categories,
        "is_paused": receiver.is_paused,
    }
    return _form(receiver, FormRead(None, values))


@bp.post("/receivers/<uuid:receiver_id>")
@page(permission=Permission.RECEIVERS_MANAGE, subject=receiver_in_tenant, subject_arg="receiver_id")
def change_receiver(actor: Actor, receiver: Receiver) -> Any:
    """Change a receiver."""
    read = read_form(_receiver, request.form)
    if read.command is None or read.command.adapter != receiver.adapter:
        return _form(receiver, read), 422
    receivers.change_receiver(actor, receiver, read.command, clock=clock())
    flash(_("Mottagaren är sparad."), "ok")
    return redirect(url_for("export.receiver_list"))


def _form(receiver: Receiver | None, read: FormRead) -> str:
    damage = [one for one in categories() if one.kind == "D"]
    return render_template(
        "export/receiver.html",
        receiver=receiver,
        values=read.values,
        errors=read.errors,
        adapters=[(name, str(words)) for name, words in ADAPTERS.items()],
        categories=damage,
    )


@bp.get("/deliveries")
@page(permission=Permission.DELIVERIES_VIEW)
def deliveries(_actor: Actor) -> str:
    """Show what was handed to receivers, the newest first."""
    wanted = _deliveries.load(request.args.to_dict())
    lines, older = delivery_lines(wanted["state"], wanted["before"])
    return render_template(
        "export/deliveries.html",
        lines=lines,
        older=older,
        wanted=wanted,
        states=[(state, str(STATE_WORDS[state])) for state in STATES],
        state_words=STATE_WORDS,
        action_words=ACTION_WORDS,
    )


@bp.get("/deliveries/<uuid:delivery_id>")
@page(permission=Permission.DELIVERIES_VIEW, subject=delivery_in_tenant, subject_arg="delivery_id")
def delivery(actor: Actor, delivery: Delivery) -> str:
    """Show one delivery: every try, what was sent and what was answered."""
    return render_template(
        "export/delivery.html",
        line=delivery_line(delivery),
        tries=tries_of(delivery),
        state_words=STATE_WORDS,
        action_words=ACTION_WORDS,
        outcome_words=OUTCOME_WORDS,
        may_read=is_permitted(actor, Permission.OBSERVATION_LIST),
        may_send=delivery.state in ("dead", "paused") and is_permitted(actor, Permission.DELIVERIES_MEND, delivery),
    )


@bp.post("/deliveries/<uuid:delivery_id>/again")
@page(permission=Permission.DELIVERIES_MEND, subject=delivery_in_tenant, subject_arg="delivery_id")
def send_again(actor: Actor, delivery: Delivery) -> Any:
    """Send a delivery that stopped again."""
    receivers.send_again(actor, delivery, clock=clock())
    flash(_("Ärendet ligger i kön igen."), "ok")
    return redirect(url_for("export.delivery", delivery_id=delivery.id))
