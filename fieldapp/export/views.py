"""The route where receivers tell how mending goes. Who calls is known by the signature alone."""

from __future__ import annotations

from flask import Response, request
from flask_smorest import Blueprint

from fieldapp.access.http import public
from fieldapp.export import inbound
from fieldapp.export.schemas import InboundBody
from fieldapp.export.signatures import HEADER
from fieldapp.infra.db import as_tenant, transaction
from fieldapp.infra.http import clock, inflated_body, json_reply

bp = Blueprint(
    "inbound", __name__, url_prefix="/api/v1/inbound", description="Receivers of cases tell how mending goes."
)


@bp.post("/<string:address>")
@bp.doc(
    requestBody={"required": True, "content": {"application/json": {"schema": InboundBody}}},
    responses={"200": {"description": "What became of the updates"}, "401": {"description": "Not signed, or not now"}},
    parameters=[
        {"in": "header", "name": HEADER, "required": True, "schema": {"type": "string"}},
        {"in": "header", "name": "Idempotency-Key", "required": True, "schema": {"type": "string", "maxLength": 64}},
    ],
)
@public
def take(address: str) -> Response:
    """Take updates of cases that were handed to the receiver of this address."""
    body = inflated_body(inbound.BODY_BYTES_MAX)
    given = request.headers
    call = inbound.SignedCall(address, given.get(HEADER, ""), given.get("Idempotency-Key", ""), body)
    with transaction(write=False):
        sender = inbound.sender_of(call, clock().now())
    with as_tenant(sender.tenant_id, write=True):
        answer = inbound.answer_call(sender.receiver_id, call, clock=clock())
    return json_reply(answer)
