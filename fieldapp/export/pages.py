"""Downloads of the lists at the desk. Each leaves a line in the audit: who, which filter, how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.export.schemas import ProfileQuery
from fieldapp.export.service import TooManyRows, Writer, as_csv, as_excel, list_file
from fieldapp.infra.db import transaction
from fieldapp.infra.http import clock
from fieldapp.observations.queries import filter_of
from fieldapp.observations.schemas import FilterQuery

bp = Blueprint("export", __name__, url_prefix="/desk", template_folder="templates")

CSV_TYPE = "text/csv; charset=utf-8; header=present"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART_BYTES = 64 * 1024
_filter_query, _profile_query = FilterQuery(), ProfileQuery()
FILTER_NAMES = tuple(field.data_key or name for name, field in _filter_query.fields.items())


@bp.get("/observations.csv")
@page(permission=Permission.OBSERVATION_EXPORT)
def observations_csv(actor: Actor) -> Any:
    """Download the list as CSV: as Swedish Excel opens it, or `profile=rfc4180`."""
    profile = _profile_query.load(request.args.to_dict())["profile"]
    return _send(actor, as_csv(profile), "csv")


@bp.get("/observations.xlsx")
@page(permission=Permission.OBSERVATION_EXPORT)
def observations_xlsx(actor: Actor) -> Any:
    """Download the list as an Excel file."""
    _profile_query.load(request.args.to_dict())
    return _send(actor, as_excel(_("Iakttagelser")), "xlsx")


def _send(actor: Actor, write: Writer, ending: str) -> Any:
    given = request.args.to_dict()
    organisation = organisation_of(actor.tenant_id)
    wanted = filter_of(_filter_query.load(given), organisation.timezone)
    name = f"rond-{organisation.slug}-{clock().now().astimezone(ZoneInfo(organisation.timezone)):%Y-%m-%d}.{ending}"
    try:
        made = list_file(organisation, wanted, write)
    except TooManyRows as error:
        return render_template("export/too_many.html", **error.details), error.status
    _note(actor, given, made.count, ending)
    return file_response(made.file, name)


def file_response(file: IO[bytes], name: str) -> Response:
    """Answer with a file, CSV or Excel by the ending of its name. It is closed when it has been sent."""
    media_type = CSV_TYPE if name.endswith(".csv") else EXCEL_TYPE
    response = Response(_parts(file), content_type=media_type)
    response.call_on_close(file.close)  # also where nobody reads it
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(PART_BYTES):
            yield part


def _note(actor: Actor, given: dict[str, str], count: int, ending: str) -> None:
    """Write the download into the audit, in a transaction of its own: making a long file must not keep others waiting."""
    asked = {name: given[name] for name in FILTER_NAMES if given.get(name)}
    with transaction(write=True):
        at = clock().now()
        audit.write(actor.tenant_id, "observation:export", at=at, actor=actor, file=ending, rows=count, filter=asked)
