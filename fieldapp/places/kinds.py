"""The kinds of places, by their RealEstateCore class names. Pure."""

from __future__ import annotations

PLACE_KINDS = (
    "Building",
    "Entrance",
    "Stairwell",
    "Level",
    "BasementLevel",
    "Attic",
    "LaundryRoom",
    "BicycleGarage",
    "Garage",
    "Storage",
    "WasteManagementRoom",
    "ElevatorShaft",
    "OutdoorSpace",
    "Playground",
    "Path",
    "ParkingSpace",
    "PointOfInterest",
)
