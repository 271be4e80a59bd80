"""Pictures from strangers become small, upright JPEG files that hold pixels and nothing else.

The only module that knows Pillow. `PictureCleaner` decodes in a process of its own with bounded memory and time; the
functions here that decode run there and nowhere else.
"""

from __future__ import annotations

import io
import math
import random
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageFont

from fieldapp.infra import picture_scenes
from fieldapp.infra.picture_cleaner import (
    REFUSALS,
    CleanPicture,
    PictureCleaner,
    PictureLimits,
    PictureRefused,
    PictureWorkerBroken,
    clean,
)
from fieldapp.infra.picture_formats import (
    HEAD_BYTES,
    PictureKind,
    could_end_in_flat_grey,
    declared_pixels,
    is_whole,
    recognise,
)

__all__ = [
    "REFUSALS",
    "CleanPicture",
    "PictureCleaner",
    "PictureLimits",
    "PictureRefused",
    "PictureWorkerBroken",
    "clean",
    "decoder",
    "draw_placeholder_photo",
]

JPEG_QUALITY = 75

Decoder = Callable[[bytes, dict[str, int]], tuple[dict[str, Any], list[bytes]]]

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What a HEIC decoder leaves where data is missing: luma and chroma 0, by colour matrix and range (±1 for rounding).
_UNWRITTEN_GREENS = (76, 77, 78, 83, 84, 85, 134, 135, 136, 137)


def decoder() -> Decoder:
    """Return the function of the worker process, with all that it may need loaded.

    It takes a file and `{long_edge_max_px, thumb_edge_px, pixels_max}` and returns a header and `[picture, thumbnail]`.
    `is_last` in the header asks for a new process, because a decoder failed in this one.
    """
    import pi_heif

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    # The bound on pixels is ours, and the job's; a warning has nobody to read it here.
    Image.MAX_IMAGE_PIXELS = None
    warnings.simplefilter("ignore")
    for name in ("JPEG", "PNG", "WEBP"):
        sample = io.BytesIO()
        Image.new("RGB", (8, 8)).save(sample, name, icc_profile=_srgb().tobytes(), exif=Image.Exif())
        _reencode(sample.getvalue(), {"long_edge_max_px": 4, "thumb_edge_px": 2, "pixels_max": 64})
    return _reencode


def _reencode(content: bytes, job: dict[str, int]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        kind = recognise(content[:HEAD_BYTES])
        if kind is None:
            raise PictureRefused("not_a_picture")
        if not is_whole(kind, content):
            raise PictureRefused("truncated")
        upright = _decode(_open(content, kind, job["pixels_max"]), content, kind, job["long_edge_max_px"])
        thumb = upright.copy()
        thumb.thumbnail((job["thumb_edge_px"],) * 2, Image.Resampling.LANCZOS, reducing_gap=3.0)
        bodies = [_bare_jpeg(upright), _bare_jpeg(thumb)]
    except PictureRefused as refused:
        return {"reason": refused.reason, "is_last": False}, []
    except MemoryError:
        return {"reason": "too_large", "is_last": True}, []
    except ImportError:
        raise
    except Exception:
        # Decoders raise anything. The worker is replaced, so nothing of it is carried on.
        return {"reason": "truncated", "is_last": True}, []
    return {"reason": None, "width_px": upright.width, "height_px": upright.height, "is_last": False}, bodies


def _open(content: bytes, kind: PictureKind, pixels_max: int) -> Image.Image:
    """Read the headers. Only the decoder of the kind that the first bytes name is tried."""
    if declared_pixels(kind, content) > pixels_max:
        raise PictureRefused("too_many_pixels")
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind.value])
    except (MemoryError, ValueError) as error:
        # Pillow's own bound on what a PNG's texts unpack to.
        raise PictureRefused("too_large") from error
    except Exception as error:
        raise PictureRefused("not_a_picture") from error
    if picture.width * picture.height > pixels_max:
        raise PictureRefused("too_many_pixels")
    return picture


def _decode(picture: Image.Image, content: bytes, kind: PictureKind, long_edge_max_px: int) -> Image.Image:
    """Return the picture small, upright, opaque and in sRGB.

    Small comes first: it bounds what the rest costs, and lets a JPEG be decoded at a fraction of its size.

    Raises:
        Exception: of any kind, for a damaged picture.
    """
    small = _plain(picture)
    small.thumbnail((long_edge_max_px, long_edge_max_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.load()
    if kind is PictureKind.JPEG and _ends_grey(small) and not could_end_in_flat_grey(content):
        raise PictureRefused("truncated")
    if kind is PictureKind.HEIC and _has_unwritten(small):
        raise PictureRefused("truncated")
    profile = picture.info.get("icc_profile")
    alpha = small.getchannel("A") if small.mode in {"LA", "RGBA"} else None
    colour = _in_srgb(small.convert("RGB") if alpha else small, profile)
    if alpha is not None:
        background = Image.new("RGB", small.size, "white")
        background.paste(colour, mask=alpha)
        colour = background
    turn = _UPRIGHT.get(_orientation(picture))
    return colour if turn is None else colour.transpose(turn)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be made smaller: no palette, 8 bits, transparency as a channel."""
    if picture.mode.startswith(("I", "F")):
        # Sixteen bits of grey; eight are kept.
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    if "transparency" in picture.info or picture.mode == "PA":
        return picture.convert("RGBA")
    if picture.mode in {"P", "YCbCr", "LAB", "HSV"}:
        return picture.convert("RGB")
    return picture


def _ends_grey(small: Image.Image) -> bool:
    """Tell whether the last corner, before any colour profile, is what a JPEG decoder paints for missing data."""
    corner = (small.width - max(1, small.width // 50), small.height - max(1, small.height // 100), *small.size)
    extrema = small.crop(corner).getextrema()
    return extrema in {(128, 128), ((128, 128),) * 3}


def _has_unwritten(small: Image.Image) -> bool:
    """Tell whether a two-hundredth of the picture has exactly a colour that a HEIC decoder leaves for missing data."""
    red, green, blue = small.convert("RGB").split()
    is_green = ImageChops.lighter(red, blue).point(lambda value: 255 * (value == 0))
    counts = green.histogram(is_green)
    return max(counts[value] for value in _UNWRITTEN_GREENS) * 200 > small.width * small.height


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB. A profile that does not fit is left out: colours a little off do no harm."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(picture, io.BytesIO(profile), _srgb(), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        # Broken EXIF raises anything; a picture of unknown orientation is taken as upright.
        return 1


def _bare_jpeg(picture: Image.Image) -> bytes:
    """Encode a copy of the pixels alone: a copy of the picture would bring comments along."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return written.getvalue()


def draw_placeholder_photo(
    motif: str,
    *,
    seed: int,
    width_px: int = 1280,
    height_px: int = 960,
    gps: tuple[float, float] | None = None,
    taken_at: datetime | None = None,
) -> bytes:
    """Draw a demonstration photo, marked as one, as JPEG bytes: the same for the same arguments.

    `motif` is one of `picture_scenes.MOTIFS`. `gps` is latitude and longitude in degrees (WGS 84); with it, or with
    `taken_at`, the file carries EXIF as a phone writes it.
    """
    rng = random.Random(f"{motif} {seed}")  # noqa: S311 - a drawing, not a secret
    photo = Image.new("RGB", (width_px, height_px))
    for shape in picture_scenes.scene(motif, rng):
        _draw(photo, shape)
    grain = Image.frombytes("L", photo.size, rng.randbytes(width_px * height_px)).filter(ImageFilter.GaussianBlur(0.8))
    faint = grain.point(lambda value: 128 + (value - 128) * 0.4).convert("RGB")
    photo = ImageChops.soft_light(photo.filter(ImageFilter.GaussianBlur(width_px / 1600)), faint)
    font = ImageFont.load_default(size=height_px // 28)
    label = ImageDraw.Draw(photo)
    label.text((width_px * 0.98, height_px * 0.97), "DEMO", fill="white", anchor="rs", font=font)
    written = io.BytesIO()
    exif = b"" if gps is None and taken_at is None else _phone_exif(gps, taken_at).tobytes()
    photo.save(written, "JPEG", quality=80, exif=exif)
    return written.getvalue()


def _draw(photo: Image.Image, shape: picture_scenes.Shape) -> None:
    """Draw one shape; its coordinates are fractions of the photo's width and height, its widths of the width."""
    points = [(x * photo.width, y * photo.height) for x, y in shape.points]
    if not shape.softness and shape.opacity == 1:
        _fill(photo, shape, points, shape.width * photo.width, shape.colour)
        return
    left, top, right, bottom = _touched(photo, points, (3 * shape.softness + shape.width) * photo.width)
    # What is blurred needs no fine mask.
    scale = 1 / 8 if shape.softness else 1.0
    mask = Image.new("L", (math.ceil((right - left) * scale), math.ceil((bottom - top) * scale)))
    moved = [((x - left) * scale, (y - top) * scale) for x, y in points]
    _fill(mask, shape, moved, shape.width * photo.width * scale, round(255 * shape.opacity))
    if shape.softness:
        blurred = mask.filter(ImageFilter.GaussianBlur(shape.softness * photo.width * scale))
        mask = blurred.resize((right - left, bottom - top))
    photo.paste(shape.colour, (left, top, left + mask.width, top + mask.height), mask)


def _touched(photo: Image.Image, points: Sequence[tuple[float, float]], margin: float) -> tuple[int, int, int, int]:
    """Return the box around `points` that can change, inside the photo and not empty."""
    across, down = [x for x, _ in points], [y for _, y in points]
    left, top = max(0, int(min(across) - margin)), max(0, int(min(down) - margin))
    right, bottom = min(photo.width, int(max(across) + margin) + 1), min(photo.height, int(max(down) + margin) + 1)
    return min(left, photo.width - 1), min(top, photo.height - 1), max(right, left + 1), max(bottom, top + 1)


def _fill(
    canvas: Image.Image,
    shape: picture_scenes.Shape,
    points: list[tuple[float, float]],
    width: float,
    fill: int | tuple[int, int, int],
) -> None:
    pen = ImageDraw.Draw(canvas)
    if shape.kind == "line":
        pen.line(points, fill=fill, width=max(1, round(width)), joint="curve")
    elif shape.kind == "ellipse":
        pen.ellipse(points, fill=fill)
    else:
        pen.polygon(points, fill=fill)


def _phone_exif(gps: tuple[float, float] | None, taken_at: datetime | None) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Rond", "Demo"
    exif[ExifTags.Base.Orientation] = 1
    if taken_at is not None:
        exif[ExifTags.Base.DateTime] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    if gps is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if gps[0] >= 0 else "S",
                ExifTags.GPS.GPSLatitude: _degrees(gps[0]),
                ExifTags.GPS.GPSLongitudeRef: "E" if gps[1] >= 0 else "W",
                ExifTags.GPS.GPSLongitude: _degrees(gps[1]),
            }
        )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    """Return degrees, minutes and seconds as EXIF writes them."""
    minutes, seconds = divmod(abs(value) * 3600, 60)
    degrees, minutes = divmod(minutes, 60)
    return degrees, minutes, round(seconds, 3)
