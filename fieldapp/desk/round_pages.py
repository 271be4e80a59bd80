"""Desk pages of rounds that gather several features: the list, and one round for whoever said why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import get_timezone

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.desk.pages import bp
from fieldapp.desk.round_list import WEEK, monday_of, round_week, week_name
from fieldapp.desk.round_view import RoundView, round_view
from fieldapp.infra.http import clock
from fieldapp.rounds.models import RoundViewing
from fieldapp.rounds.pages import round_subject
from fieldapp.rounds.queries import RoundSubject, count_open_rounds, valid_viewing


@bp.get("/desk/rounds")
@page(permission=Permission.ROUND_LIST, write=True)
def rounds(actor: Actor) -> str:
    """List a week's closed rounds; on a Monday morning, when nobody has walked yet, last week's."""
    now = clock().now()
    timezone = get_timezone()
    wanted = request.args.get("week", "")
    week = round_week(monday_of(wanted, now.astimezone(timezone).date()), now, timezone)
    if not wanted and not week.days:
        week = round_week(week.monday - WEEK, now, timezone)
    filter_ = {"week": week_name(week.monday)}
    audit.write(actor.tenant_id, "round:list", at=now, actor=actor, filter=filter_, count=week.count)
    return render_template("desk/rounds.html", week=week, open_round_count=count_open_rounds(now))


@bp.get("/desk/rounds/<uuid:round_id>/viewing/<uuid:viewing_id>")
@page(permission=Permission.ROUND_OPEN, subject=round_subject, subject_arg="round_id", write=True)
def round_viewing(actor: Actor, subject: RoundSubject, viewing_id: UUID) -> Any:
    """Show an opened round. Without a reason of one's own from the last half-hour, the way leads to the question."""
    now = clock().now()
    viewing = valid_viewing(viewing_id, subject.round.id, actor.user_id, now)
    if viewing is None:
        return redirect(url_for("rounds.ask", round_id=subject.round.id, again=1))
    view = round_view(subject.round, now)
    _note_view(actor, view, viewing)
    return render_template("desk/round.html", view=view, viewing=viewing)


def _note_view(actor: Actor, view: RoundView, viewing: RoundViewing) -> None:
    audit.write(
        actor.tenant_id,
        "round:view",
        at=clock().now(),
        actor=actor,
        subject=("round", view.round.id),
        reason=viewing.reason,
        viewing=str(viewing.id),
        records=len(view.lines),
        fixes=sum(len(part.fixes) for part in view.route.stretches),
    )
