"""What a backup says it holds: one JSON document, written last, with a digest over itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

FORMAT = 1
MANIFEST_FILE = "manifest.json"


class BadManifest(ValueError):
    """The manifest is not there, not whole, not ours, or not what was written."""


@dataclass(frozen=True, slots=True, order=True)
class PhotoFile:
    """One photo file: `folder` is received or clean, the name the SHA-256 of its bytes."""

    tenant_id: UUID
    folder: str
    sha256: str

    @property
    def path(self) -> str:
        """Return where it lies, below the folder of all photos."""
        return f"{self.tenant_id}/{self.folder}/{self.sha256}"

    @classmethod
    def of(cls, path: str) -> PhotoFile:
        """Take a path apart again."""
        tenant_id, folder, sha256 = path.split("/")
        return cls(UUID(tenant_id), folder, sha256)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`heads` is each tenant's last seq, `rows` each table's count, `photos` each file's size in bytes.

    `lacking` are photos that the database calls whole and that neither the store nor the backups have.
    """

    name: str
    taken_at: datetime
    epoch: str
    app: str
    migration: str
    database_file: str
    database_sha256: str
    database_bytes: int
    heads: Mapping[UUID, int]
    rows: Mapping[str, int]
    photos: Mapping[PhotoFile, int]
    lacking: tuple[PhotoFile, ...] = ()

    def to_bytes(self) -> bytes:
        """Write it down, the digest of all the rest at its end."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "taken_at": self.taken_at.isoformat(),
            "epoch": self.epoch,
            "app": self.app,
            "migration": self.migration,
            "database": {"file": self.database_file, "sha256": self.database_sha256, "bytes": self.database_bytes},
            "heads": {str(tenant): seq for tenant, seq in sorted(self.heads.items())},
            "rows": dict(sorted(self.rows.items())),
            "photos": {
                photo.path: {"sha256": photo.sha256, "bytes": size} for photo, size in sorted(self.photos.items())
            },
            "lacking": [photo.path for photo in sorted(self.lacking)],
        }
        return json.dumps({**content, "digest": _digest(content)}, indent=1).encode()


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        BadManifest: it says what is wrong with it.
    """
    try:
        said = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        digest = said.pop("digest")
    except FileNotFoundError as error:
        raise BadManifest("missing") from error
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BadManifest(f"not whole: {error}") from error
    if digest != _digest(said):
        raise BadManifest("damaged: it is not what was written")
    if said["format"] != FORMAT:
        raise BadManifest(f"of format {said['format']}, which this release does not know")
    return Manifest(
        name=said["name"],
        taken_at=datetime.fromisoformat(said["taken_at"]),
        epoch=said["epoch"],
        app=said["app"],
        migration=said["migration"],
        database_file=said["database"]["file"],
        database_sha256=said["database"]["sha256"],
        database_bytes=said["database"]["bytes"],
        heads={UUID(tenant): seq for tenant, seq in said["heads"].items()},
        rows=said["rows"],
        photos={PhotoFile.of(path): photo["bytes"] for path, photo in said["photos"].items()},
        lacking=tuple(PhotoFile.of(path) for path in said["lacking"]),
    )
