"""How often what is seen where: chances per visit by kind of place, and what comes back. Codes are the default set's.

The figures are invented; they only keep to what is plausible (lamps break in stairwells, sofas stand by waste rooms).
"""

from fieldapp.observations.default_categories import DEFAULT_CATEGORIES

SEVERITY = {category.code: category.severity for category in DEFAULT_CATEGORIES}
DAMAGE = frozenset(category.code for category in DEFAULT_CATEGORIES if category.kind == "D")

HABITS: dict[str, tuple[tuple[str, float], ...]] = {
    "Stairwell": (
        ("BE02", 0.035), ("SK01", 0.02), ("SK05", 0.012), ("SK03", 0.012), ("SK04", 0.014), ("RE01", 0.015),
        ("OR05", 0.012), ("OR06", 0.008), ("NA02", 0.004), ("BR05", 0.012), ("SK02", 0.006), ("PO01", 0.04),
        ("PO03", 0.01),
    ),
    "BasementLevel": (
        ("BE02", 0.03), ("BE05", 0.03), ("TI01", 0.012), ("TI02", 0.015), ("BR05", 0.025), ("OR05", 0.015),
        ("SK04", 0.012), ("RE01", 0.012), ("NA02", 0.006), ("SK09", 0.003),
    ),
    "LaundryRoom": (("SK06", 0.05), ("BE02", 0.015), ("PO03", 0.03), ("SK04", 0.01), ("RE01", 0.02)),
    "BicycleGarage": (("BE05", 0.05), ("TI01", 0.02), ("RE04", 0.04)),
    "ElevatorShaft": (("SK08", 0.12),),
    "Attic": (("BE05", 0.06), ("OR05", 0.05), ("BR05", 0.06)),
    "WasteManagementRoom": (("RE02", 0.12), ("RE01", 0.08), ("BR02", 0.006), ("SK04", 0.02)),
    "Garage": (("TI02", 0.06), ("SK01", 0.05), ("NA01", 0.01)),
    "Playground": (("SK07", 0.12), ("RE01", 0.06), ("PO01", 0.06), ("PO02", 0.06), ("OR06", 0.02), ("BE01", 0.03)),
    "OutdoorSpace": (
        ("RE01", 0.05), ("SK07", 0.03), ("BE01", 0.03), ("OR01", 0.03), ("PO01", 0.06), ("PO02", 0.05),
        ("BE03", 0.03), ("BE04", 0.015), ("SK01", 0.015), ("BR04", 0.02), ("TR02", 0.03), ("PO05", 0.006),
        ("OR06", 0.02),
    ),
    "ParkingSpace": (
        ("RE04", 0.06), ("BE01", 0.03), ("TR01", 0.03), ("NA01", 0.015), ("BR01", 0.006), ("SK02", 0.03),
        ("OR01", 0.03),
    ),
    "PointOfInterest": (
        ("BE01", 0.08), ("SK01", 0.08), ("BE04", 0.05), ("OR01", 0.04), ("RE01", 0.05), ("TR01", 0.02),
    ),
    "Entrance": (("PO01", 0.1), ("PO02", 0.08), ("SK03", 0.04), ("OR01", 0.06), ("PO04", 0.05), ("SK02", 0.03)),
}  # fmt: skip

UNDERWAY: tuple[tuple[str, float], ...] = (
    ("BE01", 0.25), ("RE01", 0.12), ("TR01", 0.1), ("TR02", 0.1), ("OR01", 0.08), ("BE03", 0.08), ("PO03", 0.08),
    ("PO01", 0.15), ("RE03", 0.04), ("OR02", 0.03), ("NA01", 0.03), ("OV01", 0.03),
)  # fmt: skip

HOT_SPOTS: dict[str, tuple[tuple[str, str], ...]] = {
    "NB1": (("LaundryRoom", "SK06"), ("WasteManagementRoom", "RE02"), ("BasementLevel", "OR05")),
    "NB2": (("PointOfInterest", "SK01"), ("Stairwell", "BE02")),
    "NB3": (("WasteManagementRoom", "RE02"), ("Stairwell", "OR05"), ("ParkingSpace", "TR01")),
}

SLIPS: dict[str, str] = {"RE01": "RE02", "OR06": "OR01", "SK04": "SK03", "TI02": "TI01", "SK01": "SK05", "TR02": "TR01"}
