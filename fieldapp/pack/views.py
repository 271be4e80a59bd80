"""API routes of packs: what a zone's pack consists of, and those parts of it that a phone lacks."""

from __future__ import annotations

import itertools
import json
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from fieldapp.access.http import endpoint
from fieldapp.access.login import DeviceHere
from fieldapp.access.permissions import Permission
from fieldapp.kernel.errors import NotFound
from fieldapp.pack import queries, schemas
from fieldapp.pack.models import DistrictPack
from fieldapp.places.models import Zone
from fieldapp.places.queries import zone_in_tenant

bp = Blueprint("pack", __name__, url_prefix="/api/v1/pack", description="What a phone keeps to show a map offline.")


@bp.get("/<uuid:zone_id>")
@bp.response(200, {"type": "object"})
@bp.alt_response(304, description="The pack has not changed.")
@endpoint(bp, permission=Permission.SYNC_USE, subject=zone_in_tenant, subject_arg="zone_id")
def get_manifest(_here: DeviceHere, zone: Zone) -> Response:
    """Take the list of what a zone's pack consists of, unless the phone has this version of it."""
    pack = _pack_of(zone)
    response = Response(json.dumps(pack.manifest), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(pack.version)
    response.make_conditional(request)
    return response


@bp.get("/<uuid:zone_id>/content")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@endpoint(
    bp, permission=Permission.SYNC_USE, subject=zone_in_tenant, subject_arg="zone_id", query=schemas.ContentQuery()
)
def get_content(_here: DeviceHere, zone: Zone, query: dict[str, Any]) -> Response:
    """Take parts of a pack, one after another; there are none of a version that is no longer the newest."""
    pack = _pack_of(zone)
    if query["version"] not in {None, pack.version}:
        raise NotFound
    response = Response(_parts(pack, query["parts"]), content_type="application/octet-stream")
    response.headers["ETag"] = f'"{pack.version}"'
    return response


def _pack_of(zone: Zone) -> DistrictPack:
    pack = queries.pack_of(zone.id)
    if pack is None:
        raise NotFound
    return pack


def _parts(pack: DistrictPack, wanted: list[int] | None) -> bytes:
    """Return the asked parts' bytes.

    Raises:
        NotFound: there is no such part.
    """
    if wanted is None:
        return pack.content
    lengths = [length for file in pack.manifest["files"] for _hash, length in file["parts"]]
    ends = list(itertools.accumulate(lengths))
    if any(number >= len(ends) for number in wanted):
        raise NotFound
    return b"".join(pack.content[ends[number] - lengths[number] : ends[number]] for number in wanted)
