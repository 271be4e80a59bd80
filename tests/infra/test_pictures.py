"""What a stranger's picture becomes: small, upright, in sRGB, and nothing but pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fieldapp.infra.picture_formats import is_bare_jpeg
from fieldapp.infra.picture_scenes import MOTIFS
from fieldapp.infra.pictures import CleanPicture, PictureCleaner, PictureRefused, clean, draw_placeholder_photo
from tests.infra.picture_files import (
    CORNERS,
    OTHER_FILES,
    corners,
    four_colours,
    heic,
    is_near,
    markers,
    noise,
    saved,
    swapped_primaries,
    turned,
)

Cleaned = Callable[..., CleanPicture]
NEEDED_MARKERS = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}


@pytest.fixture(scope="module")
def cleaner() -> Iterator[PictureCleaner]:
    with PictureCleaner() as cleaner:
        yield cleaner


@pytest.fixture
def cleaned(cleaner: PictureCleaner, tmp_path: Path) -> Cleaned:
    def clean_bytes(content: bytes, **options: Any) -> CleanPicture:
        source = tmp_path / "received"
        source.write_bytes(content)
        return cleaner.clean(source, **options)

    return clean_bytes


def refusal(cleaned: Cleaned, content: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        cleaned(content)
    return refused.value.reason


def assert_bare(jpeg: bytes) -> None:
    """Nothing but a JFIF header, tables, one frame and one scan; nothing behind the end."""
    found = list(markers(jpeg))
    assert {marker for marker, _ in found} <= NEEDED_MARKERS
    assert [body[:5] for marker, body in found if marker == 0xE0] == [b"JFIF\0"]
    assert found[-1] == (0xD9, b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(cleaned: Cleaned, orientation: int, kind: str) -> None:
    picture = cleaned(turned(orientation, kind))
    assert (picture.width_px, picture.height_px) == (120, 80)
    seen = corners(picture.jpeg)
    assert all(is_near(seen[corner], colour, 25) for corner, colour in CORNERS.items()), seen


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"x"]
)
def test_a_picture_with_broken_exif_is_taken_as_upright(cleaned: Cleaned, exif: bytes) -> None:
    seen = corners(cleaned(saved(four_colours(), exif=exif)).jpeg)
    assert is_near(seen[0, 0], CORNERS[0, 0], 25)


def test_all_metadata_is_gone(cleaned: Cleaned) -> None:
    canary = "CANARY-59.3293-18.0686"
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = canary, canary
    exif.get_ifd(0x8825)[2] = (59.0, 19.0, 45.5)
    inside: dict[str, Any] = {
        "exif": exif,
        "comment": canary.encode(),
        "icc_profile": swapped_primaries() + canary.encode(),
    }
    jpeg = saved(four_colours(), xmp=b"<x>" + canary.encode(), **inside)
    iptc = b"Photoshop 3.0\x008BIM" + canary.encode()
    jpeg = jpeg[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + jpeg[2:] + canary.encode()
    assert {0xE1, 0xE2, 0xED, 0xFE} <= {marker for marker, _ in markers(jpeg)}
    for kind, content in {
        "JPEG": jpeg,
        "JPEG without a profile": saved(four_colours(), exif=exif, comment=canary.encode()),
        "PNG": saved(four_colours(), "PNG", exif=exif, icc_profile=swapped_primaries()),
        "WEBP": saved(four_colours(), "WEBP", exif=exif, xmp=canary.encode()),
    }.items():
        picture = cleaned(content)
        for result in (picture.jpeg, picture.thumb):
            assert_bare(result)
            assert b"CANARY" not in result, kind
            assert not Image.open(io.BytesIO(result)).getexif()


def test_a_photo_with_a_position_loses_it(cleaned: Cleaned) -> None:
    photo = draw_placeholder_photo("lamp", seed=1, width_px=320, height_px=240, gps=(57.7089, -11.9746))
    gps = Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)
    assert (gps[1], gps[3]) == ("N", "W")
    assert [round(float(part), 2) for part in (*gps[2], *gps[4])] == [57, 42, 32.04, 11, 58, 28.56]
    assert_bare(cleaned(photo).jpeg)


@pytest.mark.parametrize(
    ("size", "wanted", "thumb"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((1200, 2000), (960, 1600), (192, 320)),
        ((1600, 900), (1600, 900), (320, 180)),
        ((40, 30), (40, 30), (40, 30)),
        ((1, 1), (1, 1), (1, 1)),
        ((9000, 2), (1600, 1), (320, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_long_edge_is_bounded_and_nothing_is_enlarged(
    cleaned: Cleaned, kind: str, size: tuple[int, int], wanted: tuple[int, int], thumb: tuple[int, int]
) -> None:
    picture = cleaned(saved(Image.new("RGB", size, (200, 80, 40)), kind))
    assert (picture.width_px, picture.height_px) == wanted == Image.open(io.BytesIO(picture.jpeg)).size
    assert Image.open(io.BytesIO(picture.thumb)).size == thumb


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGB", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("RGBA", "WEBP"), ("P", "WEBP")],
)
def test_colours_are_kept_in_every_mode(cleaned: Cleaned, mode: str, kind: str) -> None:
    picture = four_colours().convert(mode) if mode != "P" else four_colours().quantize(16)
    seen = corners(cleaned(saved(picture, kind)).jpeg)
    assert all(is_near(seen[corner], colour, 25) for corner, colour in CORNERS.items()), seen


@pytest.mark.parametrize(
    ("picture", "kind"),
    [
        (Image.new("L", (80, 60), 200), "JPEG"),
        (Image.new("L", (80, 60), 200), "PNG"),
        (Image.new("LA", (80, 60), (200, 255)), "PNG"),
        (Image.new("I;16", (80, 60), 200 * 257), "PNG"),
    ],
)
def test_grey_is_kept_in_every_depth(cleaned: Cleaned, picture: Image.Image, kind: str) -> None:
    assert is_near(corners(cleaned(saved(picture, kind)).jpeg)[0, 0], (200, 200, 200), 3)


def test_black_and_white_stays_so(cleaned: Cleaned) -> None:
    picture = Image.new("1", (80, 60), 1)
    picture.paste(0, (40, 0, 80, 60))
    seen = corners(cleaned(saved(picture, "PNG")).jpeg)
    assert is_near(seen[0, 0], (255,) * 3)
    assert is_near(seen[1, 1], (0,) * 3)


@pytest.mark.parametrize("how", ["alpha", "grey alpha", "palette", "key colour"])
def test_what_is_transparent_becomes_white(cleaned: Cleaned, how: str) -> None:
    clear = four_colours()
    options: dict[str, Any] = {}
    if how == "palette":
        clear = clear.quantize(16)
        options["transparency"] = clear.getpixel((10, 10))
    elif how == "key colour":
        options["transparency"] = CORNERS[0, 0]
    else:
        clear = clear.convert("LA" if how == "grey alpha" else "RGBA")
        clear.putalpha(Image.eval(four_colours().getchannel("R"), lambda value: 0 if value == 220 else 255))
    seen = corners(cleaned(saved(clear, "PNG", **options)).jpeg)
    assert is_near(seen[0, 0], (255, 255, 255))
    assert not is_near(seen[0, 1], (255, 255, 255))


def test_a_colour_profile_is_applied_and_dropped(cleaned: Cleaned) -> None:
    red = Image.new("RGB", (60, 60), (230, 20, 20))
    assert is_near(corners(cleaned(saved(red)).jpeg)[0, 0], (230, 20, 20))
    seen = corners(cleaned(saved(red, icc_profile=swapped_primaries())).jpeg)[0, 0]
    assert is_near(seen, (20, 230, 20), 90), "the profile says that its red is green"


@pytest.mark.parametrize("profile", [b"x", bytes(200), swapped_primaries()[:-300]])
def test_a_broken_colour_profile_is_left_out(cleaned: Cleaned, profile: bytes) -> None:
    seen = corners(cleaned(saved(four_colours(), icc_profile=profile)).jpeg)
    assert is_near(seen[0, 0], CORNERS[0, 0], 25)


def test_of_several_pictures_in_a_file_the_first_is_taken(cleaned: Cleaned) -> None:
    others = [Image.new("RGB", (120, 80), "white")]
    for kind in ("MPO", "PNG", "WEBP"):
        content = saved(four_colours(), kind, save_all=True, append_images=others)
        assert is_near(corners(cleaned(content).jpeg)[0, 0], CORNERS[0, 0], 25), kind


def test_what_hides_behind_a_picture_is_gone(cleaned: Cleaned) -> None:
    behind = b"PK\x03\x04<script>alert(1)</script>" * 50
    for kind in ("JPEG", "PNG", "WEBP"):
        assert b"script" not in cleaned(saved(four_colours(), kind) + behind).jpeg


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_of_another_kind_is_refused(cleaned: Cleaned, name: str) -> None:
    content, reason = OTHER_FILES[name]
    assert refusal(cleaned, content) == reason


@pytest.mark.parametrize(
    "magic", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
)
def test_a_beginning_without_a_picture_is_refused(cleaned: Cleaned, magic: bytes) -> None:
    for behind in (b"", bytes(500), b"\xff\xd9" * 200):
        assert refusal(cleaned, magic + behind) in {"truncated", "not_a_picture"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"restart_marker_rows": 1}),
        ("PNG", {}),
        ("WEBP", {"quality": 80}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_a_picture_cut_anywhere_is_refused(cleaned: Cleaned, kind: str, options: dict[str, Any]) -> None:
    content = saved(noise(), kind, **options)
    assert cleaned(content).width_px == 160
    for twentieth in range(1, 20):
        assert refusal(cleaned, content[: len(content) * twentieth // 20]) == "truncated"
    assert refusal(cleaned, content[:-3]) == "truncated"


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_cut_jpeg_that_was_given_an_end_is_refused_not_shown_half_grey(
    cleaned: Cleaned, mode: str, options: dict[str, Any]
) -> None:
    content = saved(noise().convert(mode), **options)
    for tenth in range(3, 10):
        assert refusal(cleaned, content[: len(content) * tenth // 10].rstrip(b"\xff") + b"\xff\xd9") == "truncated"


def test_a_progressive_jpeg_cut_in_its_first_scan_is_refused(cleaned: Cleaned) -> None:
    content = saved(noise(), progressive=True)
    first = content.index(b"\xff\xda")
    assert refusal(cleaned, content[: first + 80].rstrip(b"\xff") + b"\xff\xd9") == "truncated"


@pytest.mark.parametrize("options", [{}, {"optimize": True}, {"subsampling": 0}, {"progressive": True}])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_whole_jpeg_that_ends_in_grey_is_accepted(cleaned: Cleaned, mode: str, options: dict[str, Any]) -> None:
    for height in (120, 60):
        picture = noise()
        picture.paste((128, 128, 128), (0, 120 - height, 160, 120))
        assert cleaned(saved(picture.convert(mode), **options)).width_px == 160
    for edge in (8, 16, 33, 2000):
        assert cleaned(saved(Image.new(mode, (edge, edge), "gray"), **options)).width_px == min(edge, 1600)


def test_a_heic_whose_picture_is_missing_is_refused(cleaned: Cleaned) -> None:
    assert refusal(cleaned, heic(640, 480)) == "truncated"
    assert refusal(cleaned, heic(640, 480)[:-1]) == "truncated"


def test_the_same_bytes_give_the_same_picture(cleaned: Cleaned, tmp_path: Path) -> None:
    content = saved(noise())
    first = cleaned(content)
    assert cleaned(content) == first == clean(tmp_path / "received")
    other = cleaned(content, long_edge_max_px=80, thumb_edge_px=16)
    assert (other.width_px, other.height_px) == (80, 60)
    assert Image.open(io.BytesIO(other.thumb)).size == (16, 12)


REAL_REFUSALS = {
    "hf_200MP.heic": "too_many_pixels",
    "hf_truncated.heic": "truncated",
    "pil_decompression_bomb.gif": "unsupported",
    "pil_png_decompression_dos.png": "too_large",
    "pil_truncated_image.png": "truncated",
    "pil_truncated_jpeg.jpg": "truncated",
}


def test_real_photos_come_out_bare_and_the_odd_ones_are_refused(shared: Path, cleaner: PictureCleaner) -> None:
    refused = {}
    for source in sorted(path for path in (shared / "photos").rglob("*") if path.suffix.lower() not in {"", ".txt"}):
        try:
            picture = cleaner.clean(source)
        except PictureRefused as error:
            refused[source.name] = error.reason
            continue
        assert_bare(picture.jpeg)
        assert_bare(picture.thumb)
        assert 0 < max(picture.width_px, picture.height_px) <= 1600
        assert Image.open(io.BytesIO(picture.jpeg)).size == (picture.width_px, picture.height_px)
        assert picture.jpeg != source.read_bytes()
    assert refused == REAL_REFUSALS


def test_real_photos_of_one_scene_come_out_the_same_way_up(shared: Path, cleaner: PictureCleaner) -> None:
    scenes = [
        Image.open(io.BytesIO(cleaner.clean(shared / f"photos/orientation/rc_Landscape_{orientation}.jpg").thumb))
        for orientation in range(1, 9)
    ]
    assert {scene.size for scene in scenes} == {(320, 213)}
    means = [list(scene.convert("L").resize((4, 4)).tobytes()) for scene in scenes]
    assert all(is_near(mean, means[0]) for mean in means)


def test_a_real_heic_cut_anywhere_is_refused_not_shown_half_green(shared: Path, cleaned: Cleaned) -> None:
    content = (shared / "photos/exif/hf_xiaomi.heic").read_bytes()
    for cut in (2000, len(content) // 2, len(content) - 1):
        assert refusal(cleaned, content[:cut]) == "truncated"
    half = len(content) // 2
    assert refusal(cleaned, content[:half] + bytes(len(content) - half)) == "truncated"


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_placeholder_photo_is_the_same_for_the_same_seed(motif: str) -> None:
    def draw(seed: int) -> bytes:
        return draw_placeholder_photo(motif, seed=seed, width_px=320, height_px=240)

    assert draw(1) == draw(1) != draw(2)
    assert Image.open(io.BytesIO(draw(1))).size == (320, 240)
    assert len(Image.open(io.BytesIO(draw(1))).getcolors(320 * 240) or ()) > 500, "no empty frame"


def test_a_placeholder_photo_carries_metadata_only_when_asked() -> None:
    at = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    dated = draw_placeholder_photo("generic", seed=1, width_px=64, height_px=48, taken_at=at)
    assert Image.open(io.BytesIO(dated)).getexif()[0x0132] == "2026:11:20 19:30:00"
    assert is_bare_jpeg(draw_placeholder_photo("generic", seed=1, width_px=64, height_px=48))
    with pytest.raises(KeyError):
        draw_placeholder_photo("unheard of", seed=1)


def test_a_jpeg_with_anything_beside_its_pixels_is_not_bare() -> None:
    bare = saved(four_colours())
    assert is_bare_jpeg(bare)
    segment = b"\xff%c\0\x06name"
    for more in (
        bare + b"\0",
        bare[:-2],
        bare[2:],
        b"",
        *(bare[:2] + segment % marker + bare[2:] for marker in (0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xFE)),
        bare[:20] + b"\xff" + bare[20:],
        saved(four_colours(), comment=b"x"),
    ):
        assert not is_bare_jpeg(more)
