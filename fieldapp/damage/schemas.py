"""What the desk's forms and addresses of cases may say."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, ValidationError, fields, post_load, validate, validates_schema

from fieldapp.damage import rules
from fieldapp.damage.commands import (
    CountCases,
    ListCases,
    MergeCase,
    ReopenCase,
    ReviewCases,
    SetClocks,
    SetEscalation,
    SetWorkWeek,
    StepCase,
)
from fieldapp.damage.worktime import WEEKDAYS
from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import Text

REASON_CHARS_MAX = 500
BULK_MAX = 100
DAYS_OFF_MAX = 200
AFTER_HOURS_MAX = 720
_REASON = lazy_gettext("Skriv på högst 500 tecken.")


class _Span(FormSchema):
    from_on = fields.Date(data_key="from")
    to_on = fields.Date(data_key="to")

    class Meta:
        """Other parameters are others' business."""

        unknown = EXCLUDE
        ordered = True

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """The first day is not after the last."""
        if "from_on" in loaded and "to_on" in loaded and loaded["from_on"] > loaded["to_on"]:
            raise ValidationError("The first day is after the last.", "to")


class CaseQuery(_Span):
    """The filter of the list of cases, as it stands in an address: for the page and for what is downloaded."""

    command_class = ListCases
    status = fields.String(validate=validate.OneOf(("all", *rules.STATUSES)))
    zone = fields.UUID()
    trade = fields.String(validate=validate.Regexp(r"\A[A-Z]{2,8}\Z"))
    severity = fields.Integer(validate=validate.Range(1, 4))
    overdue = fields.Boolean()


class FiguresQuery(_Span):
    """Which days figures are about."""

    command_class = CountCases


def _reason() -> Text:
    return Text(max_length=REASON_CHARS_MAX, lines=True, load_default="", metadata={"sentence": _REASON})


class ReviewForm(FormSchema):
    """A supervisor's step."""

    command_class = StepCase
    to = fields.String(required=True, validate=validate.OneOf(sorted(rules.REVIEW_STEPS)))
    reason = _reason()


class MendForm(FormSchema):
    """A step of whoever mends, with a note."""

    command_class = StepCase
    to = fields.String(required=True, validate=validate.OneOf(sorted(rules.MENDING_STEPS)))
    reason = _reason()


class BulkForm(FormSchema):
    """One step for several cases."""

    command_class = ReviewCases
    cases = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=BULK_MAX))
    to = fields.String(required=True, validate=validate.OneOf(("granskad", "avvisad", "dubblett", "stangd")))
    reason = _reason()

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> Any:
        """Make the command, cases as a tuple."""
        return super().to_command({**loaded, "cases": tuple(loaded["cases"])})


class MergeForm(FormSchema):
    """Which case another is a duplicate of."""

    command_class = MergeCase
    duplicate_of = fields.Integer(
        required=True,
        validate=validate.Range(1, 2**31 - 1),
        metadata={"sentence": lazy_gettext("Skriv ärendets nummer, till exempel 12.")},
    )


class ReopenForm(FormSchema):
    """Why a case is opened again."""

    command_class = ReopenCase
    reason = _reason()


class ClocksForm(FormSchema):
    """Hours for each severity; an empty one means that no clock runs."""

    severity_1 = fields.Integer(validate=validate.Range(1, rules.HOURS_MAX))
    severity_2 = fields.Integer(validate=validate.Range(1, rules.HOURS_MAX))
    severity_3 = fields.Integer(validate=validate.Range(1, rules.HOURS_MAX))
    severity_4 = fields.Integer(validate=validate.Range(1, rules.HOURS_MAX))
    working = fields.List(
        fields.Integer(validate=validate.Range(1, 4)), load_default=list, validate=validate.Length(max=4)
    )

    def __init__(self, **kwargs: Any) -> None:
        """Give each field its sentence."""
        super().__init__(**kwargs)
        for field in self.fields.values():
            field.metadata = {"sentence": lazy_gettext("Skriv timmar, 1–2160, eller lämna tomt.")}

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> SetClocks:
        """Make the command."""
        hours = {severity: loaded.get(f"severity_{severity}") for severity in (1, 2, 3, 4)}
        return SetClocks(hours, frozenset(loaded["working"]))


class WorkWeekForm(FormSchema):
    """When maintenance works."""

    weekdays = fields.List(
        fields.Integer(validate=validate.OneOf(WEEKDAYS)),
        required=True,
        validate=validate.Length(1, 7),
        metadata={"sentence": lazy_gettext("Välj minst en veckodag.")},
    )
    from_time = fields.Time(
        required=True, format="%H:%M", metadata={"sentence": lazy_gettext("Skriv ett klockslag, till exempel 07:00.")}
    )
    to_time = fields.Time(
        required=True,
        format="%H:%M",
        metadata={"sentence": lazy_gettext("Skriv ett klockslag minst en timme efter det första.")},
    )
    days_off = fields.String(
        load_default="",
        validate=validate.Length(max=DAYS_OFF_MAX * 12),
        metadata={"sentence": lazy_gettext("Skriv en dag på varje rad, som 2026-12-24, högst 200 dagar.")},
    )

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> SetWorkWeek:
        """Make the command."""
        from_min, to_min = (_minutes(loaded[name]) for name in ("from_time", "to_time"))
        to_min = to_min or 24 * 60
        if to_min - from_min < 60:
            raise ValidationError("Shorter than an hour.", "to_time")
        return SetWorkWeek(tuple(loaded["weekdays"]), from_min, to_min, _days(loaded["days_off"]))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _days(text: str) -> tuple[date, ...]:
    words = text.split()
    if len(words) > DAYS_OFF_MAX:
        raise ValidationError("Too many days.", "days_off")
    try:
        return tuple(date.fromisoformat(word) for word in words)
    except ValueError:
        raise ValidationError("Not a day.", "days_off") from None


class EscalationForm(FormSchema):
    """Who is told when a clock has run out, and how many hours after; none: not any more."""

    command_class = SetEscalation
    user_id = fields.UUID(required=True, metadata={"sentence": lazy_gettext("Välj en person.")})
    after_hours = fields.Integer(
        load_default=None,
        validate=validate.Range(0, AFTER_HOURS_MAX),
        metadata={"sentence": lazy_gettext("Skriv timmar, 0–720.")},
    )
