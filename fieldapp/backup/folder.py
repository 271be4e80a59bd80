"""The folder of all backups: which there are, what was found in them, and the photo files they share."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldapp.backup.manifest import BadManifest, Manifest, PhotoFile, read_manifest
from fieldapp.infra.durable import write_durably
from fieldapp.infra.part_files import fsync_folder

PREFIX = "rond-"
UNFINISHED = ".unfinished-"
VERDICT_FILE = "verdict.json"
STAMP = "%Y%m%dT%H%M%SZ"


class BackupFailed(Exception):
    """A backup could not be made, read or put back; the message is for the operator."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found. Without faults the backup is verified."""

    checked_at: datetime
    faults: tuple[str, ...]
    damaged: tuple[str, ...] = ()
    """`damaged`: the paths of photo files whose bytes are not what they were."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup as it lies there; the manifest is None when it cannot be read."""

    path: Path
    manifest: Manifest | None
    verdict: Verdict | None

    @property
    def name(self) -> str:
        """Return its name: that of its folder."""
        return self.path.name

    @property
    def is_verified(self) -> bool:
        """Tell whether its newest verification found no fault."""
        return self.manifest is not None and self.verdict is not None and not self.verdict.faults


class BackupFolder:
    """The backups below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.photos = root / "files"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from the backups, and remove what an interrupted command left.

        Raises:
            BackupFailed: another command is at work.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in [*self.root.glob(f"{UNFINISHED}*"), *self.root.glob(".scratch-*")]:
                _remove(left)
            yield
        except BlockingIOError as error:
            raise BackupFailed("another backup command is at work") from error
        finally:
            os.close(fd)

    def all(self) -> list[Backup]:
        """Return every backup, the oldest first; one whose manifest cannot be read goes by its name."""
        found = [self._read(path) for path in self.root.glob(f"{PREFIX}*") if path.is_dir()]
        return sorted(found, key=lambda backup: backup.name)

    def one(self, name: str | None) -> Backup:
        """Return the backup of this name, or the newest.

        Raises:
            BackupFailed: there is none.
        """
        found = [backup for backup in self.all() if name in (None, backup.name)]
        if not found:
            raise BackupFailed(f"there is no backup {name}" if name else f"there is no backup in {self.root}")
        return found[-1]

    def _read(self, path: Path) -> Backup:
        try:
            manifest = read_manifest(path)
        except BadManifest:
            manifest = None
        return Backup(path, manifest, _read_verdict(path))

    def free_name(self, at: datetime) -> str:
        """Return the name of a backup taken now: names sort as their times do."""
        taken = {backup.name for backup in self.all()}
        name = f"{PREFIX}{at.strftime(STAMP)}"
        return next(free for free in (name, *(f"{name}-{number}" for number in range(2, 100))) if free not in taken)

    @contextmanager
    def unfinished(self, name: str) -> Iterator[Path]:
        """Make a backup's folder under another name; it gets its own when all that is in it is on the disk."""
        work = self.root / f"{UNFINISHED}{name}"
        work.mkdir(mode=0o700)
        try:
            yield work
            fsync_folder(work)
            work.replace(self.root / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        fsync_folder(self.root)

    def remove(self, backup: Backup) -> None:
        """Remove a backup: first its name, so that no half of it is ever taken for one."""
        doomed = self.root / f"{UNFINISHED}{backup.name}"
        backup.path.replace(doomed)
        fsync_folder(self.root)
        shutil.rmtree(doomed)

    def write_verdict(self, backup: Backup, verdict: Verdict) -> None:
        """Keep what a verification found, beside what it looked at."""
        content = {
            "checked_at": verdict.checked_at.isoformat(),
            "faults": list(verdict.faults),
            "damaged": list(verdict.damaged),
        }
        write_durably(backup.path / VERDICT_FILE, json.dumps(content, indent=1).encode())

    def photo_path(self, photo: PhotoFile) -> Path:
        """Return where the backups keep a photo file."""
        return self.photos / photo.path


def _read_verdict(path: Path) -> Verdict | None:
    try:
        said = json.loads((path / VERDICT_FILE).read_text(encoding="utf-8"))
        return Verdict(datetime.fromisoformat(said["checked_at"]), tuple(said["faults"]), tuple(said["damaged"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
