"""Desk pages about cases as a whole: their figures, the clocks they are measured by, and who is told when one runs out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.damage import escalation
from fieldapp.damage.clocks import Clocks, read_clocks, set_clocks, set_work_week, work_time
from fieldapp.damage.schemas import ClocksForm, EscalationForm, FiguresQuery, WorkWeekForm
from fieldapp.damage.worktime import WorkTime
from fieldapp.desk.case_figures import (
    FIELDS,
    FiguresView,
    figure_rows,
    figures_view,
    half_bars,
    in_time_bars,
    month_word,
    percent_words,
    within_words,
)
from fieldapp.desk.pages import bp
from fieldapp.export.pages import download_name, file_response, note_download
from fieldapp.export.schemas import ProfileQuery
from fieldapp.export.service import table_file
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.planning.sentences import weekday_options

_profile = ProfileQuery()
_WORDS = {
    "in_time_bars": in_time_bars,
    "half_bars": half_bars,
    "percent_words": percent_words,
    "within_words": within_words,
    "month_word": month_word,
}
_figures, _clocks, _week, _escalation = FiguresQuery(), ClocksForm(), WorkWeekForm(), EscalationForm()


@bp.get("/desk/cases/figures")
@page(permission=Permission.CASE_COUNT)
def case_figures(_actor: Actor) -> str:
    """Show how many were mended within the clock, how long it took, and how many came back."""
    return render_template("desk/case_figures.html", view=_view(), asked=_asked(), **_WORDS)


def _view() -> FiguresView:
    asked = _figures.load(request.args.to_dict())
    return figures_view(asked, timezone=str(get_timezone()), now=clock().now())


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in ("from", "to") if request.args.get(name)}


@bp.get("/desk/cases/figures.<any(csv, xlsx):ending>")
@page(permission=Permission.CASE_COUNT)
def case_figures_file(actor: Actor, ending: str) -> Response:
    """Download the figures: all cases, each category, each zone, each month."""
    profile = _profile.load(request.args.to_dict())["profile"]
    rows, name = figure_rows(_view()), _("arenden-i-siffror")
    file = table_file(rows, FIELDS, name, ending=ending, profile=profile)
    note_download(actor, "case:export", ending, len(rows), _asked())
    return file_response(file, download_name(organisation_of(actor.tenant_id), name, clock().now(), ending))


@bp.get("/desk/cases/clocks")
@page(permission=Permission.CLOCKS_MANAGE)
def clocks(actor: Actor) -> str:
    """Show within how many hours damage should be mended, when maintenance works, and who is told of what is late."""
    return _page(actor)


def _page(actor: Actor, values: Mapping[str, Any] | None = None, errors: Errors | None = None) -> str:
    shown = {
        **_clock_values(read_clocks(actor.tenant_id)),
        **_week_values(work_time(actor.tenant_id)),
        **(values or {}),
    }
    told = escalation.escalations()
    chosen = {user.id for user, _after in told}
    rest = [user for user in escalation.may_be_told() if user.id not in chosen]
    return render_template(
        "desk/case_clocks.html", values=shown, errors=errors or {}, weekdays=weekday_options(), told=told, rest=rest
    )


def _clock_values(clocks_: Clocks) -> dict[str, Any]:
    hours = {f"severity_{severity}": clocks_.hours.get(severity, "") for severity in (1, 2, 3, 4)}
    return {**hours, "working": [str(severity) for severity in clocks_.working]}


def _week_values(worked: WorkTime) -> dict[str, Any]:
    return {
        "weekdays": [str(day) for day in worked.weekdays],
        "from_time": _time_words(worked.from_min),
        "to_time": _time_words(worked.to_min % (24 * 60)),
        "days_off": "\n".join(day.isoformat() for day in sorted(worked.days_off)),
    }


def _time_words(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@bp.post("/desk/cases/clocks")
@page(permission=Permission.CLOCKS_MANAGE)
def change_clocks(actor: Actor) -> Any:
    """Set within how many hours damage should be mended."""
    read = read_form(_clocks, request.form)
    if read.command is None:
        return _page(actor, read.values, read.errors), 422
    set_clocks(actor, read.command, clock=clock())
    flash(_("Fristerna är sparade. De gäller skador som kommer in från nu."), "ok")
    return redirect(url_for("desk.clocks"))


@bp.post("/desk/cases/clocks/week")
@page(permission=Permission.CLOCKS_MANAGE)
def change_work_week(actor: Actor) -> Any:
    """Set when maintenance works."""
    read = read_form(_week, request.form)
    if read.command is None:
        return _page(actor, read.values, read.errors), 422
    set_work_week(actor, read.command, clock=clock())
    flash(_("Arbetstiden är sparad. Den gäller skador som kommer in från nu."), "ok")
    return redirect(url_for("desk.clocks"))


@bp.post("/desk/cases/clocks/told")
@page(permission=Permission.CLOCKS_MANAGE)
def change_escalation(actor: Actor) -> Any:
    """Put somebody on the list of who is told when a clock has run out, or take them off it."""
    read = read_form(_escalation, request.form)
    if read.command is None:
        return _page(actor, read.values, read.errors), 422
    try:
        escalation.set_escalation(actor, read.command, clock=clock())
    except LookupError:
        return _page(actor, read.values, {"user_id": [_("Välj en person.")]}), 422
    flash(_("Listan är sparad."), "ok")
    return redirect(url_for("desk.clocks"))


@bp.post("/desk/cases/notices")
@page(permission=Permission.CASE_LIST)
def see_notices(actor: Actor) -> Any:
    """Keep that the reader has seen which clocks have run out, and show those cases."""
    escalation.see_notices(actor, clock=clock())
    return redirect(url_for("desk.cases", overdue="true"))
