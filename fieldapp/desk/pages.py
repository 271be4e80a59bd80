"""Routes of the desk: its files, its settings, and the pages that gather several features."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    send_from_directory,
    session,
    url_for,
)
from flask_babel import get_locale, get_timezone
from flask_login import current_user

from fieldapp.access.http import page, public
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.desk import case_words, coverage_words, maps, navigation
from fieldapp.desk.assets import BuiltEntry, built_entry
from fieldapp.desk.filters import FILTERS, quarter_span
from fieldapp.desk.today import Today
from fieldapp.desk.today import today as make_today
from fieldapp.infra.changes import head_seq
from fieldapp.infra.http import clock
from fieldapp.kernel.time import quarter_hour, to_ms
from fieldapp.observations.trades import trade_words
from fieldapp.places.queries import paths, places_with_outline, zones

bp = Blueprint("desk", __name__, template_folder="templates")

LANGUAGES = ("sv", "en")
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "rond_theme"
A_YEAR_S = 31_536_000


def _dist() -> Path:
    folder: Path = current_app.extensions["rond_static"] / "desk" / "dist"
    return folder


def _asset(source: str) -> BuiltEntry | None:
    """Return the addresses of a built entry, or None where nothing has been built: pages work without."""
    built = built_entry(_dist(), source)
    if built is None:
        return None
    return BuiltEntry(_file_address(built.script), tuple(_file_address(style) for style in built.styles))


def _file_address(name: str) -> str:
    return url_for("desk.static_file", name=name)


def _signed_in_actor() -> Actor | None:
    return current_user.actor if current_user and current_user.is_authenticated else None


def may_open(endpoint: str) -> bool:
    """Tell whether there is such a page and the reader's permissions let them in."""
    view = current_app.view_functions.get(endpoint)
    actor = _signed_in_actor()
    permission: Permission | None = getattr(view, "permission", None)
    return actor is not None and permission is not None and is_permitted(actor, permission)


def _navigation() -> tuple[navigation.NavLink, ...]:
    return navigation.links(navigation.PAGES, here=request.endpoint or "", may_open=may_open, address_of=url_for)


def _here() -> str:
    """Return this page's address, to come back to; a page that answered a POST has none."""
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("desk.today")


def _page_theme() -> str:
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def _page_language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "sv"


@bp.record_once
def _extend_templates(state: Any) -> None:
    """Give every template of the application the desk's filters and helpers."""
    app: Flask = state.app
    # Words depend on the reader: compiled into a template, they would stay in the language of whoever came first.
    app.jinja_env.optimized = False
    app.jinja_env.filters.update({**FILTERS, **coverage_words.FILTERS, **case_words.FILTERS})
    app.jinja_env.globals.update(
        asset=_asset,
        navigation=_navigation,
        signed_in_actor=_signed_in_actor,
        may_open=may_open,
        here=_here,
        page_theme=_page_theme,
        page_language=_page_language,
        quarter_span=quarter_span,
        trade_words=trade_words,
        zip=zip,
    )


def _way_back() -> str:
    """Return the address to go back to, if it is one of the desk's."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and wanted.startswith("/desk/") and "\\" not in wanted
    return wanted if is_ours else url_for("desk.today")


@bp.post("/desk/theme")
@public
def set_theme() -> Any:
    """Choose light, dark or as the machine has it, in this browser."""
    response = redirect(_way_back())
    theme = request.form.get("theme", "")
    if theme in THEMES:
        is_secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR_S, secure=is_secure, samesite="Lax", httponly=True)
    return response


@bp.post("/desk/language")
@public
def set_language() -> Any:
    """Choose the language of the pages before sign-in; afterwards the user's own holds."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
    return redirect(_way_back())


@bp.get("/static/desk/<path:name>")
@public
def static_file(name: str) -> Any:
    """Serve a built file of the desk. Hashed ones never change."""
    g.is_private = False
    response = send_from_directory(_dist(), name)
    is_hashed = name.startswith("assets/")
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable" if is_hashed else "no-cache"
    return response


@bp.get("/desk/")
@page(permission=Permission.ACCOUNT_OWN)
def today(actor: Actor) -> Any:
    """Show what today's work is, or to whom it shows nothing their cases or their account: sign-in leads here."""
    if not is_permitted(actor, Permission.TODAY_VIEW):
        is_for_cases = is_permitted(actor, Permission.CASE_LIST)
        return redirect(url_for("desk.cases" if is_for_cases else "access.account"))
    return render_template("desk/today.html", today=_today(actor), version=_version_of_today(actor))


@bp.get("/desk/today")
@page(permission=Permission.TODAY_VIEW)
def today_now(actor: Actor) -> Any:
    """Give the part of the first page that changes, or 304 while nothing has happened in the feed."""
    version = _version_of_today(actor)
    if request.if_none_match.contains(version):
        response = Response(status=304)
    else:
        response = Response(render_template("desk/today_now.html", today=_today(actor), version=version))
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _today(actor: Actor) -> Today:
    return make_today(actor, clock().now(), get_timezone())


def _version_of_today(actor: Actor) -> str:
    """Return what today's page depends on: the feed, the quarter-hour (rounds close by the clock), the reader, the build."""
    feed = head_seq(actor.tenant_id)
    quarter = to_ms(quarter_hour(clock().now())) // 900_000
    roles = "".join(sorted(role[0] for role in actor.roles))
    built = built_entry(_dist(), "src/main.ts")
    build = sha256((built.script if built else "").encode()).hexdigest()[:8]
    return f"{feed}-{quarter}-{roles}-{_page_language()}-{build}"


@bp.get("/desk/ground")
@page(permission=Permission.GROUND_VIEW)
def ground(_actor: Actor) -> Any:
    """Give the maps their ground: zones, buildings, yards, paths."""
    drawn = maps.ground(zones(), places_with_outline(), paths())
    body = json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, content_type="application/geo+json")
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
