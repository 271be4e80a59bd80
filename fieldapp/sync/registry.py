"""What features handed to sync: operation types, pull kinds, documents; and the epoch of this store."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fieldapp.infra.feature import Document, Feature, OperationType, PullKind


@dataclass(frozen=True, slots=True)
class Registry:
    """Gathered once, by `create_app`."""

    operations: Mapping[str, OperationType]
    pulls: Mapping[str, PullKind]
    documents: Mapping[str, Document]

    @classmethod
    def gather(cls, features: Iterable[Feature]) -> Registry:
        """Gather what all features offer. A name offered twice is a fault in the program."""
        features = list(features)
        operations = [operation for feature in features for operation in feature.operations]
        pulls = [pull for feature in features for pull in feature.pulls]
        documents = [document for feature in features for document in feature.documents]
        found = cls(
            {operation.name: operation for operation in operations},
            {pull.name: pull for pull in pulls},
            {document.kind: document for document in documents},
        )
        if (len(found.operations), len(found.pulls), len(found.documents)) != (
            len(operations),
            len(pulls),
            len(documents),
        ):
            raise RuntimeError("two features offer the same name to sync")
        return found


def read_epoch(data_dir: Path) -> str:
    """Return the store's epoch, made on first use. It lies beside the database, not in it: a restore must change it."""
    path = data_dir / "epoch"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(f"e{secrets.token_hex(8)}\n")
    except FileExistsError:
        pass  # another process was first
    return path.read_text(encoding="ascii").strip()
