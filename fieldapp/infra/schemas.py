"""Base of the schemas that every input passes: unknown keys are refused, text is clean, the result is a frozen command."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from fieldapp.kernel.ids import uuid_of


class CommandSchema(Schema):
    """Loads into `command_class` when one is set, else into a dict."""

    command_class: ClassVar[type | None] = None

    class Meta:
        """Unknown keys are refused."""

        unknown = RAISE
        ordered = True

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> Any:
        """Make the command."""
        return self.command_class(**loaded) if self.command_class else loaded


class QuickSchema(CommandSchema):
    """A schema that thousands of inputs pass: the ordinary ones are read by `quick`, without its fields.

    `quick` reads only what the fields would take and returns what they would make of it; all else it leaves to them, so
    that they alone say what is wrong. Tests hold the two to each other.
    """

    def load(self, data: Any, *, many: bool | None = None, partial: Any = None, unknown: Any = None) -> Any:
        """Read one input, quickly where it is ordinary."""
        if not (many or partial or unknown):
            made = self.quick(data)
            if made is not None:
                return made
        return super().load(data, many=many, partial=partial, unknown=unknown)

    def quick(self, data: Any) -> Any:
        """Return what `data` loads into, or None to let the fields decide, as they do wherever nothing is said here."""
        return None


_PLAIN_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_STORABLE_LINES = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]*").fullmatch
_STORABLE_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*").fullmatch
PLAIN_SHA256 = re.compile(r"[0-9a-f]{64}").fullmatch


def plain_uuid(value: Any) -> UUID | None:
    """Return the UUID of a text in the one form that the protocol knows, or None."""
    return uuid_of(int(value.replace("-", ""), 16)) if type(value) is str and _PLAIN_UUID(value) else None


@lru_cache(maxsize=1024)
def _read_uuid(value: str) -> UUID | None:
    return plain_uuid(value)


def known_uuid(value: Any) -> UUID | None:
    """Do the same for what many inputs name alike: a user, a round, a place."""
    return _read_uuid(value) if type(value) is str else None


def is_whole(value: Any, low: int, high: int) -> bool:
    """Tell whether a value is a whole number, written as one, from `low` to `high`."""
    return type(value) is int and low <= value <= high


def is_storable(text: str, *, lines: bool) -> bool:
    """Tell whether text holds no control characters (but line breaks and tabs where `lines`) and no lone surrogates."""
    return (_STORABLE_LINES if lines else _STORABLE_LINE)(text) is not None


class Text(fields.String):
    """Text a person wrote: NFC, trimmed, without control characters, within its length.

    Lone surrogates and NUL are refused here because no database could store them; line breaks are kept only where `lines`.
    """

    default_error_messages = {  # noqa: RUF012 - how marshmallow wants it
        "unclean": "Contains characters that cannot be stored."
    }

    def __init__(self, *, max_length: int, min_length: int = 0, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=min_length, max=max_length), **kwargs)
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs) or "")
        if not is_storable(text, lines=self.lines):
            raise self.make_error("unclean")
        return unicodedata.normalize("NFC", text).strip()


class StrictInteger(fields.Integer):
    """A whole number that was written as one: no text, no fraction, no truth value."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class FiniteFloat(fields.Float):
    """A finite number within a range, not given as text."""

    def __init__(self, low: float, high: float, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool | str):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class ShortList(fields.List[Any]):
    """A list that is refused for its length before anything in it is looked at: each wrong item would cost a message."""

    default_error_messages = {  # noqa: RUF012 - how marshmallow wants it
        "too_long": "Longer than maximum length {max}."
    }

    def __init__(self, item: fields.Field[Any], *, max_length: int, min_length: int = 0, **kwargs: Any) -> None:
        super().__init__(item, validate=validate.Length(min=min_length), **kwargs)
        self.max_length = max_length

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.max_length:
            raise self.make_error("too_long", max=self.max_length)
        return super()._deserialize(value, attr, data, **kwargs)


class Sha256(fields.String):
    """A SHA-256 in 64 lower-case hex digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"\A[0-9a-f]{64}\Z"), **kwargs)


class StrictUuid(fields.UUID):
    """A UUID in the one form that the protocol knows: lower case with hyphens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if str(loaded) != value:
            raise self.make_error("invalid_uuid")
        return loaded


class StrictBoolean(fields.Boolean):
    """True or false, not a word for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


__all__ = [
    "CommandSchema",
    "FiniteFloat",
    "QuickSchema",
    "Sha256",
    "ShortList",
    "StrictBoolean",
    "StrictInteger",
    "StrictUuid",
    "Text",
    "ValidationError",
]
