"""JSON and forms to commands of rounds."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from fieldapp.infra.schemas import (
    CommandSchema,
    QuickSchema,
    ShortList,
    StrictInteger,
    StrictUuid,
    Text,
    ValidationError,
    is_whole,
    known_uuid,
)
from fieldapp.kernel.codes import ALPHABET, JOIN_CHARS
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.rounds.commands import AddSegment, ChangeRound, FoldedSegment, JoinRound, OpenRound, RecordGap, StartRound
from fieldapp.rounds.rules import END_REASONS, GAP_REASONS
from fieldapp.rounds.track import COLUMNS, FIXES_MAX, decode

STEP_MS_MAX = 24 * 3600 * 1000
STEP_MICRODEG_MAX = 360_000_000
LAT_MICRODEG_MAX, LON_MICRODEG_MAX = 90_000_000, 180_000_000
PART_MAX = 100_000
ACCURACY_DM_MAX = 10_000_000
_SEGMENT_KEYS = frozenset(("round", *COLUMNS))


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


class JoinRoundSchema(CommandSchema):
    """Data of `round.join`."""

    with_id = StrictUuid(required=True, allow_none=True, data_key="with")
    code = fields.String(required=True, allow_none=True, validate=validate.Regexp(rf"\A[{ALPHABET}]{{{JOIN_CHARS}}}\Z"))

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """One of the two names the other round."""
        if (loaded["with_id"] is None) == (loaded["code"] is None):
            raise ValidationError("Not one of the two.", "code")

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> JoinRound:
        """Make the command."""
        return JoinRound(**loaded)


def _column(low: int, high: int, *, allow_none: bool = False) -> ShortList:
    item = StrictInteger(low, high, allow_none=allow_none)
    return ShortList(item, min_length=1, max_length=FIXES_MAX, required=True)


class AddSegmentSchema(QuickSchema):
    """Data of `track.segment`."""

    command_class = AddSegment
    round = StrictUuid(required=True)
    part = StrictInteger(0, PART_MAX, required=True)
    carried = StrictInteger(0, FIXES_MAX, required=True)
    t0 = StrictInteger(0, WIRE_MS_MAX, required=True)
    lat0 = StrictInteger(-LAT_MICRODEG_MAX, LAT_MICRODEG_MAX, required=True)
    lon0 = StrictInteger(-LON_MICRODEG_MAX, LON_MICRODEG_MAX, required=True)
    dt = _column(-STEP_MS_MAX, STEP_MS_MAX)
    dlat = _column(-STEP_MICRODEG_MAX, STEP_MICRODEG_MAX)
    dlon = _column(-STEP_MICRODEG_MAX, STEP_MICRODEG_MAX)
    acc = _column(0, ACCURACY_DM_MAX, allow_none=True)

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

    def quick(self, data: Any) -> AddSegment | None:
        """Read an ordinary segment: whole numbers in four columns of one length, every fix on the earth."""
        if type(data) is not dict or data.keys() != _SEGMENT_KEYS:
            return None
        columns = [data[name] for name in ("dt", "dlat", "dlon", "acc")]
        if any(type(column) is not list for column in columns) or len({len(column) for column in columns}) != 1:
            return None
        round_, length = known_uuid(data["round"]), len(columns[0])
        is_ordinary = (
            round_ is not None
            and 1 <= length <= FIXES_MAX
            and is_whole(data["part"], 0, PART_MAX)
            and is_whole(data["carried"], 0, length)
            and _are_whole(columns[0], STEP_MS_MAX)
            and _are_whole(columns[1], STEP_MICRODEG_MAX)
            and _are_whole(columns[2], STEP_MICRODEG_MAX)
            and _are_accuracies(columns[3])
            and _reaches(data["t0"], columns[0], 0, WIRE_MS_MAX)
            and _reaches(data["lat0"], columns[1], -LAT_MICRODEG_MAX, LAT_MICRODEG_MAX)
            and _reaches(data["lon0"], columns[2], -LON_MICRODEG_MAX, LON_MICRODEG_MAX)
        )
        return AddSegment(**{**data, "round": round_}) if is_ordinary else None


class FoldedSegmentSchema(CommandSchema):
    """What the server keeps of a held segment of an organisation without tracks (`tracks.condense`): it wrote it itself."""

    command_class = FoldedSegment
    round = StrictUuid(required=True)
    part = StrictInteger(0, PART_MAX, required=True)
    carried = StrictInteger(0, FIXES_MAX, required=True)
    fix_count = StrictInteger(1, FIXES_MAX, required=True)
    first_ms = StrictInteger(0, WIRE_MS_MAX, required=True)
    last_ms = StrictInteger(0, WIRE_MS_MAX, required=True)
    folded_by = fields.Integer(required=True, allow_none=True)
    heard = fields.Raw(required=True, allow_none=True)
    pieces = fields.Raw(required=True)
    places = fields.Raw(required=True)


class HeldSegmentSchema(AddSegmentSchema):
    """Data of a `track.segment` that was held: as it came, or condensed."""

    def load(self, data: Any, **kwargs: Any) -> Any:
        """Read either form."""
        if isinstance(data, dict) and "folded_by" in data:
            return _folded.load(data, **kwargs)
        return super().load(data, **kwargs)


_folded = FoldedSegmentSchema()


def _are_whole(column: list[Any], step_max: int) -> bool:
    return set(map(type, column)) == {int} and -step_max <= min(column) and max(column) <= step_max


def _are_accuracies(column: list[Any]) -> bool:
    known = [value for value in column if value is not None]
    are_numbers = not known or set(map(type, known)) == {int}
    return are_numbers and all(0 <= value <= ACCURACY_DM_MAX for value in known)


def _reaches(start: Any, steps: list[int], low: int, high: int) -> bool:
    """Tell whether a start and every sum after it lie between two bounds."""
    if not is_whole(start, low, high):
        return False
    sums: list[int] = list(accumulate(steps, initial=start))
    return low <= min(sums) and max(sums) <= high


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
