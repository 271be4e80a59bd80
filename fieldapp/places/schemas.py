"""Forms and addresses to commands of zones and places."""

from __future__ import annotations

import math
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, fields, validate, validates_schema

from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import Text, ValidationError
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.places.commands import (
    AddPath,
    AddPlace,
    AddZone,
    ApplyImport,
    ApplyMap,
    ChangePlace,
    ChangeZone,
    ExcludePaths,
    IncludePaths,
    MakeAnchors,
    ReadMap,
)
from fieldapp.places.drawing import POINTS_MAX as LINE_POINTS_MAX
from fieldapp.places.geometry import OutlineFault, ring_of_geojson
from fieldapp.places.imports import EXTERNAL_ID_CHARS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX
from fieldapp.places.kinds import ANCHOR_KINDS, PLACE_KINDS
from fieldapp.places.map_files import KINDS
from fieldapp.places.sentences import outline_sentence

_NAME = lazy_gettext("Skriv ett namn på högst 120 tecken.")


class Outline(fields.Field[Any]):
    """The outline of an area, as GeoJSON in WGS84."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        try:
            return ring_of_geojson(str(value))
        except OutlineFault as fault:
            raise ValidationError(outline_sentence(fault.code)) from fault


class Degrees(fields.Field[float]):
    """Degrees as a person writes them, with a comma or a point."""

    def __init__(self, limit: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> float:
        try:
            number = float(str(value).strip().replace(",", "."))
        except ValueError:
            number = math.nan
        if not -self.limit <= number <= self.limit:
            raise ValidationError("Not degrees.")
        return round(number, 7)


class _ZoneForm(FormSchema):
    name = Text(max_length=NAME_CHARS_MAX, min_length=1, required=True, metadata={"sentence": _NAME})
    outline = Outline(load_default=None, metadata={"tells": True})


class AddZoneForm(_ZoneForm):
    """A new zone."""

    command_class = AddZone
    code = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[\w.-]{1,40}\Z"),
        metadata={"sentence": lazy_gettext("Koden ska vara 1–40 bokstäver, siffror eller . - _ utan mellanslag.")},
    )


class ChangeZoneForm(_ZoneForm):
    """A change of a zone."""

    command_class = ChangeZone


def _text(name: str) -> Text:
    sentence = lazy_gettext("Skriv högst %(chars)s tecken.", chars=TEXT_CHARS_MAX[name])
    return Text(max_length=TEXT_CHARS_MAX[name], load_default="", metadata={"sentence": sentence})


class _PlaceForm(FormSchema):
    kind = fields.String(
        required=True,
        validate=validate.OneOf(PLACE_KINDS),
        metadata={"sentence": lazy_gettext("Välj vad det är för slags plats.")},
    )
    name = Text(max_length=NAME_CHARS_MAX, min_length=1, required=True, metadata={"sentence": _NAME})
    parent = Text(
        max_length=EXTERNAL_ID_CHARS_MAX,
        load_default=None,
        metadata={"sentence": lazy_gettext("Ange en plats med dess id.")},
    )
    zone_id = fields.UUID(load_default=None, metadata={"sentence": lazy_gettext("Välj ett område i listan.")})
    lat = Degrees(
        90, load_default=None, metadata={"sentence": lazy_gettext("Ange latituden i grader, till exempel 57,7072.")}
    )
    lon = Degrees(
        180, load_default=None, metadata={"sentence": lazy_gettext("Ange longituden i grader, till exempel 11,9669.")}
    )
    fastighet_beteckning = _text("fastighet_beteckning")
    fastighet_nr = _text("fastighet_nr")
    byggnad_nr = _text("byggnad_nr")
    adress = _text("adress")
    postnr = _text("postnr")
    postort = _text("postort")
    uppgang = _text("uppgang")
    plan = _text("plan")

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """A position is whole or none."""
        if (loaded["lat"] is None) != (loaded["lon"] is None):
            raise ValidationError("Half a position.", "lat" if loaded["lat"] is None else "lon")


class AddPlaceForm(_PlaceForm):
    """A new place."""

    command_class = AddPlace
    external_id = Text(
        max_length=EXTERNAL_ID_CHARS_MAX,
        min_length=1,
        required=True,
        metadata={"sentence": lazy_gettext("Ange ert eget id för platsen, högst 64 tecken.")},
    )


class ChangePlaceForm(_PlaceForm):
    """A change of a place."""

    command_class = ChangePlace


class PlaceQuery(FormSchema):
    """What a list of places is asked to show, and after which place to go on."""

    zone = fields.UUID(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(PLACE_KINDS))
    text = Text(max_length=NAME_CHARS_MAX, load_default="")
    ended = fields.Boolean(load_default=False)
    after = fields.UUID(load_default=None)

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True


class ApplyImportForm(FormSchema):
    """A yes to the preview of an import."""

    command_class = ApplyImport
    sha256 = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))
    digest = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))
    create_zones = fields.Boolean(load_default=False)


class Box(fields.Field[Any]):
    """A box in degrees as a person writes it: west, south, east, north."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        try:
            west, south, east, north = (float(part) for part in str(value).replace(";", ",").split(","))
        except ValueError as error:
            raise ValidationError("Not four numbers.") from error
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValidationError("Not a box.")
        return (west, south, east, north)


class ReadMapForm(FormSchema):
    """What is said of a map file."""

    command_class = ReadMap
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(KINDS),
        metadata={"sentence": lazy_gettext("Välj vad filen är, eller låt Rond se efter.")},
    )
    extent = Box(
        load_default=None,
        metadata={
            "sentence": lazy_gettext("Skriv fyra tal i grader: väst, syd, öst, nord, med punkt som decimaltecken.")
        },
    )
    epsg = fields.Integer(
        load_default=None,
        validate=validate.Range(1024, 999_999),
        metadata={"sentence": lazy_gettext("Skriv systemets EPSG-nummer, till exempel 3006.")},
    )
    code_field = Text(
        max_length=80,
        load_default=None,
        metadata={"sentence": lazy_gettext("Skriv egenskapens namn, högst 80 tecken.")},
    )
    name_field = Text(
        max_length=80,
        load_default=None,
        metadata={"sentence": lazy_gettext("Skriv egenskapens namn, högst 80 tecken.")},
    )


class ApplyMapForm(FormSchema):
    """A yes to the preview of a map."""

    command_class = ApplyMap
    sha256 = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))
    digest = fields.String(required=True, validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"))


_PIECES_MAX = 200
_PIECES = lazy_gettext("Välj minst ett stycke och högst 200, på kartan eller i listan.")


class _PiecesForm(FormSchema):
    pieces = fields.List(
        fields.UUID(), required=True, validate=validate.Length(1, _PIECES_MAX), metadata={"sentence": _PIECES}
    )


class IncludePathsForm(_PiecesForm):
    """Pieces that are taken back."""

    command_class = IncludePaths


class ExcludePathsForm(_PiecesForm):
    """Pieces that are left out."""

    command_class = ExcludePaths
    reason = Text(
        max_length=200,
        min_length=3,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv varför, 3–200 tecken. Andra ledare läser det.")},
    )


class Positions(fields.Field[Any]):
    """Positions along a line, one a row: latitude and longitude in degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        rows = [row.replace(",", " ").split() for row in str(value).splitlines() if row.strip()]
        if not 2 <= len(rows) <= LINE_POINTS_MAX:
            raise ValidationError("Too few positions, or too many.")
        return [_position(row) for row in rows]


def _position(row: list[str]) -> list[float]:
    try:
        lat, lon = (float(part) for part in row)
    except ValueError as error:
        raise ValidationError("Not two numbers.") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValidationError("Not degrees.")
    return [round(lon, 7), round(lat, 7)]


class AddPathForm(FormSchema):
    """A path that somebody drew."""

    command_class = AddPath
    line = Positions(
        required=True,
        metadata={
            "sentence": lazy_gettext(
                "Klicka minst två punkter på kartan, eller skriv dem: en rad per punkt, till exempel 57.7072, 11.9669."
            )
        },
    )
    is_lit = fields.Boolean(load_default=False)


class PathQuery(FormSchema):
    """What a list of pieces is asked to show."""

    zone = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(("counted", "excluded", "drawn")))
    text = Text(max_length=NAME_CHARS_MAX, load_default="")
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True


LABELS_AT_ONCE = 500


class MakeAnchorsForm(FormSchema):
    """Places that get a label."""

    command_class = MakeAnchors
    places = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, LABELS_AT_ONCE),
        metadata={"sentence": lazy_gettext("Välj minst en plats och högst 500.")},
    )
    kind = fields.String(
        load_default="qr",
        validate=validate.OneOf(ANCHOR_KINDS),
        metadata={"sentence": lazy_gettext("Välj QR eller NFC.")},
    )


class SheetQuery(FormSchema):
    """Which labels are printed: those made at one moment (wire time), and which part of many."""

    made = fields.Integer(load_default=None, validate=validate.Range(0, WIRE_MS_MAX))
    part = fields.Integer(load_default=1, validate=validate.Range(1, 1000))

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True
