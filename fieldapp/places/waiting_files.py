"""Files that were shown as a preview and wait for a yes: on the disk, for a day, known by their hash and their tenant."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

KEPT = timedelta(days=1)
WAITING_MAX = 6
"""So many files of one tenant wait; the oldest makes room."""


@dataclass(frozen=True, slots=True)
class WaitingFiles:
    """A folder of such files. Names are made of hashes, never of what a browser called the file."""

    folder: Path

    def put(self, tenant_id: UUID, raw: bytes, *, now: datetime) -> str:
        """Keep a file, forget those that waited too long or are too many, return the SHA-256."""
        sha256 = hashlib.sha256(raw).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._forget_old(now)
        handle, name = tempfile.mkstemp(dir=self.folder)  # readable by nobody else
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).replace(self._path(tenant_id, sha256))
        self._forget_many(tenant_id)
        return sha256

    def read(self, tenant_id: UUID, sha256: str) -> bytes | None:
        """Return a file that waits, or None where it does not any more."""
        try:
            return self._path(tenant_id, sha256).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, tenant_id: UUID, sha256: str) -> None:
        """Remove a file that need not wait any more."""
        self._path(tenant_id, sha256).unlink(missing_ok=True)

    def _path(self, tenant_id: UUID, sha256: str) -> Path:
        return self.folder / f"{tenant_id}-{sha256}"

    def _forget_many(self, tenant_id: UUID) -> None:
        waiting = []
        for path in self.folder.glob(f"{tenant_id}-*"):
            with suppress(FileNotFoundError):  # another process forgets too
                waiting.append((path.stat().st_mtime_ns, path))
        for _at, path in sorted(waiting)[:-WAITING_MAX]:
            path.unlink(missing_ok=True)

    def _forget_old(self, now: datetime) -> None:
        limit = (now - KEPT).timestamp()
        for path in self.folder.iterdir():
            with suppress(FileNotFoundError):  # another process forgets too
                if path.stat().st_mtime < limit:
                    path.unlink()
