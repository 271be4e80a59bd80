"""Desk routes of what hosts log that need no other feature: a record's photos and its note in full."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app, render_template, send_file

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import NotFound
from fieldapp.observations import queries
from fieldapp.observations.models import Observation, ObservationPhoto

bp = Blueprint("observations", __name__, url_prefix="/desk", template_folder="templates")

SHOWN_S = 3600
"""How long a browser may keep a photo: as long as somebody works with a list, not until the next day."""


@bp.get("/photos/<uuid:photo_id>/thumb")
@page(permission=Permission.PHOTO_VIEW, subject=queries.photo_in_tenant, subject_arg="photo_id", write=True)
def thumb(actor: Actor, photo: ObservationPhoto) -> Any:
    """Send a photo as small as lists show it."""
    return send_photo(actor, photo, photo.thumb_sha256, "thumb")


@bp.get("/photos/<uuid:photo_id>/full")
@page(permission=Permission.PHOTO_VIEW, subject=queries.photo_in_tenant, subject_arg="photo_id", write=True)
def full(actor: Actor, photo: ObservationPhoto) -> Any:
    """Send a photo as it was taken, made anew without anything but its picture."""
    return send_photo(actor, photo, photo.clean_sha256, "full")


def send_photo(actor: Actor, photo: ObservationPhoto, sha256: str | None, size: str) -> Any:
    """Send a clean picture and note who saw it. What has not been made anew yet is not there for anybody."""
    if sha256 is None:
        raise NotFound
    store = cast("BlobStore", current_app.extensions["rond_blobs"])
    path = store.read_clean(photo.tenant_id, sha256)
    audit.write(actor.tenant_id, "photo:view", at=clock().now(), actor=actor, subject=("photo", photo.id), size=size)
    response = send_file(path, mimetype="image/jpeg", etag=sha256, max_age=SHOWN_S)
    response.headers["Cache-Control"] = f"private, max-age={SHOWN_S}"
    response.headers["Content-Disposition"] = f'inline; filename="{photo.id}-{size}.jpg"'
    return response


@bp.post("/observations/<uuid:observation_id>/note")
@page(permission=Permission.OBSERVATION_VIEW, subject=queries.observation_in_tenant, subject_arg="observation_id")
def note(actor: Actor, observation: Observation) -> str:
    """Show a note with what was masked in it, and note who read it."""
    subject = ("observation", observation.id)
    audit.write(actor.tenant_id, "observation:read_note", at=clock().now(), actor=actor, subject=subject)
    return render_template("observations/note.html", observation=observation)
