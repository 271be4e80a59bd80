"""Downloads of the lists at the desk. Each leaves a line in the audit: who, which filter, how many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.models import Organisation
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.coverage.days import day_of
from fieldapp.coverage.schemas import ReviewQuery
from fieldapp.export import x8
from fieldapp.export.schemas import ProfileQuery
from fieldapp.export.service import TooManyRows, Writer, as_csv, as_excel, list_file, table_file
from fieldapp.infra.db import transaction
from fieldapp.infra.http import clock
from fieldapp.observations.queries import filter_of
from fieldapp.observations.schemas import FilterQuery

bp = Blueprint("export", __name__, url_prefix="/desk", template_folder="templates")

CSV_TYPE = "text/csv; charset=utf-8; header=present"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART_BYTES = 64 * 1024
_filter_query, _profile_query, _review_query = FilterQuery(), ProfileQuery(), ReviewQuery()
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


@bp.get("/rounds.csv")
@page(permission=Permission.COVERAGE_EXPORT)
def rounds_csv(actor: Actor) -> Response:
    """Download how much each walk saw of what was planned, as CSV."""
    return _send_walks(actor, "csv")


@bp.get("/rounds.xlsx")
@page(permission=Permission.COVERAGE_EXPORT)
def rounds_xlsx(actor: Actor) -> Response:
    """Download the same as an Excel file."""
    return _send_walks(actor, "xlsx")


def _send_walks(actor: Actor, ending: str) -> Response:
    given, now = request.args.to_dict(), clock().now()
    profile, asked = _profile_query.load(given)["profile"], _review_query.load(given)
    organisation = organisation_of(actor.tenant_id)
    timezone = ZoneInfo(organisation.timezone)
    period = asked.period(day_of(now, timezone))
    found = x8.rows(period, asked.zone, actor.tenant_id, now, timezone)
    file = table_file(found, x8.FIELDS, _("Ronder"), ending=ending, profile=profile)
    kept = {name: given[name] for name in ("from", "to", "zone") if given.get(name)}
    note_download(actor, "coverage:export", ending, len(found), {"page": "rounds", **kept})
    return file_response(file, download_name(organisation, _("ronder"), now, ending))


def download_name(organisation: Organisation, what: str, now: datetime, ending: str) -> str:
    """Return what a downloaded file is called: "rond-bergsbo-luckor-2026-11-23.csv"."""
    day = now.astimezone(ZoneInfo(organisation.timezone))
    return f"rond-{organisation.slug}-{what}-{day:%Y-%m-%d}.{ending}"


def _send(actor: Actor, write: Writer, ending: str) -> Any:
    given = request.args.to_dict()
    organisation = organisation_of(actor.tenant_id)
    wanted = filter_of(_filter_query.load(given), organisation.timezone)
    name = f"rond-{organisation.slug}-{clock().now().astimezone(ZoneInfo(organisation.timezone)):%Y-%m-%d}.{ending}"
    try:
        made = list_file(organisation, wanted, write)
    except TooManyRows as error:
        return render_template("export/too_many.html", **error.details), error.status
    note_download(
        actor, "observation:export", ending, made.count, {name: given[name] for name in FILTER_NAMES if given.get(name)}
    )
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


def note_download(actor: Actor, action: str, ending: str, count: int, asked: dict[str, str]) -> None:
    """Write a download into the audit, in a transaction of its own: making a long file must not keep others waiting."""
    with transaction(write=True):
        at = clock().now()
        audit.write(actor.tenant_id, action, at=at, actor=actor, file=ending, rows=count, filter=asked)
