"""Everything an installation holds, as values that can be compared: each row of each table, each file of the store."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from fieldapp.infra.db import db

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class WholeState:
    """Rows by table, each as sorted JSON; files by their path below the store's folder, each as its SHA-256."""

    rows: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Return one hash of it all."""
        return hashlib.sha256(json.dumps([dict(self.rows), dict(self.files)], sort_keys=True).encode()).hexdigest()

    def changed(self, before: WholeState) -> set[str]:
        """Return the tables and files that are not as they were."""
        tables = {name for name in self.rows if self.rows[name] != before.rows.get(name)}
        paths = {path for path in {*self.files, *before.files} if self.files.get(path) != before.files.get(path)}
        return tables | paths

    def named_alike(self, known: Set[str]) -> WholeState:
        """Return it with every identifier that is not `known` replaced by what its row holds.

        The server draws identifiers of its own, anew in every try: two runs that did the same differ in nothing else.
        """

        def blank(text: str) -> str:
            return UUID.sub(lambda found: found.group() if found.group() in known else "?", text)

        names: dict[str, str] = {}
        for table, rows in self.rows.items():
            for row in rows:
                for key in ("id", "public_id"):
                    own = json.loads(row).get(key)
                    if isinstance(own, str) and own not in known:
                        names[own] = hashlib.sha256(f"{table}.{key} {blank(row)}".encode()).hexdigest()

        def alike(text: str) -> str:
            return UUID.sub(lambda found: names.get(found.group(), found.group()), text)

        return WholeState({name: tuple(sorted(map(alike, rows))) for name, rows in self.rows.items()}, self.files)

    @property
    def identifiers(self) -> set[str]:
        """Return every identifier that stands in a row."""
        return {found for rows in self.rows.values() for row in rows for found in UUID.findall(row)}


def whole_state(app: Flask) -> WholeState:
    """Read everything of an installation."""
    with app.app_context():
        state = WholeState(_rows(), _files(app))
        db.session.remove()
    return state


def _rows() -> dict[str, tuple[str, ...]]:
    rows: dict[str, tuple[str, ...]] = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found = connection.execute(select(table)).mappings()
            rows[table.name] = tuple(sorted(json.dumps(dict(row), default=str, sort_keys=True) for row in found))
    return rows


def _files(app: Flask) -> dict[str, str]:
    root: Any = app.extensions["rond_settings"].data_dir / "blobs"
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
