"""JSON and forms to commands of rounds."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from fieldapp.infra.schemas import CommandSchema, StrictInteger, StrictUuid, Text, ValidationError
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.rounds.commands import AddSegment, ChangeRound, OpenRound, RecordGap, StartRound
from fieldapp.rounds.rules import END_REASONS, GAP_REASONS
from fieldapp.rounds.track import FIXES_MAX, decode

STEP_MS_MAX = 24 * 3600 * 1000
STEP_MICRODEG_MAX = 360_000_000


class StartRoundSchema(CommandSchema):
    """Data of `round.start`."""

    command_class = StartRound
    zone = StrictUuid(required=True, allow_none=True)
    party_size = StrictInteger(1, 20, required=True)


class ChangeRoundSchema(CommandSchema):
    """Data of `round.pause` and `round.resume`: nothing."""

    command_class = ChangeRound


class EndRoundSchema(CommandSchema):
    """Data of `round.end`."""

    command_class = ChangeRound
    reason = fields.String(required=True, validate=validate.OneOf(END_REASONS))


def _column(low: int, high: int, *, allow_none: bool = False) -> fields.List[int]:
    return fields.List(
        StrictInteger(low, high, allow_none=allow_none), required=True, validate=validate.Length(min=1, max=FIXES_MAX)
    )


class AddSegmentSchema(CommandSchema):
    """Data of `track.segment`."""

    command_class = AddSegment
    round = StrictUuid(required=True)
    part = StrictInteger(0, 100_000, required=True)
    carried = StrictInteger(0, FIXES_MAX, required=True)
    t0 = StrictInteger(0, WIRE_MS_MAX, required=True)
    lat0 = StrictInteger(-90_000_000, 90_000_000, required=True)
    lon0 = StrictInteger(-180_000_000, 180_000_000, required=True)
    dt = _column(-STEP_MS_MAX, STEP_MS_MAX)
    dlat = _column(-STEP_MICRODEG_MAX, STEP_MICRODEG_MAX)
    dlon = _column(-STEP_MICRODEG_MAX, STEP_MICRODEG_MAX)
    acc = _column(0, 10_000_000, allow_none=True)

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Columns are of one length and every fix is on the earth."""
        if len({len(loaded[name]) for name in ("dt", "dlat", "dlon", "acc")}) != 1:
            raise ValidationError("Columns of unequal length.")
        if loaded["carried"] > len(loaded["dt"]):
            raise ValidationError("More fixes carried than there are.", "carried")
        try:
            decode(AddSegment(**loaded))
        except ValueError as error:
            raise ValidationError("A fix is not on the earth or not of this age.") from error


class RecordGapSchema(CommandSchema):
    """Data of `gap.record`."""

    round = StrictUuid(required=True)
    from_ms = StrictInteger(0, WIRE_MS_MAX, required=True, data_key="from")
    to_ms = StrictInteger(0, WIRE_MS_MAX, required=True, data_key="to")
    reason = fields.String(required=True, validate=validate.OneOf(GAP_REASONS))

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """A gap does not end before it begins."""
        if loaded["to_ms"] < loaded["from_ms"]:
            raise ValidationError("A gap ends before it begins.", "to")

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> RecordGap:
        """Make the command."""
        return RecordGap(**loaded)


class OpenRoundForm(CommandSchema):
    """Why somebody wants to see a round."""

    command_class = OpenRound
    reason = Text(max_length=200, min_length=5, required=True)
