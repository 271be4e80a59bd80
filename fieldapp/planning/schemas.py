"""Forms and addresses of planning."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, ValidationError, fields, post_load, validate, validates_schema

from fieldapp.infra.forms import FormSchema
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.planning.commands import MakePlan, SetMeetingPoint
from fieldapp.planning.rules import DAY_MIN, HOURS, WEEKDAYS, WHOLE_DAY, minute_of

PLACES_MAX = 400
OWN_HOURS = "own"


class PlanForm(FormSchema):
    """A plan as a supervisor writes it. `part` is a part of the day, the whole day, or `own` with hours of its own."""

    zone_id = fields.UUID(required=True, metadata={"sentence": lazy_gettext("Välj ett område.")})
    covers_paths = fields.Boolean(load_default=False)
    kinds = fields.List(fields.String(validate=validate.OneOf(PLACE_KINDS)), load_default=list)
    place_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=PLACES_MAX),
        metadata={"sentence": lazy_gettext("Välj högst 400 platser.")},
    )
    times_a_week = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 7),
        metadata={"sentence": lazy_gettext("Välj hur många gånger i veckan.")},
    )
    weekdays = fields.List(
        fields.Integer(validate=validate.OneOf(WEEKDAYS)),
        required=True,
        validate=validate.Length(1, 7),
        metadata={"sentence": lazy_gettext("Välj minst en veckodag.")},
    )
    part = fields.String(
        required=True,
        validate=validate.OneOf((*HOURS, "day", OWN_HOURS)),
        metadata={"sentence": lazy_gettext("Välj när på dagen.")},
    )
    from_time = fields.Time(
        load_default=None,
        format="%H:%M",
        metadata={"sentence": lazy_gettext("Skriv ett klockslag, till exempel 18:00.")},
    )
    to_time = fields.Time(
        load_default=None,
        format="%H:%M",
        metadata={"sentence": lazy_gettext("Sluttiden ska vara senare än starttiden, och före 06:00 morgonen efter.")},
    )
    starts_on = fields.Date(required=True, metadata={"sentence": lazy_gettext("Skriv vilken dag planen börjar.")})
    until_on = fields.Date(
        load_default=None, metadata={"sentence": lazy_gettext("Sista dagen kan inte vara före den första.")}
    )
    predecessor_id = fields.UUID(load_default=None)
    is_preview = fields.Boolean(load_default=False)

    @validates_schema
    def fits(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse hours and days that end before they begin, and more times a week than it has days."""
        faults: dict[str, list[str]] = {}
        if data.get("part") == OWN_HOURS and not _own_hours(data):
            faults["to_time"] = ["Ends before it begins."]
        if data.get("until_on") and data.get("starts_on") and data["until_on"] < data["starts_on"]:
            faults["until_on"] = ["Ends before it begins."]
        if (data.get("times_a_week") or 0) > len(set(data.get("weekdays", ()))):
            faults["times_a_week"] = ["More than there are days."]
        if faults:
            raise ValidationError(faults)

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> MakePlan:
        """Make the command: hours as minutes of the day, no weekday or place twice."""
        part, own = loaded.pop("part"), _own_hours(loaded)
        loaded.pop("from_time")
        loaded.pop("to_time")
        from_min, to_min = own if part == OWN_HOURS and own else HOURS.get(part, WHOLE_DAY)
        for name in ("kinds", "weekdays", "place_ids"):
            loaded[name] = tuple(dict.fromkeys(loaded[name]))
        return MakePlan(**loaded, from_min=from_min, to_min=to_min)


def _own_hours(data: dict[str, Any]) -> tuple[int, int] | None:
    """Return the hours as minutes of the day, or None where they are not all there or end before they begin."""
    begins, ends = data.get("from_time"), data.get("to_time")
    if begins is None or ends is None:
        return None
    from_min, to_min = minute_of(begins), minute_of(ends) or DAY_MIN
    return (from_min, to_min) if from_min < to_min else None


class PlanQuery(FormSchema):
    """For which zone a plan is made, and which it succeeds."""

    zone = fields.UUID(load_default=None)
    succeeds = fields.UUID(load_default=None)

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True


class MeetingPointForm(FormSchema):
    """Where the rounds of a zone begin."""

    command_class = SetMeetingPoint
    place_id = fields.UUID(load_default=None, metadata={"sentence": lazy_gettext("Välj en av områdets platser.")})
