"""Photos as a phone takes them, and what a JPEG file carries beside its picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fieldapp.infra.pictures import draw_placeholder_photo

RECORDED = "photos/exif/ia_gps__DSCN0010.jpg"
START_OF_SCAN = 0xDA
OF_THE_PICTURE = {0xE0, 0xDB, 0xC4, 0xC0, 0xC2, 0xDD}
"""Segments a decoder needs: the JFIF header, quantisation and Huffman tables, a frame's header, the restart interval."""


def photo_with_position(shared: Path | None, folder: Path) -> Path:
    """Return a photo whose file says where it was taken: a real one where there is one, else a drawn one."""
    recorded = shared / RECORDED if shared is not None else None
    if recorded is not None and recorded.is_file():
        return recorded
    taken_at = datetime(2026, 11, 20, 21, 5)  # noqa: DTZ001 - a camera writes no zone
    photo = folder / "photo.jpg"
    photo.write_bytes(draw_placeholder_photo("graffiti", seed=3, gps=(57.7195, 12.0163), taken_at=taken_at))
    return photo


def beside_the_picture(jpeg: bytes) -> dict[int, bytes]:
    """Return every segment of a JPEG that its picture does not need, by marker: metadata, comments, profiles.

    Raises:
        AssertionError: it is no JPEG.
    """
    return {marker: content for marker, content in _segments(jpeg) if marker not in OF_THE_PICTURE}


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the marker and the content of each segment before the picture itself."""
    assert jpeg[:2] == b"\xff\xd8", "not a JPEG"
    position = 2
    while True:
        assert jpeg[position] == 0xFF, "a segment begins with its marker"
        marker, length = jpeg[position + 1], int.from_bytes(jpeg[position + 2 : position + 4])
        if marker == START_OF_SCAN:
            return
        yield marker, jpeg[position + 4 : position + 2 + length]
        position += 2 + length
