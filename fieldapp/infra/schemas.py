"""Base of the schemas that every input passes: unknown keys are refused, text is clean, the result is a frozen command."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate


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
        if any(unicodedata.category(c) in {"Cs", "Cc"} and not (self.lines and c in "\n\r\t") for c in text):
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
    "Sha256",
    "StrictBoolean",
    "StrictInteger",
    "StrictUuid",
    "Text",
    "ValidationError",
]
