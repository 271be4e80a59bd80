"""Serves the phone app: its shell and its service worker at /pwa/, its hashed files for ever."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, send_from_directory, url_for

from fieldapp.access.http import public
from fieldapp.infra.feature import Feature
from fieldapp.kernel.errors import NotFound

mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/manifest+json", ".webmanifest")

bp = Blueprint("pwa", __name__)

REVALIDATED = frozenset({"index.html", "sw.js", "manifest.webmanifest"})


def _dist() -> Path:
    folder: Path = current_app.extensions["rond_static"] / "pwa" / "dist"
    return folder


@bp.get("/")
@public
def root() -> Any:
    """Send a browser that came to the bare address to the phone app: hosts type the shortest thing."""
    return redirect(url_for("pwa.shell"))


@bp.get("/pwa/")
@public
def shell() -> Response:
    """Serve the app's shell."""
    return _serve("index.html")


@bp.get("/pwa/<path:name>")
@public
def file(name: str) -> Response:
    """Serve a file of the app. Hashed ones never change; the shell and the worker are asked for anew each time."""
    return _serve(name)


def _serve(name: str) -> Response:
    if not (_dist() / "index.html").is_file():
        raise NotFound("the phone app has not been built: make build")
    g.is_private = False
    response: Response = send_from_directory(_dist(), name)
    if name in REVALIDATED or "/" not in name:
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


FEATURE = Feature(name="pwa", pages=(bp,))
