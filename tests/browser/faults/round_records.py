"""What is logged on a round under faults: 40 records, 20 of them with a photo."""

from __future__ import annotations

from fieldapp.infra.pictures import draw_placeholder_photo
from tests.browser.faults.quick_hand import ToLog

OBSERVATIONS = ("BE04", "TR01", "OR06", "OR01")
DAMAGES = ("SK01", "SK02", "SK03", "BE01")
RECORDS = 40
PHOTOS = 20


def make_records() -> list[ToLog]:
    """Make a round's records: every second one with a photo. No two photos have the same size, and some are sent in parts."""
    return [
        ToLog(DAMAGES[number // 2 % 4], _photo(number // 2)) if number % 2 else ToLog(OBSERVATIONS[number // 2 % 4])
        for number in range(RECORDS)
    ]


def _photo(number: int) -> bytes:
    width_px = (1200 if number % 5 == 0 else 560) + 8 * number
    return draw_placeholder_photo("graffiti", seed=number, width_px=width_px, height_px=width_px * 3 // 4)
