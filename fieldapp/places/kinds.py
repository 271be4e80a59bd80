"""The kinds of places, by their RealEstateCore class names, and of labels at them. Pure."""

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

OUTDOORS = ("Entrance", "OutdoorSpace", "Playground", "Path", "ParkingSpace", "PointOfInterest")
"""Kinds of places under the sky; all others are in a house."""

ANCHOR_KINDS = ("qr", "nfc")
"""What a label is: a printed QR code, or an NFC tag."""

LABELLED_FIRST = ("BasementLevel", "Stairwell", "LaundryRoom")
"""Kinds of places where no satellite reaches and a round goes: they are offered a label before all others."""
