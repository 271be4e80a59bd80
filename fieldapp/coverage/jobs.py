"""What the worker does again and again for coverage. What it needs for that is loaded when it does."""

from __future__ import annotations

from fieldapp.infra.feature import Installation


def fold_tracks(installation: Installation) -> int:
    """Fold what has come of tracks, and count the rounds that are over."""
    from fieldapp.coverage import fold

    return fold.fold_tracks(installation)
