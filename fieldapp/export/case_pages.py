"""Downloads of the list of cases, with the fields of damage as other systems receive them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.damage.queries import count_cases, filter_of
from fieldapp.damage.schemas import CaseQuery
from fieldapp.export import x1
from fieldapp.export.pages import bp, download_name, file_response, note_download
from fieldapp.export.schemas import ProfileQuery
from fieldapp.export.service import ROWS_MAX, TooManyRows, table_file
from fieldapp.infra.http import clock
from fieldapp.observations.queries import categories

_case_query, _profile_query = CaseQuery(), ProfileQuery()
FILTER_NAMES = tuple(field.data_key or name for name, field in _case_query.fields.items())


@bp.get("/cases.csv")
@page(permission=Permission.CASE_EXPORT)
def cases_csv(actor: Actor) -> Any:
    """Download the list as CSV: as Swedish Excel opens it, or `profile=rfc4180`."""
    return _send(actor, "csv")


@bp.get("/cases.xlsx")
@page(permission=Permission.CASE_EXPORT)
def cases_xlsx(actor: Actor) -> Any:
    """Download the list as an Excel file."""
    return _send(actor, "xlsx")


def _send(actor: Actor, ending: str) -> Any:
    given, now = request.args.to_dict(), clock().now()
    profile = _profile_query.load(given)["profile"]
    organisation = organisation_of(actor.tenant_id)
    trades = {category.code: category.trade for category in categories()}
    wanted = filter_of(_case_query.load(given), organisation.timezone, now, trades, None)
    count = count_cases(wanted, now).total
    if count > ROWS_MAX:
        too_many = TooManyRows(rows=count, rows_max=ROWS_MAX)
        return render_template("export/too_many.html", **too_many.details), too_many.status
    rows = x1.case_rows(wanted, organisation)
    file = table_file(rows, x1.FIELDS, _("Ärenden"), ending=ending, profile=profile)
    note_download(actor, "case:export", ending, count, {name: given[name] for name in FILTER_NAMES if given.get(name)})
    return file_response(file, download_name(organisation, _("arenden"), now, ending))
