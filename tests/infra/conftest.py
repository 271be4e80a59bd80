"""What tests of the photos' store share: a disk that can be stopped, and a store on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.infra.blobs import BlobStore
from tests.infra.stopping_disk import Disk


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """A disk that stops when a test says so."""
    return Disk(tmp_path / "blobs")


@pytest.fixture
def store(disk: Disk) -> Iterator[BlobStore]:
    """An empty store on that disk."""
    with disk.mounted():
        yield BlobStore(disk.root)
