"""The one tree of errors. Each carries a stable code, an HTTP status and facts that may be told to the caller.

Expected outcomes are values; these are for requests that cannot be carried out.
"""

from __future__ import annotations

from typing import ClassVar


class RondError(Exception):
    """Something the caller can be told. `details` must be safe to show: ids and limits, never text or positions."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    is_retryable: ClassVar[bool] = False

    def __init__(self, message: str = "", **details: object) -> None:
        super().__init__(message or self.code)
        self.details = details


class Invalid(RondError):
    """The request does not fit its schema. `details["errors"]` maps fields to sentences."""

    code = "invalid"
    status = 422


class Malformed(RondError):
    """The request cannot even be read."""

    code = "malformed"
    status = 400


class NotFound(RondError):
    """No such thing, or it is another tenant's: the answer is the same."""

    code = "not_found"
    status = 404


class Forbidden(RondError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403


class SignedOut(RondError):
    """Nobody is signed in."""

    code = "signed_out"
    status = 401


class Conflict(RondError):
    """The request was right for a state that is gone."""

    code = "conflict"
    status = 409


class TooLarge(RondError):
    """The request is larger than its limit."""

    code = "too_large"
    status = 413


class TooMany(RondError):
    """Too many tries; `details["retry_after_s"]` says when to come back."""

    code = "too_many_tries"
    status = 429
    is_retryable = True


class Unavailable(RondError):
    """The server cannot do this now and has changed nothing."""

    code = "unavailable"
    status = 503
    is_retryable = True
