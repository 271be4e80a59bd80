"""Simple scenes for demonstration photos, as shapes from back to front. Pure: the same numbers, the same scene."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Point = tuple[float, float]
Colour = tuple[int, int, int]
MOTIFS = ("graffiti", "glass", "door", "lamp", "waste", "furniture", "fire", "water", "generic")


@dataclass(frozen=True, slots=True)
class Shape:
    """One filled shape. Coordinates run from 0 to 1 over the photo, x to the right, y down; widths are of its width."""

    kind: Literal["polygon", "line", "ellipse"]
    points: tuple[Point, ...]
    colour: Colour
    width: float = 0.0
    softness: float = 0.0
    opacity: float = 1.0


def scene(motif: str, rng: Random) -> list[Shape]:
    """Return the scene of `motif`, one of MOTIFS.

    Raises:
        KeyError: there is no such motif.
    """
    return _SCENES[motif](rng)


def _rect(left: float, top: float, right: float, bottom: float, colour: Colour, opacity: float = 1.0) -> Shape:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Shape("polygon", corners, colour, opacity=opacity)


def _patch(points: Sequence[Point], colour: Colour, softness: float = 0.0, opacity: float = 1.0) -> Shape:
    return Shape("polygon", tuple(points), colour, softness=softness, opacity=opacity)


def _oval(
    centre: Point, across: float, down: float, colour: Colour, softness: float = 0.0, opacity: float = 1.0
) -> Shape:
    x, y = centre
    box = ((x - across, y - down), (x + across, y + down))
    return Shape("ellipse", box, colour, softness=softness, opacity=opacity)


def _line(points: Sequence[Point], colour: Colour, width: float, opacity: float = 1.0) -> Shape:
    return Shape("line", tuple(points), colour, width=width, opacity=opacity)


def _tone(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, max(0, round(part * factor))) for part in colour)
    return red, green, blue


def _blob(rng: Random, centre: Point, across: float, down: float, roughness: float = 0.15) -> list[Point]:
    """Return an uneven round outline."""
    turns = [index * math.tau / 24 for index in range(24)]
    radii = [1 + rng.uniform(-roughness, roughness) for _ in turns]
    return [
        (centre[0] + across * radius * math.cos(turn), centre[1] + down * radius * math.sin(turn))
        for turn, radius in zip(turns, radii, strict=True)
    ]


def _stains(rng: Random, count: int, top: float, bottom: float) -> list[Shape]:
    return [
        _patch(
            _blob(rng, (rng.random(), rng.uniform(top, bottom)), rng.uniform(0.02, 0.12), rng.uniform(0.02, 0.1), 0.4),
            (70, 66, 60) if rng.random() < 0.6 else (225, 220, 210),
            softness=0.02,
            opacity=rng.uniform(0.08, 0.25),
        )
        for _ in range(count)
    ]


def _wall(rng: Random) -> list[Shape]:
    """A wall of bricks or plaster with the ground before it, in the light of a lamp from one side."""
    is_brick = rng.random() < 0.5
    paint = rng.choice(
        [(168, 104, 84), (150, 92, 74), (186, 128, 98)] if is_brick else [(204, 192, 166), (176, 182, 178)]
    )
    shapes = [_rect(0, 0, 1, 0.8, paint)]
    if is_brick:
        shapes += _bricks(rng, paint)
    shapes += _stains(rng, 14, 0, 0.8)
    shapes += [_rect(0, 0.72, 1, 0.8, _tone(paint, 0.55), opacity=0.7), _rect(0, 0.8, 1, 1, (92, 92, 94))]
    shapes += _stains(rng, 10, 0.82, 1)
    side = rng.choice([-0.1, 1.1])
    shapes.append(_patch(_blob(rng, (1 - side, 0.3), 0.6, 0.9), (10, 12, 24), softness=0.12, opacity=0.45))
    shapes.append(_patch([(0, 0.79), (1, 0.79), (1, 0.83), (0, 0.83)], (20, 20, 22), softness=0.01, opacity=0.6))
    return shapes


def _bricks(rng: Random, paint: Colour) -> list[Shape]:
    shapes = []
    for row in range(20):
        top = row * 0.04
        for column in range(-1, 13):
            left = column * 0.08 + (row % 2) * 0.04
            shapes.append(
                _rect(left + 0.002, top + 0.003, left + 0.078, top + 0.037, _tone(paint, rng.uniform(0.82, 1.12)))
            )
    return [_rect(0, 0, 1, 0.8, _tone(paint, 1.25)), *shapes]


def _night(rng: Random) -> list[Shape]:
    """A house and its yard after dusk."""
    shapes = [
        _rect(0, band * 0.08, 1, band * 0.08 + 0.09, (16 + band * 5, 20 + band * 6, 42 + band * 6))
        for band in range(10)
    ]
    left = rng.uniform(0.35, 0.55)
    shapes.append(_rect(left, 0.22, 1.1, 0.76, (58, 50, 52)))
    for row in range(4):
        for column in range(6):
            glass = (226, 188, 112) if rng.random() < 0.35 else (28, 32, 44)
            at = (left + 0.04 + column * 0.1, 0.27 + row * 0.12)
            shapes.append(_rect(at[0], at[1], at[0] + 0.05, at[1] + 0.07, glass))
    shapes += [_rect(0, 0.76, 1, 1, (44, 46, 50)), *_stains(rng, 12, 0.78, 1)]
    return shapes


def _graffiti(rng: Random) -> list[Shape]:
    shapes = _wall(rng)
    paints = rng.sample([(24, 24, 28), (196, 40, 48), (36, 84, 180), (30, 130, 76), (228, 190, 40), (232, 232, 236)], 2)
    for word, paint in enumerate(paints):
        centre = (rng.uniform(0.3, 0.45) + word * 0.25, rng.uniform(0.3, 0.5))
        across, down, phase = rng.uniform(0.16, 0.24), rng.uniform(0.08, 0.16), rng.uniform(0, math.tau)
        speeds = rng.choice([(1, 5), (2, 7), (1, 4), (3, 8)])
        track = [
            (
                centre[0] + across * (step / 45 - 1 + 0.3 * math.sin(speeds[0] * step / 7 + phase)),
                centre[1] + down * math.sin(speeds[1] * step / 14 + phase),
            )
            for step in range(91)
        ]
        width = rng.uniform(0.014, 0.022)
        shapes += [_line(track, _tone(paint, 0.5), width * 1.5, 0.5), _line(track, paint, width, 0.95)]
        for x, y in rng.sample(track, 5):
            shapes.append(_line([(x, y), (x, y + rng.uniform(0.04, 0.14))], paint, 0.004, 0.8))
    return shapes


def _glass(rng: Random) -> list[Shape]:
    shapes = [
        *_wall(rng),
        _rect(0.27, 0.08, 0.73, 0.8, (52, 54, 58)),
        _rect(0.3, 0.12, 0.7, 0.76, (98, 122, 138)),
        _patch([(0.3, 0.5), (0.55, 0.12), (0.64, 0.12), (0.3, 0.64)], (205, 220, 228), 0.01, 0.35),
    ]
    hit = (rng.uniform(0.42, 0.58), rng.uniform(0.3, 0.55))
    for index in range(15):
        turn, reach = index * math.tau / 15 + rng.uniform(-0.15, 0.15), rng.uniform(0.12, 0.3)
        steps = [0.0, 0.35, 0.7, 1.0]
        crack = [
            (
                min(0.7, max(0.3, hit[0] + reach * step * math.cos(turn + rng.uniform(-0.08, 0.08)))),
                min(0.76, max(0.12, hit[1] + reach * 1.3 * step * math.sin(turn + rng.uniform(-0.08, 0.08)))),
            )
            for step in steps
        ]
        shapes.append(_line(crack, (228, 236, 240), 0.0025, 0.9))
    shapes += [_line([*ring, ring[0]], (215, 226, 232), 0.0018, 0.7) for ring in _rings(rng, hit)]
    shapes.append(_patch(_blob(rng, hit, 0.045, 0.06, 0.4), (20, 24, 28)))
    return shapes + _shards(rng, 22)


def _rings(rng: Random, hit: Point) -> list[list[Point]]:
    return [_blob(rng, hit, reach, reach * 1.3, 0.12) for reach in (0.07, 0.1)]


def _shards(rng: Random, count: int) -> list[Shape]:
    shapes = []
    for _ in range(count):
        x, y, size = rng.uniform(0.3, 0.75), rng.uniform(0.82, 0.95), rng.uniform(0.008, 0.03)
        corners = [(x + rng.uniform(-size, size), y + rng.uniform(-size, size) * 0.6) for _ in range(3)]
        shapes.append(_patch(corners, rng.choice([(196, 214, 222), (150, 172, 184), (232, 240, 244)]), opacity=0.85))
    return shapes


def _door(rng: Random) -> list[Shape]:
    leaf = rng.choice([(72, 92, 84), (110, 74, 52), (66, 80, 106)])
    shapes = [
        *_wall(rng),
        _rect(0.34, 0.1, 0.7, 0.8, (208, 204, 196)),
        _rect(0.37, 0.13, 0.67, 0.8, (14, 14, 16)),
        _patch([(0.37, 0.13), (0.59, 0.16), (0.59, 0.86), (0.37, 0.8)], leaf),
        _patch([(0.4, 0.19), (0.56, 0.21), (0.56, 0.44), (0.4, 0.43)], _tone(leaf, 0.8)),
        _patch([(0.4, 0.5), (0.56, 0.51), (0.56, 0.78), (0.4, 0.75)], _tone(leaf, 0.8)),
        _rect(0.555, 0.47, 0.58, 0.56, (170, 170, 172)),
        _line([(0.568, 0.5), (0.53, 0.505)], (210, 210, 212), 0.008),
    ]
    for _ in range(16):
        x, y = rng.gauss(0.575, 0.012), rng.gauss(0.53, 0.04)
        shapes.append(
            _line([(x, y), (x + rng.uniform(-0.03, 0.02), y + rng.uniform(-0.03, 0.03))], (222, 206, 182), 0.002)
        )
    splinter = [(0.67, 0.46), (0.655, 0.5), (0.672, 0.52), (0.658, 0.56), (0.69, 0.6), (0.69, 0.44)]
    return [*shapes, _patch(splinter, (150, 116, 82))]


def _lamp(rng: Random) -> list[Shape]:
    x = rng.uniform(0.22, 0.34)
    far = (0.86, 0.4)
    return [
        *_night(rng),
        _oval(far, 0.16, 0.2, (255, 214, 140), softness=0.05, opacity=0.5),
        _line([(far[0], far[1]), (far[0], 0.8)], (30, 30, 32), 0.008),
        _oval(far, 0.018, 0.022, (255, 240, 205)),
        _line([(x, 0.95), (x, 0.24), (x + 0.04, 0.2), (x + 0.09, 0.2)], (84, 88, 92), 0.018),
        _patch([(x + 0.07, 0.17), (x + 0.2, 0.2), (x + 0.19, 0.23), (x + 0.07, 0.22)], (110, 114, 118)),
        _patch(
            [(x + 0.09, 0.22), (x + 0.18, 0.23), (x + 0.17, 0.27), (x + 0.14, 0.25), (x + 0.12, 0.28)], (168, 180, 188)
        ),
        _line([(x + 0.13, 0.23), (x + 0.15, 0.32), (x + 0.13, 0.36)], (20, 20, 20), 0.004),
        *_shards(rng, 9),
    ]


def _waste(rng: Random) -> list[Shape]:
    shapes = [*_wall(rng), _oval((0.5, 0.88), 0.42, 0.07, (12, 12, 14), softness=0.02, opacity=0.6)]
    for _ in range(3):
        x, y = rng.uniform(0.15, 0.7), rng.uniform(0.6, 0.72)
        carton = _tone((178, 138, 92), rng.uniform(0.8, 1.1))
        shapes.append(_patch([(x, y), (x + 0.16, y + 0.01), (x + 0.15, y + 0.18), (x + 0.01, y + 0.17)], carton))
        shapes.append(_line([(x, y + 0.07), (x + 0.155, y + 0.08)], _tone(carton, 0.7), 0.004))
    for x in sorted(rng.uniform(0.15, 0.85) for _ in range(7)):
        bag = rng.choice([(34, 34, 38), (46, 50, 60), (214, 214, 210), (60, 96, 72)])
        across, y = rng.uniform(0.07, 0.11), rng.uniform(0.78, 0.86)
        shapes.append(_patch(_blob(rng, (x, y), across, across * 1.1, 0.09), bag))
        shapes.append(
            _patch(_blob(rng, (x - across * 0.3, y - 0.03), across * 0.3, across * 0.4), _tone(bag, 1.5), 0.01, 0.5)
        )
        shapes.append(_patch([(x - 0.015, y - across * 1.3), (x + 0.02, y - across * 1.4), (x, y - across * 0.9)], bag))
    for _ in range(18):
        x, y = rng.random(), rng.uniform(0.88, 0.99)
        shapes.append(_oval((x, y), rng.uniform(0.004, 0.014), 0.005, rng.choice([(230, 230, 226), (170, 60, 50)])))
    return shapes


def _furniture(rng: Random) -> list[Shape]:
    cloth = rng.choice([(122, 70, 66), (84, 100, 78), (96, 92, 118), (150, 128, 96)])
    dark = _tone(cloth, 0.7)
    shapes = [
        *_wall(rng),
        _oval((0.5, 0.9), 0.38, 0.06, (10, 10, 12), softness=0.02, opacity=0.7),
        _patch([(0.2, 0.48), (0.8, 0.5), (0.8, 0.76), (0.2, 0.76)], cloth),
        _patch([(0.22, 0.7), (0.78, 0.7), (0.82, 0.8), (0.18, 0.8)], _tone(cloth, 1.15)),
        _rect(0.18, 0.79, 0.82, 0.88, dark),
        _patch([(0.12, 0.6), (0.2, 0.58), (0.2, 0.88), (0.12, 0.88)], dark),
        _patch([(0.8, 0.58), (0.88, 0.61), (0.88, 0.88), (0.8, 0.88)], dark),
        _line([(0.5, 0.5), (0.5, 0.79)], dark, 0.004),
    ]
    shapes += [_rect(x - 0.012, 0.88, x + 0.012, 0.92, (40, 30, 24)) for x in (0.15, 0.85)]
    for _ in range(3):
        x, y = rng.uniform(0.26, 0.72), rng.uniform(0.54, 0.76)
        shapes.append(_patch(_blob(rng, (x, y), 0.03, 0.015, 0.5), (226, 214, 170)))
    return shapes + _stains(rng, 4, 0.55, 0.85)


def _fire(rng: Random) -> list[Shape]:
    x = rng.uniform(0.4, 0.6)
    shapes = _wall(rng)
    for step in range(7):
        centre = (x + rng.uniform(-0.05, 0.05), 0.68 - step * 0.1)
        shapes.append(_patch(_blob(rng, centre, 0.1 + step * 0.035, 0.13, 0.35), (8, 8, 8), 0.03, 0.75 - step * 0.08))
    bin_shape = [(x - 0.1, 0.56), (x + 0.11, 0.58), (x + 0.08, 0.9), (x - 0.08, 0.9)]
    shapes += [
        _oval((x, 0.91), 0.22, 0.04, (6, 6, 6), softness=0.02, opacity=0.8),
        _patch(bin_shape, (44, 46, 42)),
        _patch([(x - 0.1, 0.56), (x + 0.11, 0.58), (x + 0.06, 0.66), (x - 0.02, 0.62), (x - 0.07, 0.68)], (12, 12, 12)),
        _patch(_blob(rng, (x + 0.02, 0.75), 0.05, 0.08, 0.4), (112, 74, 48), 0.01, 0.6),
    ]
    for _ in range(26):
        at = (rng.gauss(x, 0.14), rng.uniform(0.88, 0.97))
        shapes.append(
            _patch(_blob(rng, at, rng.uniform(0.004, 0.018), 0.006, 0.5), rng.choice([(14, 14, 14), (60, 56, 52)]))
        )
    return shapes


def _water(rng: Random) -> list[Shape]:
    x = rng.uniform(0.2, 0.35)
    shapes = [
        _rect(0, 0, 1, 0.62, (196, 198, 186)),
        _rect(0, 0.36, 1, 0.62, (150, 168, 160)),
        _rect(0, 0.62, 1, 1, (124, 120, 114)),
        *[_line([(0.5 + (k - 5) * 0.12, 0.62), (0.5 + (k - 5) * 0.34, 1)], (100, 96, 92), 0.003) for k in range(11)],
        *[_line([(0, y), (1, y)], (100, 96, 92), 0.003) for y in (0.66, 0.72, 0.81, 0.93)],
        *_stains(rng, 8, 0, 0.6),
        _patch(_blob(rng, (x, 0.42), 0.13, 0.26, 0.25), (112, 96, 62), softness=0.02, opacity=0.55),
        _line([(x, 0), (x, 0.62)], (166, 168, 170), 0.03),
        _line([(x - 0.008, 0), (x - 0.008, 0.62)], (214, 216, 218), 0.006),
        _rect(x - 0.028, 0.3, x + 0.028, 0.34, (120, 84, 56)),
        _patch(_blob(rng, (0.5, 0.82), 0.36, 0.12, 0.2), (74, 84, 92), softness=0.004, opacity=0.85),
        _patch(_blob(rng, (0.42, 0.79), 0.2, 0.03, 0.4), (206, 216, 222), softness=0.006, opacity=0.6),
        _patch(_blob(rng, (0.62, 0.86), 0.1, 0.015, 0.4), (190, 202, 210), softness=0.005, opacity=0.5),
    ]
    for _ in range(9):
        top = (x + rng.uniform(-0.02, 0.02), rng.uniform(0.34, 0.6))
        shapes.append(_line([top, (top[0], top[1] + 0.02)], (226, 236, 242), 0.003, 0.9))
    return shapes


def _generic(rng: Random) -> list[Shape]:
    shapes = [*_wall(rng), _oval((0.5, 0.92), 0.36, 0.04, (10, 10, 12), softness=0.02, opacity=0.6)]
    broken = rng.randrange(4)
    for plank in range(4):
        y = 0.52 + plank * 0.055 + (0.05 if plank > 1 else 0)
        wood = _tone((150, 106, 66), rng.uniform(0.85, 1.15))
        if plank == broken:
            shapes.append(_patch([(0.2, y), (0.46, y + 0.02), (0.44, y + 0.06), (0.2, y + 0.04)], wood))
            shapes.append(_patch([(0.52, y + 0.1), (0.8, y), (0.8, y + 0.04), (0.54, y + 0.15)], wood))
        else:
            shapes.append(_rect(0.2, y, 0.8, y + 0.04, wood))
    return shapes + [_line([(x, 0.5), (x, 0.92)], (50, 52, 54), 0.018) for x in (0.27, 0.73)]


_SCENES: dict[str, Callable[[Random], list[Shape]]] = {
    "graffiti": _graffiti,
    "glass": _glass,
    "door": _door,
    "lamp": _lamp,
    "waste": _waste,
    "furniture": _furniture,
    "fire": _fire,
    "water": _water,
    "generic": _generic,
}
