"""Photos that a backup has lost: the restored database calls them only named again, so that phones are asked for them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, or_, select, update

from fieldapp.backup.manifest import PhotoFile
from fieldapp.observations.models import ObservationPhoto
from fieldapp.sync.models import NamedBlob


def ask_again(connection: Connection, lost: Iterable[PhotoFile]) -> None:
    """Take back, in a database that nobody serves yet, that these files were received.

    Were they still called whole, a phone would be told so and would forget what may be the last copy.
    """
    for tenant_id, sha256 in sorted({original for photo in lost for original in _originals(connection, photo)}):
        connection.execute(
            update(NamedBlob)
            .where(NamedBlob.tenant_id == tenant_id, NamedBlob.sha256 == sha256)
            .values(received_at=None)
        )
        connection.execute(
            update(ObservationPhoto)
            .where(ObservationPhoto.tenant_id == tenant_id, ObservationPhoto.sha256 == sha256)
            .values(state="named", clean_sha256=None, thumb_sha256=None, width_px=None, height_px=None)
        )


def _originals(connection: Connection, photo: PhotoFile) -> set[tuple[UUID, str]]:
    """Return what phones know the file by: a clean picture goes by the hash of what was received."""
    if photo.folder == "received":
        return {(photo.tenant_id, photo.sha256)}
    query = select(ObservationPhoto.sha256).where(
        ObservationPhoto.tenant_id == photo.tenant_id,
        or_(ObservationPhoto.clean_sha256 == photo.sha256, ObservationPhoto.thumb_sha256 == photo.sha256),
    )
    return {(photo.tenant_id, sha256) for sha256 in connection.execute(query).scalars()}
