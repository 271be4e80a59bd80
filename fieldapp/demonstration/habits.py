"""How often what is seen where: chances per visit by kind of place, what comes back, and each code's usual severity.

The figures are invented; they only keep to what is plausible (lamps break in stairwells, sofas stand by waste rooms).
"""

SEVERITY: dict[str, int] = {
    "SK01": 3, "SK02": 3, "SK03": 3, "SK04": 3, "SK05": 3, "SK06": 2, "SK07": 2, "SK08": 3, "SK09": 4,
    "BR01": 4, "BR02": 4, "BR04": 3, "BR05": 3,
    "BE01": 3, "BE02": 3, "BE03": 1, "BE04": 2, "BE05": 3,
    "RE01": 2, "RE02": 2, "RE03": 3, "RE04": 1,
    "OR01": 2, "OR02": 4, "OR05": 2, "OR06": 1,
    "NA01": 3, "NA02": 2, "TR01": 2, "TR02": 1, "TI01": 3, "TI02": 2,
    "PO01": 1, "PO02": 1, "PO03": 1, "PO04": 1, "PO05": 1, "OV01": 1,
}  # fmt: skip

HABITS: dict[str, tuple[tuple[str, float], ...]] = {
    "Stairwell": (
        ("BE02", 0.035), ("SK01", 0.02), ("SK05", 0.012), ("SK03", 0.012), ("SK04", 0.014), ("RE01", 0.015),
        ("OR05", 0.012),
        ("OR06", 0.008), ("NA02", 0.004), ("BR05", 0.012), ("SK02", 0.006), ("PO01", 0.04), ("PO03", 0.01),
    ),
    "BasementLevel": (
        ("BE02", 0.03), ("BE05", 0.03), ("TI01", 0.012), ("TI02", 0.015), ("BR05", 0.025), ("OR05", 0.015),
        ("SK04", 0.012),
        ("RE01", 0.012), ("NA02", 0.006), ("SK09", 0.003),
    ),
    "LaundryRoom": (("SK06", 0.05), ("BE02", 0.015), ("PO03", 0.03), ("SK04", 0.01), ("RE01", 0.02)),
    "BicycleGarage": (("BE05", 0.05), ("TI01", 0.02), ("RE04", 0.04)),
    "ElevatorShaft": (("SK08", 0.12),),
    "Level": (("BE05", 0.06), ("OR05", 0.05), ("BR05", 0.06)),
    "WasteManagementRoom": (("RE02", 0.12), ("RE01", 0.08), ("BR02", 0.006), ("SK04", 0.02)),
    "Garage": (("TI02", 0.06), ("SK01", 0.05), ("NA01", 0.01)),
    "OutdoorSpace": (
        ("RE01", 0.05), ("SK07", 0.05), ("BE01", 0.03), ("OR01", 0.03), ("PO01", 0.06), ("PO02", 0.05), ("BE03", 0.03),
        ("BE04", 0.015), ("SK01", 0.015), ("BR04", 0.02), ("TR02", 0.03), ("PO05", 0.006), ("OR06", 0.02),
    ),
    "ParkingSpace": (
        ("RE04", 0.06), ("BE01", 0.03), ("TR01", 0.03), ("NA01", 0.015), ("BR01", 0.006), ("SK02", 0.03),
        ("OR01", 0.03),
    ),
    "PointOfInterest": (("BE01", 0.08), ("SK01", 0.08), ("BE04", 0.05), ("OR01", 0.04), ("RE01", 0.05), ("TR01", 0.02)),
    "Entrance": (("PO01", 0.1), ("PO02", 0.08), ("SK03", 0.04), ("OR01", 0.06), ("PO04", 0.05), ("SK02", 0.03)),
}  # fmt: skip

UNDERWAY: tuple[tuple[str, float], ...] = (
    ("BE01", 0.25), ("RE01", 0.12), ("TR01", 0.1), ("TR02", 0.1), ("OR01", 0.08), ("BE03", 0.08), ("PO03", 0.08),
    ("PO01", 0.15),
    ("RE03", 0.04), ("OR02", 0.03), ("NA01", 0.03), ("OV01", 0.03),
)  # fmt: skip

HOT_SPOTS: dict[str, tuple[tuple[str, str], ...]] = {
    "NB1": (("LaundryRoom", "SK06"), ("WasteManagementRoom", "RE02"), ("BasementLevel", "OR05")),
    "NB2": (("PointOfInterest", "SK01"), ("Stairwell", "BE02")),
    "NB3": (("WasteManagementRoom", "RE02"), ("Stairwell", "OR05"), ("ParkingSpace", "TR01")),
}

SLIPS: dict[str, str] = {"RE01": "RE02", "OR06": "OR01", "SK04": "SK03", "TI02": "TI01", "SK01": "SK05", "TR02": "TR01"}

_NOT_DAMAGE = {"BR01", "BR04", "BE04", "OV01"}


def is_damage(code: str) -> bool:
    """Tell whether what a code names needs mending."""
    return code[:2] not in ("OR", "NA", "TR", "PO") and code not in _NOT_DAMAGE


def photos_allowed(code: str) -> bool:
    """Tell whether a record of this code may carry photos: never where a person is the matter."""
    return code[:2] not in ("OR", "NA") and code != "PO02"
