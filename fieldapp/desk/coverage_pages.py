"""Desk pages of coverage: which places were seen, when, and which were not. Nothing of a round that is not over."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import get_timezone

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.coverage.rules import PLACE
from fieldapp.coverage.schemas import PageQuery, ReviewQuery
from fieldapp.desk import navigation
from fieldapp.desk.coverage_ages import age_list, age_map
from fieldapp.desk.coverage_compare import comparison
from fieldapp.desk.coverage_files import ENDINGS, FILES
from fieldapp.desk.coverage_gaps import gap_days
from fieldapp.desk.coverage_matrix import zone_matrices
from fieldapp.desk.coverage_plan import by_week, has_plans, plan_lines
from fieldapp.desk.coverage_presence import presence_table
from fieldapp.desk.coverage_review import Review, review
from fieldapp.desk.pages import bp, may_open
from fieldapp.export.pages import download_name, file_response, note_download
from fieldapp.export.schemas import ProfileQuery
from fieldapp.export.service import table_file
from fieldapp.infra.http import clock

_query, _page, _profile = ReviewQuery(), PageQuery(), ProfileQuery()
_VIEW = Permission.COVERAGE_VIEW
FILTER_NAMES = tuple(field.data_key or name for name, field in _query.fields.items())


def asked_review(actor: Actor, **usual: str) -> Review:
    """Return what the address asks for; `usual` holds where it says nothing."""
    given = {**usual, **request.args.to_dict()}
    return review(_query.load(given), actor.tenant_id, clock().now(), str(get_timezone()))


def kept_filter() -> dict[str, Any]:
    """Return the filter as the address has it."""
    return {name: request.args[name] for name in FILTER_NAMES if request.args.get(name)}


def _asked_page() -> int:
    number: int = _page.load(request.args.to_dict())["page"]
    return number


def _show(name: str, shown: Review, **more: Any) -> str:
    """Render a page of the review, with the way to the others under the same filter."""
    kept = kept_filter()
    siblings = navigation.links(
        navigation.COVERAGE,
        here=request.endpoint or "",
        may_open=may_open,
        address_of=lambda endpoint: url_for(endpoint, **kept),
    )
    return render_template(f"desk/coverage_{name}.html", review=shown, kept=kept, siblings=siblings, **more)


@bp.get("/desk/coverage")
@page(permission=_VIEW)
def coverage(actor: Actor) -> str:
    """Show places and pieces on a map by how long since they were seen, and in a list, overdue first."""
    shown = asked_review(actor)
    return _show("map", shown, list=age_list(shown, _asked_page()))


@bp.get("/desk/coverage/map")
@page(permission=_VIEW)
def coverage_layer(actor: Actor) -> Response:
    """Give the map what it draws."""
    return Response(age_map(asked_review(actor)), content_type="application/geo+json")


@bp.get(f"/desk/coverage/<any({', '.join(FILES)}):table>.<any({', '.join(ENDINGS)}):ending>")
@page(permission=Permission.COVERAGE_EXPORT)
def coverage_file(actor: Actor, table: str, ending: str) -> Response:
    """Download what a page shows, all of its rows."""
    profile = _profile.load(request.args.to_dict())["profile"]
    usual = {"kind": PLACE} if table == "places" else {}
    made = FILES[table](asked_review(actor, **usual))
    file = table_file(made.rows, made.fields, made.name, ending=ending, profile=profile)
    note_download(actor, "coverage:export", ending, len(made.rows), {"page": table, **kept_filter()})
    return file_response(file, download_name(organisation_of(actor.tenant_id), made.name, clock().now(), ending))


@bp.get("/desk/coverage/places")
@page(permission=_VIEW)
def coverage_places(actor: Actor) -> str:
    """List the places by when they were last seen, overdue first."""
    shown = asked_review(actor, kind=PLACE)
    return _show("places", shown, list=age_list(shown, _asked_page()))


@bp.get("/desk/coverage/weekdays")
@page(permission=_VIEW)
def coverage_weekdays(actor: Actor) -> str:
    """Show on which weekdays and in which parts of the day each zone is seen."""
    shown = asked_review(actor)
    return _show("weekdays", shown, matrices=zone_matrices(shown))


@bp.get("/desk/coverage/plan")
@page(permission=_VIEW)
def coverage_plan(actor: Actor) -> str:
    """Show what plans asked for and what came of it, by week: what was missed first."""
    shown = asked_review(actor)
    lines = plan_lines(shown)
    return _show("plan", shown, weeks=by_week(lines), has_plans=bool(lines) or has_plans())


@bp.get("/desk/coverage/gaps")
@page(permission=_VIEW)
def coverage_gaps(actor: Actor) -> str:
    """Show by day why and how long nothing was recorded, and what may have been seen meanwhile."""
    shown = asked_review(actor)
    return _show("gaps", shown, days=gap_days(shown))


@bp.get("/desk/coverage/presence")
@page(permission=_VIEW)
def coverage_presence(actor: Actor) -> str:
    """Show by week and zone for how many hours anything was seen, in bands."""
    shown = asked_review(actor)
    return _show("presence", shown, table=presence_table(shown))


@bp.get("/desk/coverage/compare")
@page(permission=_VIEW)
def coverage_compare(actor: Actor) -> str:
    """Show two periods side by side: what is seen now and was not then."""
    shown = asked_review(actor)
    return _show("compare", shown, compared=comparison(shown, _asked_page()))
