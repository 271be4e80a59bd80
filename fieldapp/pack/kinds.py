"""The kinds of ground that a map is read by. Pure."""

from __future__ import annotations

LINES = ("road", "street", "footway", "rail")
AREAS = ("water", "green", "square", "building")
GROUND_KINDS = (*LINES, *AREAS)
