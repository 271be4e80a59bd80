"""Errors as answers: problem JSON (RFC 9457) for the API, one plain page for people. Mapped here and nowhere else."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from fieldapp.kernel.errors import Invalid, RondError, Unavailable

log = logging.getLogger("fieldapp")

HTTP_CODES = {
    400: "malformed",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "too_slow",
    409: "conflict",
    411: "length_required",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_tries",
    503: "unavailable",
}


def is_api_request() -> bool:
    """Tell whether the caller is a program: it gets problem JSON."""
    return request.path.startswith("/api/")


def problem(status: int, code: str, detail: str = "", headers: Any = None, **members: Any) -> Response:
    """Make a problem answer. `members` are extension members of RFC 9457 §3.2."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail, **members}
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    for name, value in headers or ():
        if name.lower() in {"allow", "retry-after", "www-authenticate"}:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def sentence(code: str) -> str:
    """Return the plain sentence a person reads for an error."""
    sentences = {
        "malformed": _("Det som skickades gick inte att läsa. Inget har ändrats."),
        "invalid": _("Något i formuläret stämmer inte. Inget har ändrats."),
        "signed_out": _("Du behöver logga in."),
        "forbidden": _("Du har inte rätt att göra det här."),
        "not_found": _("Sidan eller posten finns inte."),
        "method_not_allowed": _("Så kan sidan inte användas."),
        "conflict": _("Någon hann före eller så gäller det inte längre. Inget har ändrats."),
        "too_large": _("Det som skickades är för stort. Inget har ändrats."),
        "too_many_tries": _("För många försök. Vänta en stund och försök igen."),
        "unavailable": _("Servern kan inte göra det just nu. Inget har ändrats. Försök igen om en stund."),
        "csrf": _("Sidan var för gammal. Ladda om den och försök igen. Inget har ändrats."),
        "login_taken": _("Det finns redan en användare med den inloggningen."),
        "weak_password": _("Lösenordet är för kort eller för lätt att gissa. Minst 10 tecken, inte ditt användarnamn."),
        "wrong_credentials": _("Fel inloggning eller lösenord."),
        "code_required": _("Du behöver välja ett lösenord med din engångskod först."),
    }
    return str(sentences.get(code, _("Något gick fel hos oss. Det är antecknat. Inget har ändrats.")))


def _answer(status: int, code: str, detail: str = "", headers: Any = None, **members: Any) -> Response:
    if is_api_request():
        return problem(status, code, detail, headers, **members)
    page = render_template("problem.html", status=status, code=code, sentence=sentence(code), details=members)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    for name, value in headers or ():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def of_rond_error(error: RondError) -> Response:
    """Answer an error of our own tree."""
    headers = [("Retry-After", str(error.details["retry_after_s"]))] if "retry_after_s" in error.details else []
    return _answer(error.status, error.code, str(error), headers, **error.details)


def of_http_exception(error: HTTPException) -> Response:
    """Answer an error of the framework: unknown address, wrong method, unreadable body, failed schema."""
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages") if isinstance(getattr(error, "data", None), dict) else None
    members = {"errors": messages} if messages else {}
    code = "csrf" if isinstance(error, CSRFError) else HTTP_CODES.get(status, "internal")
    if isinstance(error.response, Response) and 300 <= status < 400:
        return error.response
    return _answer(status, code, "", error.get_headers(), **members)


def of_validation_error(error: ValidationError) -> Response:
    """Answer a schema's refusal."""
    return _answer(Invalid.status, Invalid.code, "", errors=error.normalized_messages())  # type: ignore[no-untyped-call]


def of_operational_error(error: OperationalError) -> Response:
    """Answer a database that is locked, full or away: nothing was done and the same may be tried again."""
    log.error("database: %s", type(error.orig).__name__, exc_info=error)
    return _answer(Unavailable.status, Unavailable.code, "", [("Retry-After", "2")])


def of_anything_else(error: Exception) -> Response:
    """Answer a fault of the program. The log has the trace; the caller learns nothing of it."""
    log.error("fault on %s %s", request.method, request.endpoint, exc_info=error)
    return _answer(500, "internal")


def register(app: Flask) -> None:
    """Let every error of the application be answered here."""
    app.register_error_handler(RondError, of_rond_error)
    app.register_error_handler(ValidationError, of_validation_error)
    app.register_error_handler(OperationalError, of_operational_error)
    app.register_error_handler(HTTPException, of_http_exception)
    app.register_error_handler(Exception, of_anything_else)
