"""The drawn plan of Norra Bergsbo: which yards lie where, which main paths tie them together, where the zones meet.

The place does not exist. The plan follows the estates of 1965–1975: a feeder road around the outside with parking along
it, houses around car-free yards inside, tower blocks on the hill, and a centre where the two main paths cross.
"""

from dataclasses import dataclass
from random import Random

from fieldapp.demonstration.drawing import (
    CENTRE_STREET,
    EAST,
    FEEDER_ROAD,
    HILL_LOOP,
    HILL_PATHS,
    MAIN_PATHS,
    MIDDLE,
    ROADSIDE,
    SCHOOL,
    SCHOOL_LOOP,
    WEST,
    WOODS,
    ZONE_BORDERS,
)
from fieldapp.demonstration.plane import (
    XY,
    Frame,
    Line,
    along,
    beside,
    curve,
    distance,
    join_lines,
    junctions,
    nearest_on_line,
)
from fieldapp.demonstration.yards import DrawnWay, Spot, Yard, clearing, closed_yard, hut, rows, tower_loop

PAVEMENT_M = 9.0  # From the middle of the feeder road to the pavement inside it.
CROSSING_REACH_M = 16.0  # A yard's path makes for a crossing this near rather than meet the main path beside it.


@dataclass(frozen=True, slots=True)
class PlannedYard:
    """A yard with the names and numbers its houses carry."""

    zone_code: str
    name: str
    street: str
    is_odd_side: bool
    yard: Yard


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What a map draws under the places: streets as lines, lawns and woods as areas."""

    kind: str
    name: str | None
    line: Line


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole drawing."""

    yards: tuple[PlannedYard, ...]
    spots: tuple[Spot, ...]
    ways: tuple[DrawnWay, ...]
    zones: tuple[tuple[str, Line], ...]
    backdrop: tuple[Backdrop, ...]


def draw_plan(rng: Random) -> Plan:
    """Draw the district; the seed decides lengths, storeys, bends and what is lit, never who neighbours whom."""
    road = curve(FEEDER_ROAD, is_closed=True)
    main = [DrawnWay(curve([_nudge(rng, knot) for knot in knots], step_m=12), name=name) for name, knots in MAIN_PATHS]
    main.append(DrawnWay(beside(road, -PAVEMENT_M), kind="pavement", name="Bergsboleden"))
    loop = curve(HILL_LOOP, step_m=10, is_closed=True)
    yards = _yards(rng, loop)
    main_lines = join_lines([way.line for way in main])
    crossings = junctions(main_lines)
    ways = [*main]
    for planned in yards:
        ways += planned.yard.ways
        ways += [_to_main_path(gate, main_lines, crossings) for gate in planned.yard.gates]
    ways += _centre_paths(rng)
    spots = (*_centre(), *_roadside(road))
    return Plan(yards, spots, tuple(ways), _zones(road), _backdrop(road, yards))


def _nudge(rng: Random, knot: XY) -> XY:
    return knot[0] + rng.uniform(-2, 2), knot[1] + rng.uniform(-2, 2)


def _sheet(rng: Random, x: float, y: float, angle_deg: float) -> Frame:
    return Frame(x + rng.uniform(-2, 2), y + rng.uniform(-2, 2), angle_deg + rng.uniform(-1.5, 1.5))


def _yards(rng: Random, loop: Line) -> tuple[PlannedYard, ...]:
    def lamell(x: float, y: float, angle: float, stairs: tuple[int, int, int, int], gates: tuple[int, ...]) -> Yard:
        return closed_yard(rng, _sheet(rng, x, y, angle), "lamellhus", stairs, gates)

    def gallery(x: float, y: float, angle: float, stairs: tuple[int, int, int, int], gates: tuple[int, ...]) -> Yard:
        return closed_yard(rng, _sheet(rng, x, y, angle), "loftgångshus", stairs, gates)

    def slabs(x: float, y: float, angle: float, stairs: tuple[int, ...], stagger_m: float) -> Yard:
        return rows(rng, _sheet(rng, x, y, angle), stairs, stagger_m=stagger_m)

    hill = tower_loop(rng, loop, (60, 108, 190, 240, 288, 334, 420, 470), (22, 150, 378))
    return (
        PlannedYard(WEST, "Skiffergården", "Skifferbogatan", False, lamell(-206, 160, -14, (4, 3, 3, 3), (1, 2, 3))),
        PlannedYard(WEST, "Tallgården", "Skifferbogatan", True, slabs(-372, 140, 24, (3, 4, 4, 3), 8)),
        PlannedYard(WEST, "Rönngården", "Gnejshällsgatan", False, lamell(-380, -24, 9, (4, 3, 3, 4), (0, 1, 2))),
        PlannedYard(WEST, "Hasselgården", "Gnejshällsgatan", True, lamell(-208, -26, -7, (4, 3, 3, 4), (0, 1, 3))),
        PlannedYard(WEST, "Aspgården", "Kvartsbogatan", False, slabs(-208, -184, -8, (3, 3, 3), -5)),
        PlannedYard(WEST, "Oxelgården", "Kvartsbogatan", True, slabs(-368, -162, -18, (2, 3, 3), 4)),
        PlannedYard(MIDDLE, "Höjden", "Bergsbohöjden", False, hill),
        PlannedYard(MIDDLE, "Torggården", "Bergsbogatan", False, slabs(-80, -58, 2, (3, 3, 3), 3)),
        PlannedYard(MIDDLE, "Lindgården", "Bergsbogatan", True, slabs(-82, -202, -2, (3, 4, 3), 5)),
        PlannedYard(MIDDLE, "Bäckgården", "Bergsbogatan", True, slabs(116, -58, 4, (3, 3), 4)),
        PlannedYard(EAST, "Lönngården", "Glimmerhällsgatan", False, gallery(212, 160, 11, (3, 2, 2, 3), (0, 1, 3))),
        PlannedYard(EAST, "Björkgården", "Glimmerhällsgatan", True, gallery(367, 124, -24, (3, 2, 2, 3), (0, 1, 3))),
        PlannedYard(EAST, "Slånbärsgården", "Stenbogatan", False, gallery(385, -36, -8, (3, 2, 2, 3), (0, 2, 3))),
        PlannedYard(EAST, "Hägnadsgården", "Stenbogatan", True, gallery(220, -24, 8, (2, 2, 2, 2), (0, 1, 3))),
        PlannedYard(EAST, "Körsbärsgården", "Klyftbogatan", False, gallery(230, -182, -5, (3, 2, 2, 0), (0, 1))),
        PlannedYard(EAST, "Enbärsgården", "Klyftbogatan", True, slabs(371, -177, 25, (2, 3, 3), 3)),
    )


def _to_main_path(gate: Line, main: list[Line], crossings: list[XY]) -> DrawnWay:
    """Lead a gate's path on to the nearest main path, and to a crossing of two if one is near there."""
    nearest = min((nearest_on_line(gate[-1], line) for line in main), key=lambda point: distance(point, gate[-1]))
    near_crossings = [crossing for crossing in crossings if distance(crossing, nearest) < CROSSING_REACH_M]
    return DrawnWay((*gate, min(near_crossings, key=lambda point: distance(point, nearest), default=nearest)))


def _centre_paths(rng: Random) -> list[DrawnWay]:
    hill = [
        DrawnWay(curve(knots, step_m=9), is_lit=number == 4, kind="forest_path", name="Höjdstigen")
        for number, knots in enumerate(HILL_PATHS, start=1)
    ]
    return [
        *hill,
        DrawnWay(curve(((3, -42), (28, -30), (48, -14), (58, 4)), step_m=8)),
        DrawnWay(((4, -46.5), (58, -46.5), (60.5, -30), (60.5, 2))),
        DrawnWay(((4, -75), (64, -75), (81, -64), (81, -14), (79, 14)), is_lit=False, name="Torggränden"),
        DrawnWay(curve(SCHOOL_LOOP, step_m=10), name="Skolslingan"),
        DrawnWay(((80, -140), (80, -171))),
        DrawnWay(curve(((-72, 12), (-40, 24), (-36, 44), (-12, 60)), step_m=8), is_lit=rng.random() < 0.5),
    ]


def _box(x: float, y: float, angle_deg: float, width_m: float, depth_m: float, kind: str, name: str) -> Spot:
    return hut(Frame(x, y, angle_deg), kind, name, width_m, depth_m)


def _centre() -> tuple[Spot, ...]:
    """Place the square, the school and what else belongs to nobody's yard."""
    return (
        Spot("OutdoorSpace", "Bergsbotorget", (32, -28), ((9, -13), (56, -9), (58, -48), (9, -50))),
        _box(34, -60, 0, 52, 15, "Building", "Centrumhuset"),
        _box(70, -31, 90, 38, 11, "Building", "Butikshuset"),
        Spot("Building", "Bergsboskolan", (80, -176), SCHOOL),
        clearing(Frame(82, -157, 2), "Skolgården", 84, 22),
        Spot("OutdoorSpace", "Bollplanen", (82, -249), Frame(82, -249, -3).rectangle(68, 36)),
        Spot("Entrance", "Trygghetsvärdarnas lokal, Bergsbotorget 3", (22, -52.5), None, "Centrumhuset"),
        Spot("Entrance", "Biblioteket, Bergsbotorget 5", (38, -52.5), None, "Centrumhuset"),
        Spot("Entrance", "Livsmedelsbutiken, Bergsbotorget 2", (64.5, -24), None, "Butikshuset"),
        Spot("Entrance", "Vårdcentralen, Bergsbotorget 4", (64.5, -40), None, "Butikshuset"),
        Spot("PointOfInterest", "Gångtunneln vid Bergsboskolan", (22.5, -293), None),
        Spot("PointOfInterest", "Gångtunneln i öster", (493, 4), None),
        Spot("PointOfInterest", "Busshållplatsen Bergsbohöjden", (16, 290), None),
        Spot("PointOfInterest", "Busshållplatsen Bergsboskolan", (64, -283), None),
        _box(-60, 47, 192, 34, 13, "Building", "Förskolan Kotten"),
        clearing(Frame(-64, 29, 12), "Förskolegården", 34, 14),
        clearing(Frame(16, 202, 20), "Pulkabacken", 38, 24),
        clearing(Frame(20, 128, -10), "Utegymmet", 18, 12),
        clearing(Frame(-28, 196, 0), "Utsikten", 12, 12),
    )


def _roadside(road: Line) -> tuple[Spot, ...]:
    """Lay parking and garages inside the feeder road."""
    numbers = {"ParkingSpace": 0, "Garage": 0}
    spots = []
    for metres, length_m, kind, street in ROADSIDE:
        numbers[kind] += 1
        word, depth_m = ("Parkering", 17.0) if kind == "ParkingSpace" else ("Garagelänga", 7.0)
        sheet = _beside_road(road, metres, PAVEMENT_M + 9.5 + depth_m / 2)
        name = f"{word} {numbers[kind]}, {street}"
        spots.append(Spot(kind, name, sheet.at(0, depth_m / 2 + 1), sheet.rectangle(length_m, depth_m)))
    centre = Spot("ParkingSpace", "Centrumparkeringen", (44, -84), Frame(44, -92, 0).rectangle(54, 16))
    return (*spots, centre)


def _beside_road(road: Line, metres: float, inside_m: float) -> Frame:
    (x, y), heading = along(road, metres)
    return Frame(x, y, heading).sheet(0, -inside_m)


def _zones(road: Line) -> tuple[tuple[str, Line], ...]:
    """Cut the land inside (and just outside) the feeder road along the two borders."""
    rim = beside(road, 26.0)[:-1]
    (w_top, w_bottom), (e_top, e_bottom) = (
        (_nearest_index(rim, border[0]), _nearest_index(rim, border[-1])) for border in ZONE_BORDERS
    )
    west_border, east_border = (border[1:-1] for border in ZONE_BORDERS)
    west = (*rim[w_bottom:], *rim[: w_top + 1], *west_border)
    middle = (*rim[w_top : e_top + 1], *east_border, *rim[e_bottom : w_bottom + 1], *reversed(west_border))
    east = (*rim[e_top : e_bottom + 1], *reversed(east_border))
    return ((WEST, west), (MIDDLE, middle), (EAST, east))


def _nearest_index(line: Line, point: XY) -> int:
    return min(range(len(line)), key=lambda index: distance(line[index], point))


def _backdrop(road: Line, yards: tuple[PlannedYard, ...]) -> tuple[Backdrop, ...]:
    woods = [Backdrop("woodland", None, curve(knots, is_closed=True)[:-1]) for knots in WOODS]
    streets = [Backdrop("street", "Bergsboleden", road), Backdrop("street", "Bergsbogatan", curve(CENTRE_STREET))]
    for metres, _, _, name in ROADSIDE:
        streets.append(Backdrop("street", name, (along(road, metres)[0], _beside_road(road, metres, 22.0).at(0, 0))))
    return (*(Backdrop("lawn", planned.name, planned.yard.lawn) for planned in yards), *woods, *streets)
