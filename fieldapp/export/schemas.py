"""What a download may be asked for."""

from __future__ import annotations

from marshmallow import EXCLUDE, fields, validate

from fieldapp.export.files import PROFILES
from fieldapp.infra.schemas import CommandSchema


class ProfileQuery(CommandSchema):
    """How a CSV is written; the rest of the address is the list's filter."""

    profile = fields.String(load_default="excel-sv", validate=validate.OneOf(tuple(PROFILES)))

    class Meta:
        """The filter is read by its own schema."""

        unknown = EXCLUDE
