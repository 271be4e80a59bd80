"""Draw the phone app's icons: a round, walked (teal) and left to walk (yellow dots), and where the host is (blue, ringed white).

    .venv/bin/python tools/draw_icons.py

The SVG and the PNGs are made from the same numbers and lie in static/pwa/public/icons; run it again when the drawing changes.
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parents[1] / "static" / "pwa" / "public" / "icons"

GROUND = "#14181d"
WALKED = "#3cc7bd"
LEFT = "#ffd24d"
ME = "#3f8cff"
RING = "#ffffff"

# On a square of 100: the round's radius and stroke, and where the host stands. Angles clockwise from three o'clock, degrees.
RADIUS = 27.0
STROKE = 9.0
WALKED_FROM, WALKED_TO = 60.0, 315.0
LEFT_AT = (343.0, 11.0, 39.0)
ME_RADIUS, RING_RADIUS = 9.0, 12.5
CORNER = 22.0
OVERSAMPLING = 8


def point(angle: float) -> tuple[float, float]:
    """Return where `angle` lies on the round, on the square of 100."""
    return 50 + RADIUS * math.cos(math.radians(angle)), 50 + RADIUS * math.sin(math.radians(angle))


def disc(draw: ImageDraw.ImageDraw, scale: float, at: tuple[float, float], radius: float, colour: str) -> None:
    """Fill a circle given on the square of 100."""
    x, y = at
    draw.ellipse([(x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale], fill=colour)


def draw_png(size: int, *, is_full_bleed: bool) -> Image.Image:
    """Return the icon as a picture; full bleed where the phone cuts its own corners."""
    side = size * OVERSAMPLING
    scale = side / 100
    picture = Image.new("RGBA", (side, side), GROUND if is_full_bleed else "#00000000")
    draw = ImageDraw.Draw(picture)
    if not is_full_bleed:
        draw.rounded_rectangle([0, 0, side - 1, side - 1], radius=CORNER * scale, fill=GROUND)
    outer = RADIUS + STROKE / 2
    box = [(50 - outer) * scale, (50 - outer) * scale, (50 + outer) * scale, (50 + outer) * scale]
    draw.arc(box, WALKED_FROM, WALKED_TO, fill=WALKED, width=round(STROKE * scale))
    disc(draw, scale, point(WALKED_FROM), STROKE / 2, WALKED)
    for angle in LEFT_AT:
        disc(draw, scale, point(angle), STROKE / 2 * 0.8, LEFT)
    disc(draw, scale, point(WALKED_TO), RING_RADIUS, RING)
    disc(draw, scale, point(WALKED_TO), ME_RADIUS, ME)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def draw_svg() -> str:
    """Return the icon as SVG."""
    from_x, from_y = point(WALKED_FROM)
    to_x, to_y = point(WALKED_TO)
    dots = "".join(
        f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{STROKE / 2 * 0.8:.2f}" fill="{LEFT}"/>' for x, y in map(point, LEFT_AT)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" rx="{CORNER:g}" fill="{GROUND}"/>'
        f'<path d="M{from_x:.2f} {from_y:.2f}A{RADIUS:g} {RADIUS:g} 0 1 1 {to_x:.2f} {to_y:.2f}" fill="none" '
        f'stroke="{WALKED}" stroke-width="{STROKE:g}" stroke-linecap="round"/>'
        f"{dots}"
        f'<circle cx="{to_x:.2f}" cy="{to_y:.2f}" r="{RING_RADIUS:g}" fill="{RING}"/>'
        f'<circle cx="{to_x:.2f}" cy="{to_y:.2f}" r="{ME_RADIUS:g}" fill="{ME}"/>'
        "</svg>\n"
    )


def main() -> None:
    """Write every icon."""
    ICONS.mkdir(parents=True, exist_ok=True)
    (ICONS / "rond.svg").write_text(draw_svg(), encoding="utf-8")
    for name, size, is_full_bleed in (
        ("rond-180.png", 180, True),
        ("rond-192.png", 192, False),
        ("rond-512.png", 512, False),
        ("rond-maskable-512.png", 512, True),
    ):
        picture = draw_png(size, is_full_bleed=is_full_bleed).quantize(colors=64, dither=Image.Dither.NONE)
        picture.save(ICONS / name, optimize=True)


if __name__ == "__main__":
    main()
