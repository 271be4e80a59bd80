"""Picture files for tests: upright and turned, whole and broken, honest and hostile. No file is larger than it must be."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms

CORNERS = {(0, 0): (220, 30, 30), (1, 0): (30, 180, 60), (0, 1): (40, 60, 200), (1, 1): (240, 220, 60)}
"""The colours of a test picture by corner (right, lower)."""

# How to turn an upright picture so that the EXIF orientation turns it back.
TURNED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def four_colours(width: int = 120, height: int = 80) -> Image.Image:
    picture = Image.new("RGB", (width, height))
    for (right, lower), colour in CORNERS.items():
        left, top = right * width // 2, lower * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture


def noise(width: int = 160, height: int = 120) -> Image.Image:
    """A picture that does not compress: every part of its file matters."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    picture = four_colours()
    turn = TURNED[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(picture.transpose(turn) if turn is not None else picture, kind, exif=exif)


def corners(jpeg: bytes) -> dict[tuple[int, int], Any]:
    picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
    quarters = {corner: (1 + 2 * corner[0], 1 + 2 * corner[1]) for corner in CORNERS}
    return {
        corner: picture.getpixel((picture.width * across // 4, picture.height * down // 4))
        for corner, (across, down) in quarters.items()
    }


def is_near(seen: Any, wanted: Any, tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def markers(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker of a JPEG file with its body. Written apart from the code that it is used to check."""
    assert jpeg[:2] == b"\xff\xd8"
    at = 2
    while True:
        assert jpeg[at] == 0xFF, f"no marker at {at}"
        marker = jpeg[at + 1]
        if marker == 0xD9:
            yield marker, jpeg[at + 2 :]
            return
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        yield marker, jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDA:
            while not (jpeg[at] == 0xFF and jpeg[at + 1] != 0 and not 0xD0 <= jpeg[at + 1] <= 0xD7):
                at += 1


def swapped_primaries() -> bytes:
    """An ICC profile that calls red green and green red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: tuple[bytes, bytes], rows: bytes = b"") -> bytes:
    """A PNG of 8 bits grey with the given chunks before its data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    extra = b"".join(_chunk(name, body) for name, body in chunks)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + extra
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def unpacking(size_bytes: int) -> bytes:
    return zlib.compress(bytes(size_bytes), 9)


def webp_header(width: int, height: int) -> bytes:
    body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def many_scans(count: int, edge: int = 6000) -> bytes:
    """A small progressive JPEG whose last scan comes again and again: each costs a walk over all blocks."""
    jpeg = saved(Image.new("L", (edge, edge), 90), progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    scan = jpeg[last:-2]
    return jpeg[:-2] + scan * count + b"\xff\xd9"


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def _full_box(name: bytes, body: bytes, version: int = 0) -> bytes:
    return _box(name, struct.pack(">I", version << 24) + body)


def heic(width: int, height: int, payload: bytes = bytes(64)) -> bytes:
    """A HEIC file of the given size whose coded picture is nonsense."""
    brands = _box(b"ftyp", b"heic\0\0\0\0mif1heic")
    coding = bytes([1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 90, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 0])
    properties = _box(b"hvcC", coding) + _full_box(b"ispe", struct.pack(">II", width, height))
    linked = _full_box(b"ipma", struct.pack(">IHB", 1, 1, 2) + bytes([0x81, 2]))

    def meta(offset: int) -> bytes:
        item = _full_box(b"infe", struct.pack(">HH", 1, 0) + b"hvc1\0", 2)
        place = struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(payload))
        return _full_box(
            b"meta",
            _full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + _full_box(b"pitm", struct.pack(">H", 1))
            + _full_box(b"iloc", place)
            + _full_box(b"iinf", struct.pack(">H", 1) + item)
            + _box(b"iprp", _box(b"ipco", properties) + linked),
        )

    return brands + meta(len(brands) + len(meta(0)) + 8) + _box(b"mdat", payload)


OTHER_FILES = {
    "empty": (b"", "not_a_picture"),
    "text": (b"hello, this is no picture", "not_a_picture"),
    "html": (b"<!doctype html><img src=x onerror=alert(1)>", "not_a_picture"),
    "zeros": (bytes(1000), "not_a_picture"),
    "pdf": (b"%PDF-1.7\n", "not_a_picture"),
    "zip": (b"PK\x03\x04" + bytes(60), "not_a_picture"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_a_picture"),
    "gif bomb": (b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\0\0\0\0\xff\xff\xff\xff\0\2\2L\1\0;", "unsupported"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
    "svg after a declaration": (b'<?xml version="1.0"?>\n<svg/>', "unsupported"),
    "bmp": (saved(four_colours(), "BMP"), "unsupported"),
    "ico": (saved(four_colours(), "ICO"), "unsupported"),
    "tiff": (saved(four_colours(), "TIFF"), "unsupported"),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "unsupported"),
    "avif by a generic brand": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "unsupported"),
    "mp4": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "unsupported"),
    "jpeg 2000": (b"\0\0\0\x0cjP  \r\n\x87\n", "unsupported"),
}
