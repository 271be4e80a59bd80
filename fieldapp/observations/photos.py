"""Photos of observations: what was received becomes a clean picture, or is refused; the record stays either way."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from fieldapp.infra import changes
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.infra.picture_cleaner import CleanPicture, PictureCleaner, PictureRefused, PictureWorkerBroken
from fieldapp.infra.rows import TENANT, forget, is_one_of, prepared, run, table_of, unsearched
from fieldapp.observations.models import ObservationPhoto

log = logging.getLogger("fieldapp.photos")
BATCH_MAX = 50
NAMES_MAX = 500


def mark_received(facts: tuple[UUID, tuple[str, ...], datetime]) -> None:
    """Mark every reference to the hashes (tenant, hashes, at) as received; one that is clean elsewhere is clean at once."""
    tenant_id, sha256s, at = facts
    photos = list(run(_REFERENCES, sha256s=sha256s))
    outcomes = {photo.sha256: photo for photo in photos if photo.state in {"clean", "refused"}}
    named = [photo for photo in photos if photo.state == "named"]
    waiting = [photo.id for photo in named if photo.sha256 not in outcomes]
    if waiting:
        run(_SET_RECEIVED, ids=waiting)
    for photo in named:
        if photo.sha256 in outcomes:
            outcome = outcomes[photo.sha256]._asdict()
            run(_SET_OUTCOME, ids=[photo.id], **{f"new_{name}": outcome[name] for name in _OUTCOME})
    if named:
        forget(ObservationPhoto)
        changes.note_many(tenant_id, [change for photo in named for change in _told(photo)], at=at)


_PHOTOS = table_of(ObservationPhoto)
_OUTCOME = ("state", "refused_why", "clean_sha256", "thumb_sha256", "width_px", "height_px")
_REFERENCES = prepared(
    select(_PHOTOS.c.id, _PHOTOS.c.observation_id, _PHOTOS.c.author_id, _PHOTOS.c.sha256)
    .add_columns(*(_PHOTOS.c[name] for name in _OUTCOME))
    .where(_PHOTOS.c.tenant_id == TENANT, is_one_of(_PHOTOS.c.sha256, "sha256s"))
)
_OF_THESE = (unsearched(_PHOTOS.c.tenant_id) == TENANT, is_one_of(_PHOTOS.c.id, "ids"))
_SET_RECEIVED = prepared(update(_PHOTOS).where(*_OF_THESE).values(state="received"))
_SET_OUTCOME = prepared(
    update(_PHOTOS).where(*_OF_THESE).values({_PHOTOS.c[name]: bindparam(f"new_{name}") for name in _OUTCOME})
)


def _told(photo: Any) -> list[tuple[str, UUID, UUID]]:
    """Return what the author's phone is told of: the photo, and its record."""
    return [("photo", photo.id, photo.author_id), ("observation", photo.observation_id, photo.author_id)]


def clean_received(installation: Installation) -> int:
    """Clean the photos that wait for it. Return how many hashes were dealt with.

    The picture is made outside any transaction; a crash before the row is written leaves it waiting, and it is made again.
    """
    with transaction(write=False):
        waiting = db.session.execute(
            select(ObservationPhoto.tenant_id, ObservationPhoto.sha256)
            .where(ObservationPhoto.state == "received")
            .distinct()
            .limit(BATCH_MAX),
            execution_options=ACROSS_TENANTS,
        ).all()
    store = installation.blobs
    dealt_with = 0
    for tenant_id, sha256 in waiting:
        try:
            outcome = _clean_one(store, installation.cleaner, tenant_id, sha256)
        except PictureWorkerBroken as broken:
            # The installation is at fault, not the picture: it goes on waiting, and those behind it get their turn.
            log.error("photo %s waits: the picture worker is broken", sha256, exc_info=broken)
            continue
        with as_tenant(tenant_id, write=True):
            _write_outcome(tenant_id, sha256, outcome, installation.clock.now())
        store.discard_received(tenant_id, sha256)
        dealt_with += 1
    return dealt_with


def sweep_received(installation: Installation) -> int:
    """Discard received files whose photos are all dealt with: the worker may have stopped before it could."""
    swept = 0
    for tenant_id in installation.blobs.owners():
        names = installation.blobs.received_names(tenant_id)
        with as_tenant(tenant_id, write=False):
            states: dict[str, set[str]] = {}
            for start in range(0, len(names), NAMES_MAX):
                some = names[start : start + NAMES_MAX]
                query = select(ObservationPhoto.sha256, ObservationPhoto.state)
                for sha256, state in db.session.execute(query.where(ObservationPhoto.sha256.in_(some))):
                    states.setdefault(sha256, set()).add(state)
        for sha256 in sorted(states):
            if states[sha256] <= {"clean", "refused"}:
                installation.blobs.discard_received(tenant_id, sha256)
                swept += 1
    return swept


def _clean_one(
    store: BlobStore, cleaner: PictureCleaner, tenant_id: UUID, sha256: str
) -> CleanPicture | PictureRefused:
    try:
        picture = cleaner.clean(store.received_path(tenant_id, sha256))
    except PictureRefused as refused:
        return refused
    except FileNotFoundError:
        return PictureRefused("missing")
    store.put_clean(tenant_id, picture.jpeg)
    store.put_clean(tenant_id, picture.thumb)
    return picture


def _write_outcome(tenant_id: UUID, sha256: str, outcome: CleanPicture | PictureRefused, at: datetime) -> None:
    photos: Sequence[ObservationPhoto] = db.session.scalars(
        select(ObservationPhoto).where(ObservationPhoto.sha256 == sha256, ObservationPhoto.state == "received")
    ).all()
    for photo in photos:
        if isinstance(outcome, PictureRefused):
            photo.state, photo.refused_why = "refused", outcome.reason
        else:
            photo.state = "clean"
            photo.clean_sha256, photo.thumb_sha256 = outcome.sha256, outcome.thumb_sha256
            photo.width_px, photo.height_px = outcome.width_px, outcome.height_px
    changes.note_many(tenant_id, [change for photo in photos for change in _told(photo)], at=at)
