"""Norra Bergsbo: a fictitious housing area with its zones, places and paths, the same for the same seed.

Kinds of places are class names of RealEstateCore. Names, addresses and property designations are invented.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from string import ascii_uppercase

from fieldapp.demonstration.drawing import ZONE_NAMES
from fieldapp.demonstration.plan import Plan, PlannedYard, draw_plan
from fieldapp.demonstration.plane import XY, Frame, Line, insert_vertices, join_lines
from fieldapp.demonstration.yards import House, Spot, WayKind
from fieldapp.kernel.geo import LatLon, LocalPlane, ring_contains

ORIGIN = LatLon(57.7655, 11.9846)  # The square, in what are really fields north of the river.
TURN_DEG = -13.0  # The drawing's north is not the map's: the estate follows its hill.
DISTRICT_NAME = "Norra Bergsbo"
HOUSING_COMPANY = "Bergsbo Bostäder AB"
CENTRE_COMPANY = "Bergsbo Centrum AB"
SCHOOL_OWNER = "Bergsbo Skolfastigheter"
POSTNR, POSTORT = "422 00", "Norra Bergsbo"
BASE_NAME = "Trygghetsvärdarnas lokal, Bergsbotorget 3"
STAIRS_PER_CELLAR = 2


@dataclass(frozen=True, slots=True)
class Zone:
    """A supervisor's area."""

    code: str
    name: str
    outline: tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a place register has it. `position` is the door it is entered by, or the middle of it out of doors."""

    external_id: str
    parent_id: str | None
    kind: str
    name: str
    zone_code: str
    position: LatLon
    outline: tuple[LatLon, ...] | None
    fastighet_beteckning: str
    fastighet_nr: str
    byggnad_nr: str | None
    adress: str | None
    postnr: str
    postort: str
    uppgang: str | None
    plan: str | None
    owner: str


@dataclass(frozen=True, slots=True)
class Way:
    """A path people walk; ways that meet share a vertex with equal coordinates."""

    external_id: str
    name: str | None
    kind: WayKind
    is_lit: bool
    points: tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class MapShape:
    """What a map draws underneath: a street as a line, a lawn or a wood as an area."""

    kind: str
    name: str | None
    points: tuple[LatLon, ...]


@dataclass(frozen=True, slots=True)
class District:
    """The whole area. `base_id` is the place where rounds start and end."""

    name: str
    origin: LatLon
    zones: tuple[Zone, ...]
    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    shapes: tuple[MapShape, ...]
    base_id: str


def make_district(seed: int) -> District:
    """Build the district; equal seeds give equal ones, others differ in lengths, bends, rooms and lights."""
    rng = Random(f"district-{seed}")
    plan = draw_plan(rng)
    zones = tuple(Zone(code, ZONE_NAMES[code], _on_earth_line(outline)) for code, outline in plan.zones)
    register = _Register(zones)
    for number, planned in enumerate(plan.yards):
        register.add_yard(rng, number, planned)
    register.add_common(plan.spots)
    base = next(place for place in register.places if place.name == BASE_NAME)
    shapes = tuple(MapShape(shape.kind, shape.name, _on_earth_line(shape.line)) for shape in plan.backdrop)
    ways = tuple(_ways(plan, register.doors))
    return District(DISTRICT_NAME, ORIGIN, zones, tuple(register.places), ways, shapes, base.external_id)


def _on_earth(point: XY) -> LatLon:
    position = LocalPlane(ORIGIN).to_latlon(*Frame(0, 0, TURN_DEG).at(*point))
    return LatLon(round(position.lat, 7), round(position.lon, 7))


def _on_earth_line(line: Line) -> tuple[LatLon, ...]:
    return tuple(_on_earth(point) for point in line)


def _ways(plan: Plan, doors: list[XY]) -> Iterator[Way]:
    """Join the drawn paths, and give them a vertex before every door, so that a walk can leave them there."""
    lines = insert_vertices(join_lines([way.line for way in plan.ways]), doors)
    drawn_lines = [(drawn, line) for drawn, line in zip(plan.ways, lines, strict=True) if len(line) > 1]
    for number, (drawn, line) in enumerate(drawn_lines, start=1):
        yield Way(f"NB-VAG-{number:03}", drawn.name, drawn.kind, drawn.is_lit, _on_earth_line(line))


@dataclass(frozen=True, slots=True)
class _Fastighet:
    beteckning: str
    nr: str
    owner: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A place before it is numbered, in its property; what most places lack has a default."""

    suffix: str
    kind: str
    name: str
    at: XY
    outline: Line | None = None
    parent_id: str | None = None
    byggnad_nr: str | None = None
    adress: str | None = None
    uppgang: str | None = None
    plan: str | None = None


class _Register:
    """Collect places with their numbers and parents."""

    def __init__(self, zones: tuple[Zone, ...]) -> None:
        self.places: list[Place] = []
        self.doors: list[XY] = []
        self._rings = [(zone.code, [(p.lon, p.lat) for p in zone.outline]) for zone in zones]
        self._next_number: dict[tuple[str, bool], int] = {}

    def add_yard(self, rng: Random, number: int, planned: PlannedYard) -> None:
        """Register a yard as one property: its houses, what is in them, and what stands between them."""
        beteckning = f"GÖTEBORG BERGSBO {11 + number}:{rng.randint(1, 6)}"
        fastighet = _Fastighet(beteckning, str(4101 + number), HOUSING_COMPANY)
        yard = planned.yard
        yard_id = self._add(fastighet, _Draft("GARD", "OutdoorSpace", planned.name, yard.middle, yard.lawn))
        for index, house in enumerate(yard.houses, start=1):
            addresses = self._addresses(planned, house)
            for draft in _rooms(rng, f"NB-{fastighet.nr}-", f"{index:02}", house, addresses):
                self._add(fastighet, draft)
        counts: Counter[str] = Counter()
        for spot in yard.spots:
            counts[spot.name] += 1
            number_of_more = f" {counts[spot.name]}" if counts[spot.name] > 1 else ""
            suffix = f"{spot.name[:4].upper().translate(_ASCII)}{counts[spot.name]}"
            name = f"{spot.name}{number_of_more}, {planned.name}"
            self._add(fastighet, _Draft(suffix, spot.kind, name, spot.at, spot.outline, yard_id))

    def add_common(self, spots: tuple[Spot, ...]) -> None:
        """Register the centre, the school, parking and what lies along the feeder road."""
        ids: dict[str, str] = {}
        for number, spot in enumerate(spots, start=1):
            fastighet = _Fastighet("GÖTEBORG BERGSBO 2:1", "4001", _common_owner(spot))
            parent_id = ids[spot.within] if spot.within else None
            adress = spot.name.partition(", ")[2] if spot.kind == "Entrance" else None
            draft = _Draft(f"G{number:02}", spot.kind, spot.name, spot.at, spot.outline, parent_id, adress=adress)
            ids[spot.name] = self._add(fastighet, draft)

    def _addresses(self, planned: PlannedYard, house: House) -> list[str]:
        key = (planned.street, planned.is_odd_side)
        first = self._next_number.get(key, 1 if planned.is_odd_side else 2)
        self._next_number[key] = first + 2 * house.stairs
        return [f"{planned.street} {first + 2 * k}" for k in range(house.stairs)]

    def _add(self, fastighet: _Fastighet, draft: _Draft) -> str:
        if draft.byggnad_nr is None or draft.uppgang:
            self.doors.append(draft.at)
        position = _on_earth(draft.at)
        place = Place(
            external_id=f"NB-{fastighet.nr}-{draft.suffix}",
            parent_id=draft.parent_id,
            kind=draft.kind,
            name=draft.name,
            zone_code=next(code for code, ring in self._rings if ring_contains(ring, position)),
            position=position,
            outline=_on_earth_line(draft.outline) if draft.outline else None,
            fastighet_beteckning=fastighet.beteckning,
            fastighet_nr=fastighet.nr,
            byggnad_nr=draft.byggnad_nr,
            adress=draft.adress,
            postnr=POSTNR,
            postort=POSTORT,
            uppgang=draft.uppgang,
            plan=draft.plan,
            owner=fastighet.owner,
        )
        self.places.append(place)
        return place.external_id


def _rooms(rng: Random, prefix: str, byggnad_nr: str, house: House, addresses: list[str]) -> Iterator[_Draft]:
    """Draft a house and what hosts see of its inside, parents first."""
    span = f"{addresses[0]}–{addresses[-1].rpartition(' ')[2]}"
    middle = (house.sheet.x, house.sheet.y)
    yield _Draft(byggnad_nr, "Building", span, middle, house.footprint(), None, byggnad_nr, span)
    for stair, adress in enumerate(addresses):
        letter = ascii_uppercase[stair]
        building_id, stairwell_id = f"{prefix}{byggnad_nr}", f"{prefix}{byggnad_nr}-{letter}"
        common = _Draft("", "", "", house.door(stair), None, building_id, byggnad_nr, adress, letter)
        yield replace(common, suffix=f"{byggnad_nr}-{letter}", kind="Stairwell", name=adress)
        above = replace(common, parent_id=stairwell_id)
        if house.form != "lamellhus":
            yield replace(above, suffix=f"{byggnad_nr}-{letter}-HISS", kind="ElevatorShaft", name=f"Hiss, {adress}")
        elif stair == 0 and rng.random() < 0.6:
            yield replace(above, suffix=f"{byggnad_nr}-{letter}-V", kind="Attic", name=f"Vind, {adress}", plan="V")
        if stair % STAIRS_PER_CELLAR == 0:
            yield from _cellar(rng, prefix, replace(common, plan="K"), ascii_uppercase[stair // STAIRS_PER_CELLAR])
        if stair == len(addresses) - 1:
            bicycles = replace(common, at=house.door(stair, 4.0), plan="BV")
            yield replace(bicycles, suffix=f"{byggnad_nr}-CYK", kind="BicycleGarage", name=f"Cykelrum, {adress}")


def _cellar(rng: Random, prefix: str, below: _Draft, cellar: str) -> Iterator[_Draft]:
    suffix = f"{below.byggnad_nr}-K{cellar}"
    yield replace(below, suffix=suffix, kind="BasementLevel", name=f"Källare {cellar}, {below.adress}")
    if rng.random() < 0.25:
        laundry = replace(below, suffix=f"{suffix}-TV", parent_id=f"{prefix}{suffix}")
        yield replace(laundry, kind="LaundryRoom", name=f"Tvättstuga, {below.adress}")


def _common_owner(spot: Spot) -> str:
    if spot.kind in ("ParkingSpace", "Garage"):
        return HOUSING_COMPANY
    is_school = "kol" in spot.name and spot.kind in ("Building", "OutdoorSpace")
    return SCHOOL_OWNER if is_school else CENTRE_COMPANY


_ASCII = str.maketrans("ÅÄÖ", "AAO")
