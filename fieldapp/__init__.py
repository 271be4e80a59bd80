"""Rond, the field app for safety hosts. `create_app` is the only place that knows every feature."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, request, session
from flask_babel import Babel
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from fieldapp import access, coverage, damage, desk, export, observations, pack, places, planning, pwa, rounds, sync
from fieldapp.access import login
from fieldapp.access.queries import organisation_of
from fieldapp.access.service import DESK_LIFE
from fieldapp.access.views import limiter
from fieldapp.infra import changes, http, problems
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db, set_tenant
from fieldapp.infra.feature import Feature
from fieldapp.infra.http import RondApi
from fieldapp.infra.rows import write_json
from fieldapp.kernel.time import Clock, SystemClock
from fieldapp.settings import Settings
from fieldapp.sync.epoch import SafeSeqs, read_epoch
from fieldapp.sync.registry import Registry

FEATURES: tuple[Feature, ...] = (
    access.FEATURE,
    places.FEATURE,
    rounds.FEATURE,
    observations.FEATURE,
    damage.FEATURE,
    coverage.FEATURE,
    planning.FEATURE,
    export.FEATURE,
    pack.FEATURE,
    sync.FEATURE,
    pwa.FEATURE,
    desk.FEATURE,
)

REACTIONS = {
    "organisation_created": (observations.FEATURE,),
    "observations_recorded": (damage.FEATURE, coverage.FEATURE),
    "observation_changed": (damage.FEATURE, coverage.FEATURE),
    "rounds_changed": (coverage.FEATURE,),
    "tracks_unkept": (coverage.FEATURE,),
    "tracks_condensed": (coverage.FEATURE,),
    "cases_changed": (export.FEATURE,),
    "blobs_received": (observations.FEATURE,),
    "ground_changed": (pack.FEATURE,),
}
"""Who reacts to what, in this order, inside the transaction of what happened."""

REQUEST_BYTES_MAX = 8 * 1024 * 1024
STATIC = Path(__file__).resolve().parent.parent / "static"


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Make the application of one installation."""
    app = Flask(__name__, static_folder=None)
    app.config.update(_config(settings))
    app.extensions["rond_settings"] = settings
    app.extensions["rond_clock"] = clock or SystemClock()
    app.extensions["rond_static"] = STATIC
    app.extensions["rond_blobs"] = BlobStore(settings.data_dir / "blobs")
    app.extensions["rond_epoch"] = read_epoch(settings.data_dir)
    app.extensions["rond_safe_seqs"] = SafeSeqs(settings.data_dir, app.extensions["rond_epoch"])
    app.extensions["rond_registry"] = Registry.gather(FEATURES)
    app.extensions["rond_jobs"] = [
        *(job for feature in FEATURES for job in feature.jobs),
        sync.condensing(app.extensions["rond_registry"]),
    ]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    _register_machinery(app)
    _register_features(app)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    prefix = "__Host-" if settings.is_https else ""
    engine: dict[str, Any] = {"pool_pre_ping": True}
    if settings.database_url.startswith("sqlite"):
        # The connection that was used last has read what is asked next, and fewer of them are ever opened.
        engine = {"connect_args": {"timeout": 15, "check_same_thread": False}, "pool_use_lifo": True}
    engine["json_serializer"] = write_json
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "SESSION_COOKIE_NAME": f"{prefix}rond",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": DESK_LIFE,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": REQUEST_BYTES_MAX,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "RATELIMIT_ENABLED": not settings.is_testing,
        "TESTING": settings.is_testing,
        "BABEL_DEFAULT_LOCALE": "sv",
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "API_TITLE": "Rond",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _register_machinery(app: Flask) -> None:
    problems.register(app)
    http.register(app)
    login.register(app)
    limiter.init_app(app)
    Babel(app, locale_selector=_locale, timezone_selector=_timezone)
    csrf = CSRFProtect(app)

    @app.before_request
    def start_as_nobody() -> None:
        """No request inherits a tenant; forms are checked against forgery, the API by its client's header."""
        set_tenant(None)
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "request_bytes_max", None) and current_user.is_authenticated:
            request.max_content_length = view.request_bytes_max  # type: ignore[union-attr]
        if problems.is_api_request():
            request.max_content_length = http.API_BYTES_MAX
        else:
            csrf.protect()


def _locale() -> str:
    """Return the language of this answer: the user's own, else what the browser asked for, else Swedish."""
    if current_user and current_user.is_authenticated:
        return str(current_user.actor.language)
    return str(session.get("language") or request.accept_languages.best_match(["sv", "en"], "sv"))


def _timezone() -> str | None:
    """Return the time zone of this answer: the organisation's, or the installation's before anybody has signed in."""
    if current_user and current_user.is_authenticated:
        return organisation_of(current_user.actor.tenant_id).timezone
    return None


def _register_features(app: Flask) -> None:
    api = RondApi(app)
    for feature in FEATURES:
        for blueprint in feature.pages:
            app.register_blueprint(blueprint)
        for documented in feature.api:
            api.register_blueprint(documented)
        for command in feature.commands:
            app.cli.add_command(command)
    changes.react_with({kind: [feature.reactions[kind] for feature in who] for kind, who in REACTIONS.items()})
