"""JSON and forms to commands of observations."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, fields, post_load, pre_load, validate, validates_schema

from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import (
    PLAIN_SHA256,
    CommandSchema,
    FiniteFloat,
    QuickSchema,
    Sha256,
    ShortList,
    StrictBoolean,
    StrictInteger,
    StrictUuid,
    Text,
    ValidationError,
    is_storable,
    is_whole,
    known_uuid,
    plain_uuid,
)
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.observations.commands import (
    AddCategory,
    ChangeCategory,
    CommentObservation,
    CorrectObservation,
    ListObservations,
    PhotoReference,
    Position,
    RecategoriseObservation,
    RecordObservation,
    WithdrawObservation,
)
from fieldapp.observations.rules import CALM_CODE, NOTE_CHARS_MAX, NOTHING_SAID, WITHDRAW_REASONS, judge_note

ACCURACY_M_MAX = 1_000_000.0
_PLAIN_CODE = re.compile("[A-Z]{2}[0-9]{2}").fullmatch
_SOURCES = ("suggested", "chosen", "none")
CODE = validate.Regexp(r"\A[A-Z]{2}[0-9]{2}\Z")


class PositionSchema(CommandSchema):
    """A position as phones give it."""

    command_class = Position
    lat = FiniteFloat(-90, 90, required=True)
    lon = FiniteFloat(-180, 180, required=True)
    accuracy_m = FiniteFloat(0, ACCURACY_M_MAX, required=True, allow_none=True)
    at = StrictInteger(0, WIRE_MS_MAX, required=True)


class PhotoReferenceSchema(CommandSchema):
    """A photo named by a record."""

    command_class = PhotoReference
    id = StrictUuid(required=True)
    slot = StrictInteger(1, 3, required=True)
    sha256 = Sha256(required=True)


def _photos(**kwargs: Any) -> ShortList:
    return ShortList(fields.Nested(PhotoReferenceSchema), max_length=3, **kwargs)


def _check_photos(photos: Any) -> None:
    slots = [photo.slot for photo in photos or ()]
    if len(set(slots)) != len(slots):
        raise ValidationError("Two photos in one slot.", "photos")


_RECORD_KEYS = frozenset(
    ["round", "category", "place", "place_source", "floor", "position", "severity", "note", "note_confirmed", "photos"]
)
_POSITION_KEYS = frozenset(("lat", "lon", "accuracy_m", "at"))
_PHOTO_KEYS = frozenset(("id", "slot", "sha256"))


def quick_position(given: Any) -> Position | None:
    """Read an ordinary position, or leave it to its schema."""
    if type(given) is not dict or given.keys() != _POSITION_KEYS:
        return None
    lat, lon, accuracy_m, at = given["lat"], given["lon"], given["accuracy_m"], given["at"]
    if not (_is_decimal(lat, -90, 90) and _is_decimal(lon, -180, 180) and is_whole(at, 0, WIRE_MS_MAX)):
        return None
    if accuracy_m is not None and not _is_decimal(accuracy_m, 0, ACCURACY_M_MAX):
        return None
    return Position(float(lat), float(lon), None if accuracy_m is None else float(accuracy_m), at)


def _is_decimal(value: Any, low: float, high: float) -> bool:
    return (type(value) is float or type(value) is int) and low <= value <= high


def _quick_photos(given: Any) -> tuple[PhotoReference, ...] | None:
    if type(given) is not list or len(given) > 3:
        return None
    photos = []
    for photo in given:
        if type(photo) is not dict or photo.keys() != _PHOTO_KEYS or not is_whole(photo["slot"], 1, 3):
            return None
        id_, sha256 = plain_uuid(photo["id"]), photo["sha256"]
        if id_ is None or type(sha256) is not str or not PLAIN_SHA256(sha256):
            return None
        photos.append(PhotoReference(id_, photo["slot"], sha256))
    return tuple(photos) if len({photo.slot for photo in photos}) == len(photos) else None


def _quick_note(given: Any) -> str | None:
    if type(given) is not str or not is_storable(given, lines=True):
        return None
    note = unicodedata.normalize("NFC", given).strip()
    return note if len(note) <= NOTE_CHARS_MAX else None


class RecordObservationSchema(QuickSchema):
    """Data of `observation.record`."""

    round = StrictUuid(required=True, allow_none=True)
    category = fields.String(required=True, validate=CODE)
    place = StrictUuid(required=True, allow_none=True)
    place_source = fields.String(required=True, validate=validate.OneOf(_SOURCES))
    floor = Text(max_length=20, required=True, allow_none=True)
    position = fields.Nested(PositionSchema, required=True, allow_none=True)
    severity = StrictInteger(1, 4, required=True)
    note = Text(max_length=NOTE_CHARS_MAX, lines=True, required=True, allow_none=True)
    note_confirmed = StrictBoolean(required=True)
    photos = _photos(required=True)

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """A place and its source belong together; slots are distinct; a calm check is an operation of its own."""
        if (loaded["place"] is None) != (loaded["place_source"] == "none"):
            raise ValidationError("A place has a source, no place has none.", "place_source")
        if loaded["category"] == CALM_CODE:
            raise ValidationError("A calm check is a visit.check.", "category")
        _check_photos(loaded["photos"])

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> RecordObservation:
        """Make the command."""
        judged = judge_note(loaded["note"], is_confirmed=loaded["note_confirmed"])
        return RecordObservation(**{**loaded, "photos": tuple(loaded["photos"])}, judged=judged)

    def quick(self, data: Any) -> RecordObservation | None:
        """Read an ordinary record: all there, nothing else, a floor left out."""
        if type(data) is not dict or data.keys() != _RECORD_KEYS or data["floor"] is not None:
            return None
        category, source, confirmed = data["category"], data["place_source"], data["note_confirmed"]
        if type(category) is not str or not _PLAIN_CODE(category) or category == CALM_CODE:
            return None
        if source not in _SOURCES or type(confirmed) is not bool or not is_whole(data["severity"], 1, 4):
            return None
        round_, place = known_uuid(data["round"]), known_uuid(data["place"])
        position, photos = quick_position(data["position"]), _quick_photos(data["photos"])
        note = _quick_note(data["note"])
        is_read = all(
            given is None or read is not None
            for given, read in (
                (data["round"], round_),
                (data["place"], place),
                (data["position"], position),
                (data["note"], note),
            )
        )
        if not is_read or photos is None or (place is None) != (source == "none"):
            return None
        judged = judge_note(note, is_confirmed=confirmed)
        return RecordObservation(
            round_, category, place, source, None, position, data["severity"], note, confirmed, photos, judged
        )


class CheckVisitSchema(CommandSchema):
    """Data of `visit.check`: becomes an observation PO06."""

    round = StrictUuid(required=True, allow_none=True)
    place = StrictUuid(required=True)
    position = fields.Nested(PositionSchema, required=True, allow_none=True)
    how = fields.String(required=True, validate=validate.OneOf(("tap", "qr", "nfc")))

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> RecordObservation:
        """Make the command: a calm place is a report like any other."""
        return RecordObservation(
            category=CALM_CODE,
            place_source="chosen",
            floor=None,
            severity=1,
            note=None,
            note_confirmed=False,
            photos=(),
            judged=NOTHING_SAID,
            **loaded,
        )


class _CorrectionSchema(CommandSchema):
    category = fields.String(validate=CODE)
    place = StrictUuid(allow_none=True)
    place_source = fields.String(validate=validate.OneOf(_SOURCES))
    floor = Text(max_length=20, allow_none=True)
    severity = StrictInteger(1, 4)
    note = Text(max_length=NOTE_CHARS_MAX, lines=True, allow_none=True)
    note_confirmed = StrictBoolean()
    photos = _photos()

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Something is set; a place comes with its source; nothing becomes a calm check."""
        if not loaded:
            raise ValidationError("Nothing is set.")
        if ("place" in loaded) != ("place_source" in loaded):
            raise ValidationError("A place comes with its source.", "place_source")
        if "place" in loaded and (loaded["place"] is None) != (loaded["place_source"] == "none"):
            raise ValidationError("A place has a source, no place has none.", "place_source")
        if loaded.get("category") == CALM_CODE:
            raise ValidationError("A calm check is a visit.check.", "category")
        _check_photos(loaded.get("photos"))


class CorrectObservationSchema(CommandSchema):
    """Data of `observation.correct`."""

    command_class = CorrectObservation
    set = fields.Nested(_CorrectionSchema, required=True)


class WithdrawObservationSchema(CommandSchema):
    """Data of `observation.withdraw`."""

    command_class = WithdrawObservation
    reason = fields.String(required=True, validate=validate.OneOf(WITHDRAW_REASONS))


FILTER_DATE_MIN, FILTER_DATE_MAX = date(2000, 1, 1), date(2100, 1, 1)


def _day(**kwargs: Any) -> fields.Date:
    return fields.Date("%Y-%m-%d", validate=validate.Range(FILTER_DATE_MIN, FILTER_DATE_MAX), **kwargs)


class FilterQuery(CommandSchema):
    """The filter of a list of observations, as it stands in an address: for the page and for what is downloaded.

    Empty values are left out, since a form sends all its fields; other parameters of the address (where to go on, which
    profile) are read by schemas of their own.
    """

    command_class = ListObservations
    from_on = _day(data_key="from")
    to_on = _day(data_key="to")
    zone = fields.UUID()
    group = fields.String(validate=validate.Regexp(r"\A[A-Z]{2}\Z"))
    category = fields.String(validate=CODE)
    kind = fields.String(validate=validate.OneOf(("D", "O", "P")))
    severity = fields.Integer(validate=validate.Range(1, 4))
    state = fields.String(validate=validate.OneOf(("recorded", "withdrawn")))
    review = fields.Boolean()

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
        """The first day is not after the last."""
        if "from_on" in loaded and "to_on" in loaded and loaded["from_on"] > loaded["to_on"]:
            raise ValidationError("The first day is after the last.", "to")


class CommentForm(CommandSchema):
    """The desk's comment."""

    command_class = CommentObservation
    text = Text(max_length=NOTE_CHARS_MAX, min_length=1, lines=True, required=True)


class RecategoriseForm(CommandSchema):
    """The desk's correction of a category."""

    command_class = RecategoriseObservation
    category = fields.String(required=True, validate=CODE)


class _CategoryWords(FormSchema):
    name_sv = Text(
        max_length=80,
        min_length=1,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv ett namn på högst 80 tecken.")},
    )
    name_en = Text(
        max_length=80,
        min_length=1,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv ett namn på högst 80 tecken.")},
    )
    severity = fields.Integer(
        required=True,
        validate=validate.Range(1, 4),
        metadata={"sentence": lazy_gettext("Välj en allvarlighet från 1 till 4.")},
    )
    trade = Text(max_length=8, load_default="", metadata={"sentence": lazy_gettext("Välj ett yrke i listan.")})


class ChangeCategoryForm(_CategoryWords):
    """The desk's change of a category."""

    command_class = ChangeCategory
    in_use = fields.Boolean(load_default=False)
    is_direct = fields.Boolean(load_default=False)


class AddCategoryForm(_CategoryWords):
    """The desk's new category."""

    command_class = AddCategory
    code = fields.String(
        required=True,
        validate=CODE,
        metadata={"sentence": lazy_gettext("Koden är två stora bokstäver och två siffror, till exempel SK10.")},
    )
    kind = fields.String(
        required=True, validate=validate.OneOf(("D", "O", "P")), metadata={"sentence": lazy_gettext("Välj en sort.")}
    )
    share = fields.String(
        load_default="C",
        validate=validate.OneOf(("A", "B", "C")),
        metadata={"sentence": lazy_gettext("Välj hur den delas.")},
    )
