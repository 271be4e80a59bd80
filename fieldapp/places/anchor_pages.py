"""Desk pages of labels at places: made for a zone, printed, ended, replaced."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.codes import grouped
from fieldapp.kernel.time import to_ms
from fieldapp.places import anchor_queries, queries
from fieldapp.places import anchors as labels
from fieldapp.places.anchor_sheet import Label, SheetWords, write_sheet
from fieldapp.places.kinds import LABELLED_FIRST, PLACE_KINDS
from fieldapp.places.models import Anchor, Place, Zone
from fieldapp.places.pages import bp
from fieldapp.places.schemas import LABELS_AT_ONCE, MakeAnchorsForm, SheetQuery

PLACES_OFFERED = 300
_make, _sheet_query = MakeAnchorsForm(), SheetQuery()
_MANAGE = Permission.PLACES_MANAGE


@bp.get("/zones/<uuid:zone_id>/anchors")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def zone_anchors(_actor: Actor, zone: Zone) -> str:
    """Show a zone's labels, and the places that have none."""
    return _list(zone, {}, {})


@bp.post("/zones/<uuid:zone_id>/anchors")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def make_anchors(actor: Actor, zone: Zone) -> Any:
    """Make labels for the places that were chosen."""
    read = read_form(_make, request.form)
    if read.command is None:
        return _list(zone, read.values, read.errors), 422
    made = labels.make_anchors(actor, read.command, clock=clock())
    flash(ngettext("%(num)d etikett är gjord.", "%(num)d etiketter är gjorda.", len(made)), "ok")
    return redirect(url_for("places.zone_anchors", zone_id=zone.id, made=_made(made)))


@bp.get("/zones/<uuid:zone_id>/anchors.pdf")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def anchor_sheet(actor: Actor, zone: Zone) -> Any:
    """Give the labels to print: all living ones of the zone, or those made at one moment."""
    asked = _sheet_query.load(request.args.to_dict())
    found = _printable(anchor_queries.anchors_of_zone(zone.id), asked["made"])
    start = (asked["part"] - 1) * LABELS_AT_ONCE
    part = found[start : start + LABELS_AT_ONCE]
    if not part:
        flash(_("Det finns inga etiketter att skriva ut."), "warn")
        return redirect(url_for("places.zone_anchors", zone_id=zone.id))
    body = write_sheet(_labels(part), _words(actor, zone))
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="rond-etiketter-{_file_name(zone.code)}.pdf"'
    return response


@bp.post("/anchors/<uuid:anchor_id>/end")
@page(permission=_MANAGE, subject=anchor_queries.anchor_in_tenant, subject_arg="anchor_id")
def end_anchor(actor: Actor, anchor: Anchor) -> Any:
    """End a label."""
    labels.end_anchor(actor, anchor, clock=clock())
    flash(_("Etiketten %(code)s är avslutad.", code=grouped(anchor.token)), "ok")
    return _back(anchor)


@bp.post("/anchors/<uuid:anchor_id>/replace")
@page(permission=_MANAGE, subject=anchor_queries.anchor_in_tenant, subject_arg="anchor_id")
def replace_anchor(actor: Actor, anchor: Anchor) -> Any:
    """End a label and make another at the same place."""
    made = labels.replace_anchor(actor, anchor, clock=clock())
    if made is None:
        flash(_("Etiketten %(code)s var redan avslutad.", code=grouped(anchor.token)), "warn")
        return _back(anchor)
    codes = {"old": grouped(anchor.token), "new": grouped(made.token)}
    flash(_("Etiketten %(old)s är avslutad och ersatt av %(new)s.", **codes), "ok")
    return _back(anchor, made=_made([made]))


def _back(anchor: Anchor, **more: Any) -> Any:
    place = queries.place_in_tenant(anchor.place_id)
    if place is None or place.zone_id is None:
        return redirect(url_for("places.zones"))
    return redirect(url_for("places.zone_anchors", zone_id=place.zone_id, **more))


def _made(made: Sequence[Anchor]) -> int | None:
    return to_ms(made[0].created_at) if made else None


def _printable(found: Sequence[tuple[Anchor, Place]], made: int | None) -> list[tuple[Anchor, Place]]:
    living = [(anchor, place) for anchor, place in found if anchor.ended_at is None and place.ended_at is None]
    asked = [pair for pair in living if made is None or to_ms(pair[0].created_at) == made]
    return sorted(asked, key=lambda pair: by_house(pair[1].name))


def _list(zone: Zone, values: Mapping[str, Any], errors: Errors) -> str:
    asked = _sheet_query.load(request.args.to_dict())
    found = anchor_queries.anchors_of_zone(zone.id)
    living = _printable(found, None)
    having = {place.id for _anchor, place in living}
    without = sorted((place for place in queries.places_of_zone(zone.id) if place.id not in having), key=_rank)
    offered = without[:PLACES_OFFERED]
    return render_template(
        "places/anchors.html",
        zone=zone,
        living=living,
        ended=[(anchor, place) for anchor, place in found if anchor.ended_at is not None],
        new=len(_printable(found, asked["made"])) if asked["made"] is not None else 0,
        made=asked["made"],
        parts=range(1, -(-len(living) // LABELS_AT_ONCE) + 1),
        offered=offered,
        left_out=len(without) - len(offered),
        names=anchor_queries.with_ancestors([*offered, *(place for _anchor, place in found)]),
        chosen=set(values["places"])
        if "places" in values
        else {str(p.id) for p in offered if p.kind in LABELLED_FIRST},
        first_kinds=LABELLED_FIRST,
        values=values,
        errors=errors,
        grouped=grouped,
        address=anchor_address,
        where=where_words,
    )


def by_house(name: str) -> list[tuple[int, str]]:
    """Sort house 9 before house 10, as whoever puts up labels walks."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def _rank(place: Place) -> tuple[int, int, list[tuple[int, str]]]:
    """Sort what no satellite reaches first."""
    first = LABELLED_FIRST.index(place.kind) if place.kind in LABELLED_FIRST else len(LABELLED_FIRST)
    return first, PLACE_KINDS.index(place.kind), by_house(place.name)


def anchor_address(anchor: Anchor) -> str:
    """Return what a label holds: this installation's phone app, at the label."""
    return f"{current_app.extensions['rond_settings'].public_url}/pwa/#/a/{anchor.token}"


def where_words(place: Place, known: Mapping[UUID, Place]) -> str:
    """Say where a place is: what it is in, outermost first, and the nearest address that is known."""
    above: list[Place] = []
    inner: Place | None = place
    while inner is not None and inner.parent_id is not None and len(above) < len(known):
        inner = known.get(inner.parent_id)
        if inner is not None:
            above.append(inner)
    address = next((one.adress for one in (place, *above) if one.adress), "")
    names = [one.name for one in reversed(above)]
    return ", ".join(dict.fromkeys(part for part in (*names, address) if part and part != place.name))


def _labels(pairs: Sequence[tuple[Anchor, Place]]) -> list[Label]:
    known = anchor_queries.with_ancestors(place for _anchor, place in pairs)
    return [
        Label(place.name, where_words(place, known), grouped(anchor.token), anchor_address(anchor))
        for anchor, place in pairs
    ]


def _words(actor: Actor, zone: Zone) -> SheetWords:
    phone = organisation_of(actor.tenant_id).on_call_phone
    return SheetWords(
        title=_("Etiketter för %(zone)s", zone=zone.name),
        what_to_do=_("För trygghetsvärdar: läs av i Rond, eller skriv koden."),
        on_call=_("Jour: %(phone)s", phone=phone) if phone else "",
        language=str(get_locale() or "sv"),
    )


def _file_name(code: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in code) or "omrade"
