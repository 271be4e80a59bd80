"""What the review of coverage takes from an address, and what hosts tell of gaps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields, post_load, pre_load, validate, validates_schema

from fieldapp.coverage.commands import DAYS_LONGEST, ReviewCoverage, TellWalk, UntellWalk
from fieldapp.coverage.days import PARTS
from fieldapp.coverage.rules import ORDERS, PIECE, PLACE, STATES, UNSEEN
from fieldapp.infra.schemas import CommandSchema, ShortList, StrictInteger, StrictUuid
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.places.kinds import PLACE_KINDS

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


def _day(name: str) -> fields.Date:
    return fields.Date("%Y-%m-%d", data_key=name, validate=validate.Range(_FIRST_DAY, _LAST_DAY))


class ReviewQuery(CommandSchema):
    """The filter of the review's pages and files, as it stands in an address.

    Empty values are left out, since a form sends all its fields; other parameters are read by whoever knows them.
    """

    command_class = ReviewCoverage
    from_on = _day("from")
    to_on = _day("to")
    zone = fields.UUID()
    part = fields.String(validate=validate.OneOf(PARTS))
    kind = fields.String(validate=validate.OneOf((PIECE, PLACE, *PLACE_KINDS)))
    state = fields.String(validate=validate.OneOf((*STATES, UNSEEN)))
    order = fields.String(validate=validate.OneOf(ORDERS))
    then_from_on = _day("then_from")
    then_to_on = _day("then_to")

    class Meta:
        """Other parameters are others' business."""

        unknown = EXCLUDE
        ordered = True

    @pre_load
    def drop_empty(self, given: Any, **_: Any) -> dict[str, Any]:
        """Take an empty value for none."""
        return {name: value for name, value in dict(given).items() if value != ""}

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """The first day is not after the last, and no period is longer than a year."""
        for first, last, named in (("from_on", "to_on", "to"), ("then_from_on", "then_to_on", "then_to")):
            if first in loaded and last in loaded:
                if loaded[first] > loaded[last]:
                    raise ValidationError("The first day is after the last.", named)
                if loaded[last] - loaded[first] >= timedelta(days=DAYS_LONGEST):
                    raise ValidationError("The period is longer than a year.", named)


class PageQuery(CommandSchema):
    """Which page of a long list is shown."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))

    class Meta:
        """The filter is read by its own schema."""

        unknown = EXCLUDE

    @pre_load
    def drop_empty(self, given: Any, **_: Any) -> dict[str, Any]:
        """Take an empty value for none."""
        return {name: value for name, value in dict(given).items() if value != ""}


TOLD_PATHS_MAX, TOLD_PLACES_MAX = 200, 50
TOLD_MS_MAX = 24 * 3600 * 1000
"""A gap that is longer is no gap of one evening."""


class TellWalkSchema(CommandSchema):
    """Data of `walk.tell`."""

    round = StrictUuid(required=True)
    gap = StrictUuid(required=True, allow_none=True)
    from_ms = StrictInteger(0, WIRE_MS_MAX, required=True, data_key="from")
    to_ms = StrictInteger(0, WIRE_MS_MAX, required=True, data_key="to")
    paths = ShortList(StrictUuid(), max_length=TOLD_PATHS_MAX, required=True)
    places = ShortList(StrictUuid(), max_length=TOLD_PLACES_MAX, required=True)

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """A gap does not end before it begins, nor a day later."""
        if not 0 <= loaded["to_ms"] - loaded["from_ms"] <= TOLD_MS_MAX:
            raise ValidationError("A gap ends before it begins, or a day later.", "to")

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> TellWalk:
        """Make the command."""
        return TellWalk(**loaded)


class UntellWalkSchema(CommandSchema):
    """Data of `walk.untell`: nothing."""

    command_class = UntellWalk
