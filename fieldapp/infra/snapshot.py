"""A whole copy of a database, taken while it is in use."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url


def copy_database(database_url: str, folder: Path, at: datetime) -> Path:
    """Copy a database into a folder and return the file: SQLite by its backup interface, PostgreSQL by pg_dump.

    Raises:
        RuntimeError: pg_dump failed or is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    url = make_url(database_url)
    stamp = at.strftime("%Y%m%dT%H%M%S")
    if url.get_backend_name() == "sqlite":
        target = folder / f"rond-{stamp}.sqlite3"
        with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        return target
    target = folder / f"rond-{stamp}.dump"
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        subprocess.run(
            ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}"], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", b"") or str(error).encode()
        raise RuntimeError(f"pg_dump: {detail.decode(errors='replace').strip()}") from error
    return target
