"""The ground under a map: what it is read by and nobody's place (streets, water, lawns), and what an import makes of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fieldapp.places.map_objects import Extent, Shape, within

LINES = ("road", "street", "footway", "rail")
AREAS = ("water", "green", "square", "building")
GROUND_KINDS = (*LINES, *AREAS)


@dataclass(frozen=True, slots=True)
class GroundPlan:
    """What becomes of the ground: shapes that are new or drawn anew, and the refs of those that go."""

    added: Sequence[Shape] = ()
    changed: Sequence[Shape] = ()
    unchanged: int = 0
    removed: Sequence[str] = ()

    def counts(self) -> dict[str, int]:
        """Return how many shapes become what."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "removed": len(self.removed),
        }

    def changes_something(self) -> bool:
        """Tell whether doing it would make a difference."""
        return bool(self.added or self.changed or self.removed)


def plan_ground(shapes: Sequence[Shape], known: Mapping[str, Shape], extent: Extent | None) -> GroundPlan:
    """Compare the ground of a map with what is there. What lies in `extent` and is not among `shapes` goes."""
    given = {shape.ref: shape for shape in shapes}
    added = [shape for ref, shape in given.items() if ref not in known]
    changed = [shape for ref, shape in given.items() if ref in known and known[ref] != shape]
    removed = [ref for ref, shape in known.items() if ref not in given and _lies_in(shape, extent)]
    return GroundPlan(added, changed, len(given) - len(added) - len(changed), removed)


def _lies_in(shape: Shape, extent: Extent | None) -> bool:
    """Tell whether all of a shape lies in what the file is all of: only then does its absence mean anything."""
    return extent is not None and all(within(extent, lon, lat) for line in shape.lines for lon, lat in line)
