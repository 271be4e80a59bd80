"""What features handed to sync: operation types, pull kinds, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
