"""Routes of the desk: its files, its settings, and the pages that gather several features."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, send_from_directory, session, url_for
from flask_babel import get_locale
from flask_login import current_user

from fieldapp.access.http import page, public
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.desk import navigation
from fieldapp.desk.assets import BuiltEntry, built_entry
from fieldapp.desk.filters import FILTERS, quarter_span

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


def _may_open(endpoint: str) -> bool:
    """Tell whether there is such a page and the reader's permissions let them in."""
    view = current_app.view_functions.get(endpoint)
    actor = _signed_in_actor()
    permission: Permission | None = getattr(view, "permission", None)
    return actor is not None and permission is not None and is_permitted(actor, permission)


def _navigation() -> tuple[navigation.NavLink, ...]:
    return navigation.links(navigation.PAGES, here=request.endpoint or "", may_open=_may_open, address_of=url_for)


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
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        asset=_asset,
        navigation=_navigation,
        signed_in_actor=_signed_in_actor,
        may_open=_may_open,
        here=_here,
        page_theme=_page_theme,
        page_language=_page_language,
        quarter_span=quarter_span,
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
def today(_actor: Actor) -> Any:
    """Show what today's work is."""
    return redirect(url_for("access.account"))


@bp.get("/desk/ground")
@page(permission=Permission.PLACES_VIEW)
def ground(_actor: Actor) -> Any:
    """Give the maps their ground: zones, buildings, paths."""
    return {"type": "FeatureCollection", "features": []}
