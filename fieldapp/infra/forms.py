"""Read a page's form: into a command, or into what to show again with a sentence at each field that needs mending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, ValidationError, fields, pre_load
from werkzeug.datastructures import MultiDict

from fieldapp.infra.schemas import CommandSchema

WHOLE = "form"
"""The name under which a fault of the form as a whole is told."""

Errors = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class FormRead:
    """A posted form: its command where everything fits, else None; what was posted; sentences by field."""

    command: Any
    values: Mapping[str, Any]
    errors: Errors = field(default_factory=dict)


class FormSchema(CommandSchema):
    """A schema of a form or an address: an empty value is none, since forms send all their fields.

    A field may carry the sentence that a person reads when it does not fit: `metadata={"sentence": lazy_gettext("…")}`; one
    whose own errors are such sentences says so: `metadata={"tells": True}`. Schemas' other messages are for programs.
    """

    @pre_load
    def drop_empty(self, given: Any, **_: Any) -> dict[str, Any]:
        """Take an empty value for none."""
        return {name: value for name, value in dict(given).items() if value != ""}


def read_form(schema: Schema, given: MultiDict[str, str]) -> FormRead:
    """Load a posted form, its lists as lists, without the token against forgery."""
    values: dict[str, Any] = {}
    for name in given:
        if name != "csrf_token":
            is_list = isinstance(schema.fields.get(name), fields.List)
            values[name] = given.getlist(name) if is_list else given[name]
    try:
        return FormRead(schema.load(values), values)
    except ValidationError as error:
        return FormRead(None, values, _sentences(schema, error.messages))


def _sentences(schema: Schema, messages: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in messages.items():
        known = schema.fields.get(name)
        if known is None:
            found[WHOLE] = [_("Formuläret är inte det som visades. Ladda om sidan och försök igen.")]
        elif "sentence" in known.metadata:
            found[name] = [str(known.metadata["sentence"])]
        elif "tells" in known.metadata and isinstance(said, list):
            found[name] = [str(text) for text in said]
        else:
            found[name] = [_("Värdet stämmer inte.")]
    return found
