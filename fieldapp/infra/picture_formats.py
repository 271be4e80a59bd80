"""What the bytes of a picture file say about themselves, read without decoding it. Pure; the bytes may be hostile.

Sources: ITU T.81 annex B (JPEG), PNG third edition §5, RFC 9649 (WebP), ISO/IEC 14496-12 §4.2 and 23008-12 §10.2
(HEIC).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 64

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
_GENERIC_BRANDS = frozenset({b"mif1", b"msf1"})
_OTHER_PICTURES = re.compile(
    rb"GIF8|BM|II[*+]\0|MM\0[*+]|\0\0[\1\2]\0|8BPS|qoif|\xff\x0a|\0\0\0\x0c(JXL|jP ) |.{4}ftyp"
    rb"|\s*(<\?xml[^>]*>\s*)?<svg",
    re.DOTALL,
)

# The image size property, with its version and flags; each item of the file may have one.
_ISPE = re.compile(rb"\0\0\0\x14ispe\0{4}(.{4})(.{4})", re.DOTALL)

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_SOF_PROGRESSIVE = 0xC2
# Inside a scan 0xFF is followed by 0x00 (a stuffed byte) or by a restart marker; anything else ends the scan.
_SCAN_END = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
# JFIF header, quantisation and Huffman tables, baseline or progressive frame, restart interval: what a decoder needs.
_BARE_MARKERS = frozenset({0xE0, 0xDB, 0xC4, 0xC0, 0xC2, 0xDD, _SOS, _EOI})


class PictureKind(StrEnum):
    """The kinds of picture that are accepted, by their Pillow names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIF"


@dataclass(frozen=True, slots=True)
class JpegSegment:
    """One marker segment; a scan's segment reaches to the next marker. `start` is the marker's own offset."""

    marker: int
    start: int
    body: int
    end: int


def recognise(head: bytes) -> PictureKind | None:
    """Tell by the first HEAD_BYTES bytes which accepted kind this is."""
    if head.startswith(b"\xff\xd8\xff"):
        return PictureKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureKind.WEBP
    if head[4:8] == b"ftyp" and _is_heic(head):
        return PictureKind.HEIC
    return None


def is_other_picture(head: bytes) -> bool:
    """Tell whether this is a picture of a kind that is not accepted, so that the answer can say so."""
    return _OTHER_PICTURES.match(head) is not None


def _is_heic(head: bytes) -> bool:
    length = int.from_bytes(head[:4], "big")
    brands = {head[at : at + 4] for at in range(16, min(length, len(head)), 4)}
    major = head[8:12]
    if major in _GENERIC_BRANDS:
        return bool(brands & _HEIC_BRANDS)
    return major in _HEIC_BRANDS


def is_whole(kind: PictureKind, content: bytes) -> bool:
    """Tell whether the file reaches as far as its own structure says. Decoders differ in whether they mind."""
    checks = {
        PictureKind.JPEG: _is_whole_jpeg,
        PictureKind.PNG: _is_whole_png,
        PictureKind.WEBP: _is_whole_webp,
        PictureKind.HEIC: _is_whole_heic,
    }
    return checks[kind](content)


def jpeg_segments(content: bytes) -> Iterator[JpegSegment]:
    """Yield the segments of the first image in a JPEG file, as far as they go; the last is EOI if it is whole."""
    at = 2
    while (start := content.find(b"\xff", at)) >= 0:
        at = start + 1
        while content[at : at + 1] == b"\xff":
            at += 1
        if at >= len(content):
            return
        marker = content[at]
        at += 1
        if marker == _EOI:
            yield JpegSegment(marker, start, at, at)
            return
        if marker in {0x00, 0x01, _SOI} or 0xD0 <= marker <= 0xD7:
            continue
        if at + 2 > len(content):
            return
        body = at + 2
        at += max(2, int.from_bytes(content[at:body], "big"))
        if at > len(content):
            return
        if marker == _SOS:
            found = _SCAN_END.search(content, at)
            at = found.start() if found else len(content)
        yield JpegSegment(marker, start, body, at)


def is_bare_jpeg(content: bytes) -> bool:
    """Tell whether a JPEG file holds pixels and nothing else: no metadata, no comment, nothing behind its end."""
    if not content.startswith(b"\xff\xd8"):
        return False
    at = 2
    marker = _SOI
    for segment in jpeg_segments(content):
        is_jfif = content[segment.body : segment.body + 5] == b"JFIF\0" and segment.end - segment.body == 14
        is_next = segment.start == at and content[at + 1] == segment.marker
        if not is_next or segment.marker not in _BARE_MARKERS or (segment.marker == 0xE0 and not is_jfif):
            return False
        at, marker = segment.end, segment.marker
    return marker == _EOI and at == len(content)


def could_end_in_flat_grey(content: bytes) -> bool:
    """Tell whether the end of a whole JPEG's data can mean blocks of one colour.

    A decoder paints what is missing in flat grey. A picture that truly ends in it says the same for every block: its
    last bytes repeat. A progressive picture with more than one scan has had all its blocks by then.
    """
    segments = list(jpeg_segments(content))
    scans = [segment for segment in segments if segment.marker == _SOS]
    if any(segment.marker == _SOF_PROGRESSIVE for segment in segments):
        return len(scans) > 1
    last = scans[-1]
    begin = last.body - 2 + int.from_bytes(content[last.body - 2 : last.body], "big")
    # The last byte or two are padded; half of a short scan may belong to other blocks.
    tail = content[begin : last.end - 2]
    tail = tail[-min(64, len(tail) // 2) :]
    return len(tail) < 4 or any(tail[period:] == tail[:-period] for period in range(1, len(tail) // 2 + 1))


def declared_pixels(kind: PictureKind, content: bytes) -> int:
    """Return the pixels of a WebP or HEIC picture, 0 where it does not say. Their decoders make room before one can ask."""
    if kind is PictureKind.WEBP:
        return _webp_pixels(content)
    if kind is PictureKind.HEIC:
        sizes = [
            (int.from_bytes(width, "big"), int.from_bytes(height, "big")) for width, height in _ISPE.findall(content)
        ]
        return max((width * height for width, height in sizes), default=0)
    return 0


def _webp_pixels(content: bytes) -> int:
    chunk, body = content[12:16], content[20:30]
    if chunk == b"VP8X":
        return (1 + int.from_bytes(body[4:7], "little")) * (1 + int.from_bytes(body[7:10], "little"))
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF))
    if chunk == b"VP8 ":
        return (int.from_bytes(body[6:8], "little") & 0x3FFF) * (int.from_bytes(body[8:10], "little") & 0x3FFF)
    return 0


def _is_whole_jpeg(content: bytes) -> bool:
    markers = [segment.marker for segment in jpeg_segments(content)]
    return _SOS in markers and markers[-1] == _EOI


def _is_whole_png(content: bytes) -> bool:
    at = 8
    while at + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        at += 12 + length
        if name == b"IEND":
            return bool(at <= len(content))
    return False


def _is_whole_webp(content: bytes) -> bool:
    return 8 + int.from_bytes(content[4:8], "little") <= len(content)


def _is_whole_heic(content: bytes) -> bool:
    at = 0
    names = set()
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if length == 1 and at + 16 <= len(content):
            length = struct.unpack_from(">Q", content, at + 8)[0]
        elif length == 0:
            length = len(content) - at
        if length < 8 or at + length > len(content):
            return False
        names.add(name)
        at += length
    return b"meta" in names
