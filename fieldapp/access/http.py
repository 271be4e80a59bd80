"""How a route is made: `endpoint` for the API, `page` for the desk. Each names its permission; none can be made without.

The order is the same everywhere: who asks (401) → is the thing there, in their tenant (404) → may they (403) → does the input
fit its schema (422) → one transaction → answer after commit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, redirect, request, url_for
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import Schema

from fieldapp.access.login import CLIENT_HEADER, desk_actor, device_here, epoch, signed_in_device
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.infra.db import set_tenant, transaction
from fieldapp.kernel.errors import Forbidden, NotFound, RondError, SignedOut

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SubjectLoader = Callable[..., Any]


class ForeignRequest(RondError):
    """An unsafe request without the client's header: another site's page may be behind it."""

    code = "csrf"
    status = 403


def require_client_header() -> None:
    """Refuse an unsafe API request that a page of another origin could have sent.

    Raises:
        ForeignRequest: the header is missing, or the browser says that another site asks.
    """
    if request.method in SAFE_METHODS:
        return
    if CLIENT_HEADER not in request.headers or request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        raise ForeignRequest


def _load_permitted(actor: Actor, permission: Permission, load: SubjectLoader | None, key: Any) -> Any:
    """Return the subject if the actor may do this to it.

    Raises:
        NotFound: there is none in the actor's tenant.
        Forbidden: the actor may not.
    """
    subject = load(key) if load is not None else None
    if load is not None and subject is None:
        # Who may never do this learns nothing of what exists, not even that it does not.
        raise NotFound if is_permitted(actor, permission) else Forbidden
    if not is_permitted(actor, permission, subject):
        raise Forbidden
    return subject


def endpoint(  # noqa: PLR0913 - the parts of a route, each named where it is used
    blueprint: ApiBlueprint,
    *,
    permission: Permission,
    subject: SubjectLoader | None = None,
    subject_arg: str = "",
    body: Schema | None = None,
    query: Schema | None = None,
    reply: Schema | None = None,
    status: int = 200,
    signed_in: bool = True,
    write: bool | None = None,
    own_transactions: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a documented API route of a phone. The view gets `(here, [subject], [loaded], **rest)`.

    `signed_in=False` admits a device whose user signed out, or has lost the role: what was logged may always be delivered.
    `own_transactions` is for the view that must be able to do its work a second time, or does most of it outside the database.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def in_transaction(*loaded: Any, **arguments: Any) -> Any:
            here = arguments.pop("here")
            key = arguments.pop(subject_arg) if subject is not None else None
            if own_transactions:
                return view(here, *loaded, **arguments)
            is_write = request.method not in SAFE_METHODS if write is None else write
            with transaction(write=is_write):
                found = (_load_permitted(here.actor, permission, subject, key),) if subject is not None else ()
                return view(here, *found, *loaded, **arguments)

        inner: Callable[..., Any] = in_transaction
        if reply is not None:
            inner = blueprint.response(status, reply)(inner)
        elif status != 200:
            inner = blueprint.response(status)(inner)
        if body is not None:
            inner = blueprint.arguments(body)(inner)
        if query is not None:
            inner = blueprint.arguments(query, location="query")(inner)

        @wraps(inner)
        def route(**arguments: Any) -> Any:
            require_client_header()
            here = signed_in_device() if signed_in else device_here()
            set_tenant(here.actor.tenant_id)
            # What may be delivered signed out is delivered without the role, too: each operation is judged alone, and held.
            if subject is None and signed_in and not is_permitted(here.actor, permission):
                raise Forbidden(epoch=epoch())
            return inner(here=here, **arguments)

        route.permission = permission  # type: ignore[attr-defined]
        return route

    return decorate


def page(
    *,
    permission: Permission,
    subject: SubjectLoader | None = None,
    subject_arg: str = "",
    form: Schema | None = None,
    write: bool | None = None,
    own_transactions: bool = False,
    request_bytes_max: int | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a desk page. The view gets `(actor, [subject], [loaded form], **rest)`; a signed-out caller is shown the way in.

    `write` is needed where a page that is only looked at leaves a line in the audit. `request_bytes_max`: what somebody who is
    signed in may send here, when that is more than elsewhere.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def route(**arguments: Any) -> Any:
            try:
                actor = desk_actor()
            except SignedOut:
                return _to_sign_in()
            set_tenant(actor.tenant_id)
            key = arguments.pop(subject_arg) if subject is not None else None
            with transaction(write=False):
                _load_permitted(actor, permission, subject, key)
            loaded = (form.load(_form_values(form)),) if form is not None and request.method == "POST" else ()
            if own_transactions:
                return view(actor, *loaded, **arguments)
            is_write = request.method not in SAFE_METHODS if write is None else write
            with transaction(write=is_write):
                found = (_load_permitted(actor, permission, subject, key),) if subject is not None else ()
                return view(actor, *found, *loaded, **arguments)

        route.permission = permission  # type: ignore[attr-defined]
        route.request_bytes_max = request_bytes_max  # type: ignore[attr-defined]
        return route

    return decorate


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a route that needs nobody to be signed in: sign-in itself, health, the app's shell."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def _form_values(form: Schema) -> dict[str, Any]:
    """Return the posted values as the schema expects them: lists where it has lists, no CSRF token."""
    values: dict[str, Any] = {}
    for name in request.form:
        if name == "csrf_token":
            continue
        field = form.fields.get(name)
        is_list = field is not None and field.__class__.__name__ == "List"
        values[name] = request.form.getlist(name) if is_list else request.form[name]
    return values


def _to_sign_in() -> Any:
    """Send a person to the sign-in page, and back afterwards; a fragment asks the whole page to go there."""
    way_back = request.full_path.rstrip("?") if request.method == "GET" else ""
    address = url_for("access.sign_in", next=way_back or None)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address)
