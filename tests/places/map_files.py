"""Small maps for tests, written as their formats want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from fieldapp.kernel.geo import LatLon, LocalPlane

PLANE = LocalPlane(LatLon(57.75, 11.98))
Point = tuple[float, float]


@dataclass
class OsmMap:
    """An OpenStreetMap extract in the making; positions in metres east and north of an origin."""

    box: tuple[Point, Point] | None = ((-500, -500), (500, 500))
    parts: list[str] = field(default_factory=list)
    _nodes: dict[Point, int] = field(default_factory=dict)

    def node(self, at: Point, **tags: str) -> int:
        if at not in self._nodes:
            self._nodes[at] = 1000 + len(self._nodes)
            self._add("node", self._nodes[at], tags, f'lat="{latlon(at).lat:.7f}" lon="{latlon(at).lon:.7f}"')
        return self._nodes[at]

    def way(self, number: int, points: Sequence[Point], missing: int | None = None, **tags: str) -> None:
        refs = [self.node(at) for at in points] + ([missing] if missing else [])
        self._add("way", number, tags, inner="".join(f'<nd ref="{ref}"/>' for ref in refs))

    def relation(self, number: int, ways: Sequence[int], **tags: str) -> None:
        members = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in ways)
        self._add("relation", number, {"type": "multipolygon", **tags}, inner=members)

    def _add(self, kind: str, number: int, tags: dict[str, str], attributes: str = "", inner: str = "") -> None:
        written = "".join(f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(v)}/>" for k, v in tags.items())
        self.parts.append(f'<{kind} id="{number}" version="1" {attributes}>{inner}{written}</{kind}>')

    def raw(self) -> bytes:
        order = ("<node", "<way", "<relation")
        body = "\n".join(sorted(self.parts, key=lambda part: [part.startswith(kind) for kind in order].index(True)))
        return f"<?xml version='1.0' encoding='UTF-8'?><osm version='0.6'>{self._bounds()}{body}</osm>".encode()

    def _bounds(self) -> str:
        if self.box is None:
            return ""
        low, high = latlon(self.box[0]), latlon(self.box[1])
        return f'<bounds minlat="{low.lat}" minlon="{low.lon}" maxlat="{high.lat}" maxlon="{high.lon}"/>'


def latlon(at: Point) -> LatLon:
    return PLANE.to_latlon(*at)


def square(x: float, y: float, side: float) -> list[Point]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def yard() -> OsmMap:
    """A house with an entrance, a playground, and a path past them with a stub to the door."""
    made = OsmMap()
    made.node((10, 0), entrance="main", addr__street="Bergsgatan", addr__housenumber="4", addr__postcode="422 46")
    made.way(1, [(0, 0), (10, 0), (20, 0), (20, 20), (0, 20), (0, 0)], building="apartments")
    made.way(2, square(40, 0, 10), leisure="playground")
    made.way(3, [(-60, -30), (10, -30), (80, -30)], highway="footway", lit="yes")
    made.way(4, [(10, -30), (10, -18), (10, 0)], highway="footway")
    return made
