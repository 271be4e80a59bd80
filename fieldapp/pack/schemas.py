"""What a phone may ask of a pack."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

PARTS_MAX = 2_000


class ContentQuery(Schema):
    """`version`: the one whose manifest the phone has; `parts`: which of its parts (`0-3,7`), all of them without it."""

    version = fields.String(validate=validate.Regexp(r"^[0-9a-f]{32}\Z"))
    parts = fields.String(
        validate=[validate.Length(max=4_000), validate.Regexp(r"^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*\Z")]
    )

    @post_load
    def read_parts(self, values: dict[str, Any], **_given: Any) -> dict[str, Any]:
        """Read the numbers of the parts, in the order given."""
        asked = values.pop("parts", None)
        return {"version": values.get("version"), "parts": None if asked is None else _numbers(asked)}


def _numbers(text: str) -> list[int]:
    found: list[int] = []
    for span in text.split(","):
        first, _dash, last = span.partition("-")
        start, end = int(first), int(last or first)
        if end < start or end - start >= PARTS_MAX or len(found) + end - start >= PARTS_MAX:
            raise ValidationError("parts", "parts")
        found.extend(range(start, end + 1))
    # A large part asked for a thousand times would be an answer of gigabytes.
    if len(set(found)) < len(found):
        raise ValidationError("parts", "parts")
    return found
