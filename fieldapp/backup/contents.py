"""What a database holds that a backup answers for: seqs, rows, photo files, and how long it may be kept.

Read with Core statements that name their columns, on whatever connection: the database may be a copy, and of another release.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, MetaData, Table, func, inspect, select

from fieldapp.access.models import Organisation
from fieldapp.backup.manifest import PhotoFile
from fieldapp.infra.changes import FeedHead
from fieldapp.observations.models import ObservationPhoto
from fieldapp.sync.models import NamedBlob

LONGEST_RETENTION = timedelta(hours=744)
"""Where no organisation stores tracks: as long as one may choose to store them at most."""


def heads(connection: Connection) -> dict[UUID, int]:
    """Return the last seq of each tenant."""
    rows = connection.execute(select(FeedHead.tenant_id, FeedHead.seq))
    return {row.tenant_id: row.seq for row in rows}


def row_counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = inspect(connection).get_table_names()
    return {
        name: connection.execute(select(func.count()).select_from(Table(name, MetaData()))).scalar_one()
        for name in sorted(names)
    }


def whole_photos(connection: Connection) -> set[PhotoFile]:
    """Return the files that the database calls whole: what phones may free once a verified backup has them."""
    states: dict[tuple[UUID, str], set[str]] = {}
    found: set[PhotoFile] = set()
    photos = select(
        ObservationPhoto.tenant_id,
        ObservationPhoto.sha256,
        ObservationPhoto.state,
        ObservationPhoto.clean_sha256,
        ObservationPhoto.thumb_sha256,
    )
    for row in connection.execute(photos):
        states.setdefault((row.tenant_id, row.sha256), set()).add(row.state)
        found |= {PhotoFile(row.tenant_id, "clean", name) for name in (row.clean_sha256, row.thumb_sha256) if name}
        if row.state == "received":
            found.add(PhotoFile(row.tenant_id, "received", row.sha256))
    # Photos of held operations have no row of their own yet; what was received of them lies in quarantine.
    blobs = select(NamedBlob.tenant_id, NamedBlob.sha256).where(NamedBlob.received_at.is_not(None)).distinct()
    for tenant_id, sha256 in connection.execute(blobs):
        if not states.get((tenant_id, sha256), set()) & {"clean", "refused"}:
            found.add(PhotoFile(tenant_id, "received", sha256))
    return found


def retention(connection: Connection) -> timedelta:
    """Return how old a backup may grow: what one organisation lets be erased must not live on in a backup of all."""
    stored = Organisation.track_retention_hours
    query = select(func.min(stored)).where(Organisation.is_tenant, stored > 0)
    shortest: int | None = connection.execute(query).scalar()
    return LONGEST_RETENTION if shortest is None else timedelta(hours=shortest)
