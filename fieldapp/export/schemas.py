"""What a download may be asked for."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from fieldapp.export.files import PROFILES
from fieldapp.export.status_rules import MAPPABLE, NOTHING, WORD_MAX
from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import CommandSchema, Text

WORDS_MAX = 300


class ProfileQuery(CommandSchema):
    """How a CSV is written; the rest of the address is the list's filter."""

    profile = fields.String(load_default="excel-sv", validate=validate.OneOf(tuple(PROFILES)))

    class Meta:
        """The filter is read by its own schema."""

        unknown = EXCLUDE


class StatusWordsForm(FormSchema):
    """What each of a receiver's words means: as many meanings as words, in the same order; an empty one is none."""

    word = fields.List(Text(min_length=1, max_length=WORD_MAX), required=True, validate=validate.Length(max=WORDS_MAX))
    status = fields.List(fields.String(validate=validate.OneOf(("", *MAPPABLE, NOTHING))), required=True)

    @validates_schema
    def check_lengths(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a form in which they are not as many."""
        if len(loaded["word"]) != len(loaded["status"]):
            raise ValidationError("as many as words", "status")

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> dict[str, str | None]:
        """Return the meanings by word."""
        return {word: status or None for word, status in zip(loaded["word"], loaded["status"], strict=True)}


class InboundUpdate(Schema):
    """One update of a call, for the interface's document: a case is named by its number or by the receiver's own id."""

    case_no = fields.Integer()
    external_id = fields.String(validate=validate.Length(max=64))
    status = fields.String(required=True, validate=validate.Length(min=1, max=WORD_MAX))
    status_at = fields.AwareDateTime()
    note = fields.String()
    update_id = fields.String()


class InboundBody(Schema):
    """A signed call of a receiver."""

    updates = fields.List(fields.Nested(InboundUpdate), required=True, validate=validate.Length(max=200))
