"""Downloads of the lists at the desk. Each leaves a line in the audit: who, which filter, how many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, request

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.export import x1
from fieldapp.export.files import PROFILES, csv_lines, write_excel
from fieldapp.export.schemas import ProfileQuery
from fieldapp.infra.http import clock
from fieldapp.observations.queries import filter_of, filtered
from fieldapp.observations.schemas import FilterQuery

bp = Blueprint("export", __name__, url_prefix="/desk")

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_filter_query = FilterQuery()
_profile_query = ProfileQuery()


def _rows(actor: Actor) -> Iterator[x1.Row]:
    organisation = organisation_of(actor.tenant_id)
    asked = _filter_query.load(request.args.to_dict())
    return x1.rows(filtered(filter_of(asked, organisation.timezone)), organisation)


def _name(actor: Actor, ending: str) -> str:
    slug = organisation_of(actor.tenant_id).slug
    return f"rond-{slug}-{clock().now():%Y-%m-%d}.{ending}"


def _note(actor: Actor, count: int, kind: str) -> None:
    asked = {name: value[:80] for name, value in request.args.items()}
    audit.write(
        actor.tenant_id, "observation:export", at=clock().now(), actor=actor, file=kind, rows=count, filter=asked
    )


@bp.get("/observations.csv")
@page(permission=Permission.OBSERVATION_EXPORT, write=True)
def observations_csv(actor: Actor) -> Response:
    """Download the list as CSV: as Swedish Excel opens it, or `profile=rfc4180`."""
    profile = PROFILES[_profile_query.load(request.args.to_dict())["profile"]]
    lines = list(csv_lines(_rows(actor), x1.FIELDS, profile))
    _note(actor, len(lines) - 1, "csv")
    response = Response("".join(lines), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(actor, "csv")}"'
    return response


@bp.get("/observations.xlsx")
@page(permission=Permission.OBSERVATION_EXPORT, write=True)
def observations_excel(actor: Actor) -> Response:
    """Download the list as an Excel file."""
    _profile_query.load(request.args.to_dict())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        count = write_excel(_rows(actor), x1.FIELDS, path, sheet="Iakttagelser")
        _note(actor, count, "xlsx")
        response = Response(path.read_bytes(), content_type=EXCEL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(actor, "xlsx")}"'
    return response
