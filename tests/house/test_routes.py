"""Every route says who may use it, and every one that changes something has a schema."""

import pytest
from flask import Flask

from fieldapp.access.permissions import RULES, Permission

PUBLIC = {
    "access.sign_in": "the way in",
    "access.do_sign_in": "the way in",
    "access.sign_out": "whoever leaves may leave",
    "access.choose_password": "a one-time code is all one has",
    "access.do_choose_password": "a one-time code is all one has",
    "phone.sign_in": "the way in",
    "phone.first_sign_in": "the way in",
    "pwa.root": "the app itself is no secret",
    "pwa.shell": "the app itself is no secret",
    "pwa.file": "the app itself is no secret",
    "desk.static_file": "scripts and styles are no secret",
    "desk.set_theme": "a browser's own choice, before sign-in too",
    "desk.set_language": "a browser's own choice, before sign-in",
    "inbound.take": "a receiver is known by its signature",
    "health.health": "tells that the server lives, and nothing else",
    "api-docs.openapi_json": "the interface is no secret",
}


def permission_of(app: Flask, endpoint: str) -> object:
    view = app.view_functions[endpoint]
    while not hasattr(view, "permission") and hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return getattr(view, "permission", "none named")


def test_every_route_names_its_permission_or_is_public_for_a_reason(app: Flask) -> None:
    found = {rule.endpoint: permission_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    unnamed = {endpoint for endpoint, permission in found.items() if not isinstance(permission, Permission)}
    assert unnamed == set(PUBLIC) & set(found)
    assert set(PUBLIC) <= set(found)


def test_a_route_without_permission_is_found(app: Flask) -> None:
    app.view_functions["loose"] = lambda: ""
    assert permission_of(app, "loose") == "none named"


def test_every_permission_has_a_rule_and_is_asked_for_somewhere(app: Flask) -> None:
    asked = {permission_of(app, rule.endpoint) for rule in app.url_map.iter_rules()}
    asked |= {kind.permission for kind in app.extensions["rond_registry"].operations.values()}
    assert set(RULES) == set(Permission)
    assert {permission for permission in Permission if permission not in asked} == set()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_unsafe_api_routes_are_documented_with_a_body(app: Flask, method: str) -> None:
    document = app.test_client().get("/api/openapi.json").json
    without = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
        if verb.upper() == method and "requestBody" not in operation
    ]
    assert without == []


def test_the_api_document_has_every_api_route(app: Flask) -> None:
    document = app.test_client().get("/api/openapi.json").json
    documented = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}
    routes = {
        _plain(rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api-docs.openapi_json"
    }
    assert documented == routes


def _plain(rule: str) -> str:
    import re

    return re.sub(r"<[^:>]+:", "<", rule)
