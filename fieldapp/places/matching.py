"""Know a house of a register again on a map, and the other way round, so that it is one place. Pure.

By address first, where exactly one house on either side has it; then by position, where a house of the register stands in
the outline of one house of the map and no other does. What might be another house is not matched: two places for one house
are seen and mended, one place for two houses is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.commands import Ring
from fieldapp.places.imports import PlaceRow
from fieldapp.places.plan import KnownPlace, KnownThings

APART_M_MAX = 150.0
"""A house that is farther away than this has the same address in another town."""
MAP_PREFIX = "osm:"
_HOUSE = "Building"
_STREET = re.compile(r"^(.*?)\s*\d")


@dataclass(frozen=True, slots=True)
class House:
    """What a house is known again by. `ref` is its identity on its side."""

    ref: str
    adress: str = ""
    postnr: str = ""
    lat: float | None = None
    lon: float | None = None
    outline: Ring | None = None


def match_houses(of_register: Sequence[House], of_map: Sequence[House]) -> dict[str, str]:
    """Return which house of a map is which of a register, by their identities; none twice."""
    found = dict(_by_address(of_register, of_map))
    taken = set(found.values())
    left = [house for house in of_register if house.ref not in taken]
    return found | dict(_by_position(left, [house for house in of_map if house.ref not in found]))


def address_key(adress: str) -> str:
    """Return an address as it is compared: Bergsgatan 4 A is bergsgatan 4a."""
    plain = " ".join(adress.casefold().split()).strip(" ,")
    return re.sub(r"(\d)\s+([a-zåäö])\b", r"\1\2", plain)


def _by_address(of_register: Sequence[House], of_map: Sequence[House]) -> Iterable[tuple[str, str]]:
    ours, theirs = _addressed(of_register), _addressed(of_map)
    for key in ours.keys() & theirs.keys():
        if len(ours[key]) == len(theirs[key]) == 1:
            [own], [other] = ours[key], theirs[key]
            if _may_be_one(own, other):
                yield other.ref, own.ref


def _addressed(houses: Iterable[House]) -> Mapping[str, list[House]]:
    found: dict[str, list[House]] = defaultdict(list)
    for house in houses:
        key = address_key(house.adress)
        if any(c.isdigit() for c in key):
            found[key].append(house)
    return found


def _may_be_one(own: House, other: House) -> bool:
    """Tell whether two houses of one address can be the same: not with other postal codes, nor far apart."""
    if own.postnr and other.postnr and own.postnr.replace(" ", "") != other.postnr.replace(" ", ""):
        return False
    if own.lat is None or own.lon is None or other.lat is None or other.lon is None:
        return True
    x, y = LocalPlane(LatLon(own.lat, own.lon)).to_xy(LatLon(other.lat, other.lon))
    return x * x + y * y <= APART_M_MAX**2


def _by_position(of_register: Sequence[House], of_map: Sequence[House]) -> Iterable[tuple[str, str]]:
    import shapely
    from shapely import Point, Polygon

    drawn = [house for house in of_map if house.outline]
    placed = [
        (house, Point(house.lon, house.lat)) for house in of_register if house.lat is not None and house.lon is not None
    ]
    if not drawn or not placed:
        return
    tree = shapely.STRtree([Polygon(house.outline) for house in drawn])
    pairs = [
        (house, drawn[index]) for house, point in placed for index in tree.query(point, predicate="within").tolist()
    ]
    ours, theirs = Counter(own.ref for own, _other in pairs), Counter(other.ref for _own, other in pairs)
    for own, other in pairs:
        if ours[own.ref] == theirs[other.ref] == 1 and _same_street(own, other):
            yield other.ref, own.ref


def _same_street(own: House, other: House) -> bool:
    streets = {_street(house.adress) for house in (own, other)} - {""}
    return len(streets) < 2


def _street(adress: str) -> str:
    key = address_key(adress)
    found = _STREET.match(key)
    return found.group(1) if found else key


def house_of(place: KnownPlace) -> House:
    """Return what a known place is known again by."""
    values = place.values
    return House(place.external_id, values["adress"], values["postnr"], values["lat"], values["lon"], values["outline"])


def is_of_register(place: KnownPlace) -> bool:
    """Tell whether a place is a house that no map has been matched with."""
    values = place.values
    return values["kind"] == _HOUSE and not place.external_id.startswith(MAP_PREFIX) and values["map_ref"] is None


def adopted(rows: Sequence[PlaceRow], known: KnownThings) -> KnownThings:
    """Return what is known, with houses of a map under the identities that a register gives them."""
    named = {row.external_id for row in rows} | {row.given.get("parent") for row in rows}
    of_map = [
        house_of(place)
        for place in known.places.values()
        if place.external_id.startswith(MAP_PREFIX)
        and place.values["kind"] == _HOUSE
        and not place.is_ended
        and place.external_id not in named
    ]
    new = [row for row in rows if row.external_id not in known.places and row.given["kind"] == _HOUSE]
    matched = match_houses([_house_of_row(row) for row in new if row.given.get("is_active", True)], of_map)
    places = dict(known.places)
    for ref, external_id in matched.items():
        place = places.pop(ref)
        places[external_id] = replace(place, external_id=external_id, adopted_from=ref)
    return replace(known, places=places)


def _house_of_row(row: PlaceRow) -> House:
    given = row.given
    return House(row.external_id, given.get("adress", ""), given.get("postnr", ""), given.get("lat"), given.get("lon"))
