"""Where the built style and modules are: Vite's manifest, read again when it changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuiltEntry:
    """An entry of the build: the names of its module and of its style sheets, below `dist`."""

    script: str
    styles: tuple[str, ...]


def built_entry(dist: Path, source: str) -> BuiltEntry | None:
    """Return what the entry `source` ("src/main.ts") was built into, or None where nothing has been built."""
    manifest = dist / "manifest.json"
    try:
        version = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(manifest, version).get(source)


@lru_cache(maxsize=4)
def _read(manifest: Path, _version: int) -> dict[str, BuiltEntry]:
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    return {
        name: BuiltEntry(entry["file"], tuple(entry.get("css", ())))
        for name, entry in entries.items()
        if entry.get("isEntry")
    }
