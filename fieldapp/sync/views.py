"""API routes of sync."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, request
from flask_smorest import Blueprint

from fieldapp.access.http import endpoint
from fieldapp.access.login import DeviceHere, epoch
from fieldapp.access.permissions import Permission
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import transaction
from fieldapp.infra.http import arrived_body, clock, inflated_body, json_reply
from fieldapp.kernel.errors import Invalid, Malformed, NotFound, TooLarge
from fieldapp.kernel.time import to_ms
from fieldapp.sync import audit, named_blobs, protocol, schemas
from fieldapp.sync.epoch import SafeSeqs
from fieldapp.sync.errors import EpochChanged
from fieldapp.sync.named_blobs import NamedPhoto
from fieldapp.sync.pull import pull
from fieldapp.sync.push import receive
from fieldapp.sync.registry import Registry

bp = Blueprint(
    "sync", __name__, url_prefix="/api/v1/sync", description="Phones give what hosts logged, and take what changed."
)

_push_schema = schemas.PushSchema()
_part_headers = schemas.PartHeaders()


def _registry() -> Registry:
    return cast("Registry", current_app.extensions["rond_registry"])


def _store() -> BlobStore:
    return cast("BlobStore", current_app.extensions["rond_blobs"])


def _head(here: DeviceHere) -> dict[str, Any]:
    safe_seqs = cast("SafeSeqs", current_app.extensions["rond_safe_seqs"])
    return {
        "proto": protocol.PROTO,
        "epoch": epoch(),
        "server_time": to_ms(clock().now()),
        "safe_seq": safe_seqs.of(here.actor.tenant_id),
        "retain_days": current_app.extensions["rond_settings"].retain_days,
    }


@bp.post("/push")
@bp.doc(requestBody={"required": True, "content": {"application/json": {"schema": schemas.PushSchema}}})
@endpoint(bp, permission=Permission.SYNC_USE, reply=schemas.PushReply(), signed_in=False, own_transactions=True)
def push(here: DeviceHere) -> Response:
    """Deliver a batch of operations; each is acknowledged by its id."""
    batch = _read_batch()
    if batch.epoch is not None and batch.epoch != epoch():
        raise EpochChanged(epoch=epoch())
    acks = receive(here, batch, _registry(), _store(), clock())
    named = {sha256 for operation in batch.ops for sha256 in operation.blobs}
    return json_reply({**_head(here), "acks": acks, "want": _wanted(here, named)})


def _read_batch() -> protocol.Push:
    body = inflated_body(protocol.PUSH_BYTES_MAX)
    if request.mimetype != "application/json":
        raise Malformed("a batch is application/json")
    try:
        document = json.loads(body, parse_constant=schemas.refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("a batch is JSON") from error
    if not isinstance(document, dict):
        raise Malformed("a batch is an object")
    loaded = document.get("ops")
    if isinstance(loaded, list) and len(loaded) > protocol.PUSH_OPS_MAX:
        raise TooLarge(limit_ops=protocol.PUSH_OPS_MAX)
    return cast("protocol.Push", _push_schema.load(document))


def _wanted(here: DeviceHere, named: set[str]) -> list[dict[str, Any]]:
    """Say which of the named photos the server does not have whole, and from where they go on."""
    if not named:
        return []
    with transaction(write=False):
        done = named_blobs.received(named)
    store, tenant_id = _store(), here.actor.tenant_id
    return [{"sha256": sha256, "off": store.received_bytes(tenant_id, sha256)} for sha256 in sorted(named - done)]


@bp.get("/pull")
@endpoint(bp, permission=Permission.SYNC_USE, query=schemas.PullQuery(), reply=schemas.PullReply())
def get_changes(here: DeviceHere, query: dict[str, Any]) -> Response:
    """Take what changed since the cursor."""
    page = pull(here.actor, query["cursor"], query["limit"], _registry(), epoch())
    return json_reply({**_head(here), **page})


@bp.post("/blobs/have")
@endpoint(
    bp,
    permission=Permission.SYNC_USE,
    body=schemas.HaveSchema(),
    reply=schemas.HaveReply(),
    signed_in=False,
)
def have(here: DeviceHere, asked: dict[str, Any]) -> dict[str, Any]:
    """Ask how far photos have come. Hashes that no operation of this phone named are absent from the answer."""
    found = named_blobs.named_by_phone(here.device.phone_id, asked["sha256"])
    done = named_blobs.settle(here.actor.tenant_id, found, _store(), clock().now())
    return {"blobs": {sha256: _offset_of(here, sha256, done, found) for sha256 in found}}


def _offset_of(here: DeviceHere, sha256: str, done: set[str], found: Mapping[str, NamedPhoto]) -> dict[str, Any]:
    if sha256 in done:
        return {"off": found[sha256].size_bytes, "done": True}
    return {"off": _store().received_bytes(here.actor.tenant_id, sha256), "done": False}


@bp.patch("/blobs/<string:sha256>")
@bp.doc(
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
)
@endpoint(bp, permission=Permission.SYNC_USE, reply=schemas.OffsetReply(), signed_in=False, own_transactions=True)
def add_part(here: DeviceHere, sha256: str) -> Response:
    """Send the next part of a photo."""
    headers = _part_headers.load(dict(request.headers))
    blob = named_blobs.photo_named_by_phone(here.device.phone_id, sha256)
    if blob is None:
        raise NotFound
    if blob.is_received:
        return json_reply({"off": blob.size_bytes, "done": True})
    if headers["upload_length"] != blob.size_bytes:
        raise TooLarge(limit_bytes=blob.size_bytes)
    part = arrived_body(protocol.PART_BYTES_MAX)
    offset, tenant_id = headers["upload_offset"], here.actor.tenant_id
    if not part.is_whole:
        # Nobody hears the answer. What has come of the part need not come again.
        if offset + part.length <= blob.size_bytes:
            _store().keep_beginning(
                tenant_id, sha256, offset=offset, total_length=blob.size_bytes, arrived=part.content
            )
        raise Malformed("the body is shorter than its length")
    outcome = _store().append_part(
        tenant_id,
        sha256,
        offset=offset,
        total_length=blob.size_bytes,
        part=part.content,
        part_sha256=base64.b64decode(headers["content_digest"][len("sha-256=:") : -1]).hex(),
    )
    if outcome.is_complete:
        with transaction(write=True):
            named_blobs.note_received(tenant_id, [sha256], clock().now())
    return json_reply({"off": outcome.offset, "done": outcome.is_complete})


@bp.patch("/blobs")
@bp.doc(
    requestBody={
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
)
@endpoint(bp, permission=Permission.SYNC_USE, reply=schemas.HaveReply(), signed_in=False, own_transactions=True)
def add_whole_photos(here: DeviceHere) -> Response:
    """Send several photos whole, one behind the other. Each is taken or not for itself."""
    sizes = named_blobs.read_sizes(request.headers.get("Upload-Photos", ""))
    body = arrived_body(protocol.PART_BYTES_MAX)
    if body.length != sum(sizes.values()):
        raise Invalid("the body is not as long as its photos")
    tenant_id = here.actor.tenant_id
    with transaction(write=False):
        found = named_blobs.named_by_phone(here.device.phone_id, sizes)
    arrived = _arrived_of(body.content, sizes, found)
    wholes = {sha256: content for sha256, content in arrived.items() if len(content) == sizes[sha256]}
    taken = _store().take_wholes(tenant_id, wholes)
    if taken:
        with transaction(write=True):
            named_blobs.note_received(tenant_id, taken, clock().now())
    for sha256, content in arrived.items():
        if sha256 in wholes:
            continue
        _store().keep_beginning(tenant_id, sha256, offset=0, total_length=sizes[sha256], arrived=bytes(content))
    if not body.is_whole:
        raise Malformed("the body is shorter than its length")
    done = taken | {sha256 for sha256, photo in found.items() if photo.is_received}
    return json_reply({"blobs": {sha256: _offset_of(here, sha256, done, found) for sha256 in found}})


def _arrived_of(body: bytes, sizes: Mapping[str, int], found: Mapping[str, NamedPhoto]) -> dict[str, memoryview]:
    """Return what has come of each photo that was named with this length and is not here already."""
    arrived: dict[str, memoryview] = {}
    at = 0
    for sha256, size in sizes.items():
        photo = found.get(sha256)
        if photo is not None and photo.size_bytes == size and not photo.is_received:
            arrived[sha256] = memoryview(body)[at : at + size]
        at += size
    return arrived


@bp.get("/audit")
@endpoint(bp, permission=Permission.SYNC_USE, reply=schemas.AuditReply(), signed_in=False)
def get_missing(here: DeviceHere) -> dict[str, Any]:
    """Learn which of this device's operations and photos the server does not have."""
    return audit.missing(here.device.id)


@bp.get("/docs/<string:kind>/<uuid:zone_id>")
@bp.response(200, {"type": "object"})
@bp.alt_response(304, description="The document has not changed.")
@endpoint(bp, permission=Permission.SYNC_USE)
def get_document(here: DeviceHere, kind: str, zone_id: UUID) -> Response:
    """Take a derived document, unless the phone has this version of it."""
    document = _registry().documents.get(kind)
    body = document.make(here.actor, zone_id, clock().now()) if document is not None else None
    if body is None:
        raise NotFound
    response = Response(json.dumps(body), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
