"""What every request and answer passes: bounded bodies, security headers, the clock, our own API error handling."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import Flask, Response, current_app, g, request
from flask_smorest import Api
from sqlalchemy import text
from werkzeug.exceptions import UnsupportedMediaType

from fieldapp.infra.db import db, transaction
from fieldapp.kernel.errors import Malformed, TooLarge
from fieldapp.kernel.time import Clock

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; font-src 'self'; media-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


API_BYTES_MAX = 65_536
"""The body of a call, but for batches and parts of photos, which `inflated_body` bounds."""


class RondApi(Api):  # type: ignore[misc]
    """flask-smorest's registry of documented routes, with our errors instead of its own for the whole application."""

    def _register_error_handlers(self) -> None:
        """Leave errors to `fieldapp.infra.problems`: the library's handler would answer pages with JSON."""


def clock() -> Clock:
    """Return the application's clock."""
    return cast("Clock", current_app.extensions["rond_clock"])


def inflated_body(limit: int) -> bytes:
    """Return the request's body, inflated if it came as gzip, never holding more than `limit` bytes of it.

    Raises:
        TooLarge: it is longer, before or after inflating.
        Malformed: it says gzip and is not, or is cut short.
    """
    declared = request.content_length
    if declared is not None and declared > limit:
        raise TooLarge(limit_bytes=limit)
    request.max_content_length = limit + 1
    raw = request.stream.read((declared or limit) + 1)
    if len(raw) > limit:
        raise TooLarge(limit_bytes=limit)
    if declared is not None and len(raw) < declared:
        raise Malformed("the body is shorter than its length")
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding == "identity":
        return raw
    if encoding != "gzip":
        raise Malformed("unknown content encoding")
    return _inflate(raw, limit)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What has come of a request's body, and how long it was said to be: less of it when the connection was cut."""

    content: bytes
    length: int

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it has come."""
        return len(self.content) == self.length


def arrived_body(limit: int) -> Arrived:
    """Read the request's body as it is, at most `limit` bytes, and keep what came of it when the connection is cut.

    Raises:
        UnsupportedMediaType: it is packed.
        TooLarge: it is longer.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    declared = request.content_length
    if declared is None:
        content = inflated_body(limit)
        return Arrived(content, len(content))
    if declared > limit:
        raise TooLarge(limit_bytes=limit)
    # Past the framework's stream, which copies all of it twice more, and drops what came when the connection breaks.
    stream: BinaryIO = request.environ["wsgi.input"]
    pieces: list[bytes] = []
    missing, tries = declared, 2
    while missing and tries:
        try:
            piece = stream.read(missing)
        except OSError:
            # What came before the connection broke is still with the web server: the second try gets it.
            piece = b""
        if not piece:
            tries -= 1
        pieces.append(piece)
        missing -= len(piece)
    return Arrived(b"".join(pieces), declared)


def json_reply(document: Any) -> Response:
    """Answer with JSON as it is: where the schema of the answer would only look at each of hundreds of things once more."""
    return Response(json.dumps(document), content_type="application/json")


def _inflate(raw: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        body = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Malformed("not gzip") from error
    if len(body) > limit or inflater.unconsumed_tail:
        raise TooLarge(limit_bytes=limit)
    if not inflater.eof or inflater.unused_data:
        raise Malformed("the gzip body is cut short or has something after it")
    return body


def register(app: Flask) -> None:
    """Put the security headers on every answer, and tell at /healthz whether the server lives."""

    @app.get("/healthz", endpoint="health.health")
    def health() -> dict[str, str]:
        with transaction(write=False):
            db.session.execute(text("SELECT 1"))
        return {"status": "ok"}

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if g.get("is_private", True) and "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
