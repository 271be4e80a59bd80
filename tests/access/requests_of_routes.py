"""How each route is asked: what a valid request carries besides its address."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from typing import Any

from flask import Flask

from fieldapp.access.roles import Role
from tests.access.scene import PHOTO, Things
from tests.make.world import PASSWORD, World

ARGUMENT = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
DIGEST = base64.b64encode(hashlib.sha256(PHOTO).digest()).decode()
PART = {
    "Content-Type": "application/octet-stream",
    "Upload-Offset": "0",
    "Upload-Length": str(len(PHOTO)),
    "Upload-Complete": "?1",
    "Content-Digest": f"sha-256=:{DIGEST}:",
}
WHOLES = {"Content-Type": "application/octet-stream", "Upload-Photos": f"{'0' * 64}={len(PHOTO)}"}
CATEGORY = {"name_sv": "Klotter", "name_en": "Graffiti", "severity": "3", "trade": "KLO"}
PLACE = {"external_id": "NY-1", "kind": "Building", "name": "Nytt hus"}
PLAN = {"zone_id": str(uuid.UUID(int=0x7000)), "weekdays": ["1"], "part": "evening", "starts_on": "2026-11-23"}

RECEIVER = {"name": "Driften", "adapter": "open311", "url": "https://driften.example/v2"}

FORMS: dict[str, dict[str, Any]] = {
    "POST /desk/account/language": {"language": "en"},
    "POST /desk/account/password": {"password": PASSWORD, "new_password": "en annan kväll 27"},
    "POST /desk/observations/<observation_id>/category": {"category": "SK02"},
    "POST /desk/observations/<observation_id>/comments": {"text": "Tack, vi ser till det."},
    "POST /desk/cases/<case_id>/review": {"to": "granskad"},
    "POST /desk/cases/<case_id>/mend": {"to": "bekraftad", "reason": "Saneras omgående."},
    "POST /desk/cases/<case_id>/merge": {"duplicate_of": "999"},
    "POST /desk/cases/<case_id>/reopen": {"reason": "Skadan är kvar."},
    "POST /desk/rounds/<round_id>": {"reason": "Uppföljning av en skada"},
    "POST /desk/receivers/<receiver_id>/statuses": {"word": ["open"], "status": ["-"]},
    "POST /desk/receivers/new": RECEIVER,
    "POST /desk/receivers/<receiver_id>": RECEIVER,
    "POST /desk/language": {"language": "en"},
    "POST /desk/theme": {"theme": "dark"},
    "POST /desk/plans/new": PLAN,
    "POST /desk/users/new": {"login": "ny@bergsbo", "name": "Ny", "roles": ["host"]},
    "POST /desk/users/<user_id>": {"name": "Petra", "roles": ["partner"], "is_active": "true"},
    "POST /desk/organisation": {"name": "Bergsbo", "track_retention_hours": "72"},
    "POST /desk/zones/new": {"code": "S", "name": "Södra"},
    "POST /desk/zones/<zone_id>": {"name": "Norra"},
    "POST /desk/zones/<zone_id>/anchors": {"places": [str(uuid.UUID(int=0x7000))]},
    "POST /desk/places/new": PLACE,
    "POST /desk/places/<place_id>": {"kind": "OutdoorSpace", "name": "Gården"},
    "POST /desk/categories/new": {**CATEGORY, "code": "SK10", "kind": "D", "share": "A"},
    "POST /desk/categories/<category_id>": {**CATEGORY, "in_use": "true"},
    "POST /desk/devices/<device_id>/revoke": {"kind": "lost"},
    "POST /desk/held/<operation_id>": {"decision": "return", "reason": "Logga den igen med plats."},
}

JSON: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/phone/me": {"language": "en"},
    "POST /api/v1/phone/password": {"password": PASSWORD, "new_password": "en annan kväll 27"},
    "POST /api/v1/phone/sign-out": {},
    "POST /api/v1/sync/blobs/have": {"sha256": []},
}


def name_of(method: str, rule: str) -> str:
    """Return a route as the table writes it: `GET /desk/rounds/<round_id>`."""
    return f"{method} {ARGUMENT.sub(lambda found: f'<{found.group(1)}>', rule)}"


def routes(app: Flask) -> dict[str, tuple[str, str]]:
    """Return every route that needs a permission: its name, method and rule."""
    found = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        while not hasattr(view, "permission") and hasattr(view, "__wrapped__"):
            view = view.__wrapped__
        if getattr(view, "permission", None) is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[name_of(method, rule.rule)] = (method, rule.rule)
    return found


def address(rule: str, things: Things) -> str:
    """Fill in a route's arguments."""
    return ARGUMENT.sub(lambda found: things.of(found.group(1)), rule)


def subject_argument(rule: str) -> str | None:
    """Return the argument that names a thing of a tenant, if there is one."""
    named = [argument for argument in ARGUMENT.findall(rule) if argument.endswith("_id") or argument == "sha256"]
    return named[0] if named else None


def ask(world: World, name: str, route: tuple[str, str], role: Role | None, things: Things) -> Any:
    """Ask a route as a user of a role of the home tenant, or as nobody, about these things."""
    method, rule = route
    where = address(rule, things)
    if where.startswith("/api/"):
        return _ask_as_phone(world, name, method, where, role)
    return _ask_as_desk(world, name, method, where, role)


def _ask_as_phone(world: World, name: str, method: str, where: str, role: Role | None) -> Any:
    if role is None:
        http, headers = world.app.test_client(), {"X-Rond-Client": "pwa/1", "X-Rond-Device": str(uuid.uuid4())}
        sent: dict[str, Any] = {"json": JSON.get(name, {})} if method != "GET" else {}
        return http.open(where, method=method, headers=headers, **sent)
    phone = world.phone(world.home, role)
    if name == "POST /api/v1/sync/push":
        return phone.push()
    if name == "PATCH /api/v1/sync/blobs/<sha256>":
        return phone.http.patch(where, data=PHOTO, headers={**phone.headers, **PART})
    if name == "PATCH /api/v1/sync/blobs":
        return phone.http.patch(where, data=PHOTO, headers={**phone.headers, **WHOLES})
    sent = {"json": JSON[name]} if method != "GET" else {}
    return phone.http.open(where, method=method, headers=phone.headers, **sent)


def _ask_as_desk(world: World, name: str, method: str, where: str, role: Role | None) -> Any:
    from tests.make.world import Desk

    desk = Desk(world.app) if role is None else world.desk(world.home, role)
    if method == "GET":
        return desk.get(where)
    token_from = "/desk/sign-in" if role is None else None
    return desk.post(where, FORMS.get(name, {}), token_from=token_from)
