"""Lay out houses as Swedish estates of 1965–1975 have them: around closed yards, in staggered rows, along a loop.

A yard is drawn on a sheet (`Frame`) and lands on the plane where the district's plan puts it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from fieldapp.demonstration.plane import XY, Frame, Line, along, curve, middle_of

Form = Literal["lamellhus", "loftgångshus", "punkthus"]
WayKind = Literal["footway", "pavement", "forest_path"]

FACADE_TO_PATH_M = 6.5  # A strip of shrubs and a bicycle stand between the path and the wall.
CORNER_WIDE_M, CORNER_DEEP_M = 9.0, 6.0  # The gap between two houses at a yard's corner: a fire engine's width.
STAIR_LENGTH_M: dict[Form, tuple[float, float]] = {
    "lamellhus": (16.0, 18.0),
    "loftgångshus": (27.0, 29.5),
    "punkthus": (17.0, 17.0),
}
STOREYS: dict[Form, tuple[int, ...]] = {"lamellhus": (3, 3, 4), "loftgångshus": (6, 7, 8), "punkthus": (8, 9)}
DEPTH_M: dict[Form, float] = {"lamellhus": 11.0, "loftgångshus": 10.0, "punkthus": 17.0}
CORNER_CUT_M = 6.0  # Paths cut a yard's corners.
TOWER_OFFSET_M = 3.0  # The two halves of a tower block stand this much before and behind its axis.


@dataclass(frozen=True, slots=True)
class House:
    """A residential house. From its middle u runs along the façade with the entrances, v out of it."""

    form: Form
    sheet: Frame
    stair_length_m: float
    stairs: int
    floors: int

    @property
    def length_m(self) -> float:
        """Metres from gable to gable."""
        return self.stair_length_m * self.stairs

    def footprint(self) -> Line:
        """Return the outer walls as a polygon without its closing point."""
        if self.form != "punkthus":
            return self.sheet.rectangle(self.length_m, DEPTH_M[self.form])
        reach, half, shift = self.stair_length_m, DEPTH_M["punkthus"] / 2, TOWER_OFFSET_M
        left = ((0.0, half - shift), (-reach, half - shift), (-reach, -half - shift), (0.0, -half - shift))
        right = ((0.0, -half + shift), (reach, -half + shift), (reach, half + shift), (0.0, half + shift))
        return self.sheet.line(left + right)

    def door(self, stair: int, aside_m: float = 0.0) -> XY:
        """Return the point of the façade where stairwell `stair` (from 0) is entered, or a point `aside_m` along."""
        u = (stair + 0.5) * self.stair_length_m - self.length_m / 2
        v = DEPTH_M[self.form] / 2
        if self.form == "punkthus":
            v += TOWER_OFFSET_M if u > 0 else -TOWER_OFFSET_M
        return self.sheet.at(u + aside_m, v)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that is no dwelling: its door, or its middle out of doors. `within` names the spot it is a part of."""

    kind: str
    name: str
    at: XY
    outline: Line | None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnWay:
    """A path as drawn, before it is joined with the others."""

    line: Line
    is_lit: bool = True
    kind: WayKind = "footway"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Yard:
    """Houses, what stands between them, the yard's own paths, and those that want to go on to a main path.

    `middle` is where one stands to see the yard.
    """

    houses: tuple[House, ...]
    spots: tuple[Spot, ...]
    ways: tuple[DrawnWay, ...]
    gates: tuple[Line, ...]
    lawn: Line
    middle: XY


def make_house(rng: Random, form: Form, sheet: Frame, stairs: int) -> House:
    """Build a house of its form's usual measures."""
    return House(form, sheet, round(rng.uniform(*STAIR_LENGTH_M[form]), 1), stairs, rng.choice(STOREYS[form]))


def hut(sheet: Frame, kind: str, name: str, width_m: float, depth_m: float) -> Spot:
    """Stand a small house with its door in the middle of the side that v points out of."""
    return Spot(kind, name, sheet.at(0, depth_m / 2), sheet.rectangle(width_m, depth_m))


def clearing(sheet: Frame, name: str, width_m: float, depth_m: float, kind: str = "OutdoorSpace") -> Spot:
    """Draw a rounded open place."""
    round_it = ((1, 0), (0.75, 0.75), (0, 1), (-0.8, 0.7), (-1, 0), (-0.7, -0.8), (0, -1), (0.8, -0.7))
    knots = [sheet.at(u * width_m / 2, v * depth_m / 2) for u, v in round_it]
    return Spot(kind, name, (sheet.x, sheet.y), curve(knots, step_m=4, is_closed=True)[:-1])


def closed_yard(rng: Random, sheet: Frame, form: Form, stairs: tuple[int, int, int, int], gates: Sequence[int]) -> Yard:
    """Put houses on the north, west, east and south sides of a yard, entrances towards it; 0 stairs leave a side open.

    `gates` names the corners (0 north-west, 1 north-east, 2 south-east, 3 south-west) where a path leaves.
    """
    depth = DEPTH_M[form]
    turns = (180.0, -90.0, 90.0, 0.0)
    sizes = [make_house(rng, form, sheet, count) for count in stairs]
    wide = max(sizes[0].length_m, sizes[3].length_m) + depth + 2 * CORNER_WIDE_M
    deep = max(sizes[1].length_m, sizes[2].length_m) + depth + 2 * CORNER_DEEP_M
    middles = ((0.0, deep / 2), (-wide / 2, 0.0), (wide / 2, 0.0), (0.0, -deep / 2))
    houses = tuple(
        House(form, sheet.sheet(*middle, turn), size.stair_length_m, size.stairs, size.floors)
        for size, middle, turn in zip(sizes, middles, turns, strict=True)
        if size.stairs
    )
    a, b = wide / 2 - depth / 2 - FACADE_TO_PATH_M, deep / 2 - depth / 2 - FACADE_TO_PATH_M
    return Yard(
        houses=houses,
        spots=_yard_spots(sheet, a, b, is_open_to_south=not stairs[3]),
        ways=_yard_paths(rng, sheet, a, b),
        gates=tuple(sheet.line(_corner_gate(corner, a, b, wide, deep)) for corner in gates),
        lawn=sheet.rectangle(2 * a + 8, 2 * b + 8),
        middle=sheet.at(0, 0),
    )


def _yard_paths(rng: Random, sheet: Frame, a: float, b: float) -> tuple[DrawnWay, ...]:
    """Draw the path in front of the entrances and one across the lawn."""
    c, d = a - CORNER_CUT_M, b - CORNER_CUT_M
    ring = ((-c, b), (c, b), (a, d), (a, -d), (c, -b), (-c, -b), (-a, -d), (-a, d), (-c, b))
    bend = rng.uniform(-6, 6)
    across = sheet.line([(-2, b), (bend, b * 0.3), (-bend * 0.5, -b * 0.4), (3, -b)])
    return DrawnWay(sheet.line(ring)), DrawnWay(curve(across, step_m=6), is_lit=rng.random() < 0.5)


def _corner_gate(corner: int, a: float, b: float, wide: float, deep: float) -> Line:
    """Lead from the middle of a cut corner out between the gables."""
    east, north = ((-1, 1), (1, 1), (1, -1), (-1, -1))[corner]
    half_cut = CORNER_CUT_M / 2
    return (east * (a - half_cut), north * (b - half_cut)), (east * wide / 2, north * deep / 2)


def _yard_spots(sheet: Frame, a: float, b: float, *, is_open_to_south: bool) -> tuple[Spot, ...]:
    waste = sheet.sheet(-a * 0.55, -b - 8.0) if is_open_to_south else sheet.sheet(-a + 8.5, -b + 8.5, 135)
    return (
        clearing(sheet.sheet(-a * 0.5, b * 0.15, 10), "Lekplatsen", a * 0.6, b * 0.75, "Playground"),
        hut(sheet.sheet(a - 8, b * 0.4, -90), "LaundryRoom", "Tvättstugan", 11, 7),
        clearing(sheet.sheet(a * 0.5, -b * 0.5, 4), "Grillplatsen", 11, 9),
        hut(waste, "WasteManagementRoom", "Miljöhuset", 8, 6),
    )


def rows(rng: Random, sheet: Frame, stairs: Sequence[int], *, stagger_m: float, spacing_m: float = 34.0) -> Yard:
    """Stand slab blocks side by side, every one a little further on, all entrances to the same side (+u)."""
    depth = DEPTH_M["lamellhus"]
    houses: list[House] = []
    lanes: list[tuple[XY, XY]] = []
    for i, count in enumerate(stairs):
        u, v = (i - (len(stairs) - 1) / 2) * spacing_m, (i - (len(stairs) - 1) / 2) * stagger_m
        house = make_house(rng, "lamellhus", sheet.sheet(u, v, -90), count)
        houses.append(house)
        reach = house.length_m / 2 + 11
        lanes.append(((u + depth / 2 + FACADE_TO_PATH_M, v - reach), (u + depth / 2 + FACADE_TO_PATH_M, v + reach)))
    low, high = [lane[0] for lane in lanes], [lane[1] for lane in lanes]
    back_m = depth + 2 * FACADE_TO_PATH_M
    west_low, west_high = (low[0][0] - back_m, low[0][1]), (high[0][0] - back_m, high[0][1])
    ways = [DrawnWay(sheet.line(lane)) for lane in lanes]
    ways.append(DrawnWay(sheet.line([west_low, *low])))
    ways.append(DrawnWay(sheet.line([west_high, *high]), is_lit=rng.random() < 0.6))
    return Yard(
        houses=tuple(houses),
        spots=_row_spots(sheet, lanes),
        ways=tuple(ways),
        gates=tuple(sheet.line((end, end)) for end in (west_low, low[-1], west_high, high[-1])),
        lawn=sheet.line([west_low, *low, *reversed(high), west_high]),
        middle=sheet.line([middle_of(lanes[len(lanes) // 2 - 1])])[0],
    )


def _row_spots(sheet: Frame, lanes: Sequence[tuple[XY, XY]]) -> tuple[Spot, ...]:
    """Use the lawns between the lanes and the backs of the next houses, 16 m wide."""
    spots: list[Spot] = []
    for i, ((u, low), (_, high)) in enumerate(lanes[:-1]):
        middle = (low + high) / 2
        if i % 3 == 0:
            spots.append(hut(sheet.sheet(u + 6.5, low + 13, 90), "WasteManagementRoom", "Miljöhuset", 8, 6))
            spots.append(clearing(sheet.sheet(u + 8, middle + 4, 85), "Lekplatsen", 22, 10, "Playground"))
        elif i % 3 == 1:
            spots.append(hut(sheet.sheet(u + 7, high - 15, 90), "LaundryRoom", "Tvättstugan", 11, 7))
            spots.append(clearing(sheet.sheet(u + 8, middle - 6, 80), "Grillplatsen", 10, 9))
    return tuple(spots)


def facing(line: Line, metres: float, left_m: float) -> Frame:
    """Lay a sheet `left_m` to the left of a line, `metres` along it, with v pointing back at the line."""
    (x, y), heading = along(line, metres)
    outward = heading + (90 if left_m > 0 else -90)
    return Frame(*Frame(x, y, outward).at(abs(left_m), 0), outward + 90)


def tower_loop(rng: Random, loop: Line, towers_m: Sequence[float], huts_m: Sequence[float]) -> Yard:
    """Stand tower blocks outside a clockwise loop, `towers_m` along it, and waste houses and laundries at `huts_m`."""
    sheets = [facing(loop, metres, 19.0).sheet(0, 0, rng.uniform(-7, 7)) for metres in towers_m]
    houses = [make_house(rng, "punkthus", sheet, 2) for sheet in sheets]
    kinds = (("WasteManagementRoom", "Miljöhuset", 8, 6), ("LaundryRoom", "Tvättstugan", 12, 7))
    spots = [hut(facing(loop, metres, 10.0), *kinds[i % 2]) for i, metres in enumerate(huts_m)]
    loop_path = DrawnWay(loop, name="Höjdslingan")
    return Yard(tuple(houses), tuple(spots), (loop_path,), (), loop[:-1], middle_of(loop[:-1]))
