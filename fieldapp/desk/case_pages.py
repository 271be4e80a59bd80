"""Desk pages of cases: the list, one case, its steps, its photos; maintenance works with the same pages on a phone."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.damage import steps
from fieldapp.damage.commands import ReviewCases, StepCase
from fieldapp.damage.escalation import count_unseen
from fieldapp.damage.queries import CasePhoto, OpenedCase, case_in_tenant, case_photo_in_tenant, own_trades
from fieldapp.damage.schemas import BulkForm, CaseQuery, MendForm, MergeForm, ReopenForm, ReviewForm
from fieldapp.desk.case_board import case_board as make_board
from fieldapp.desk.case_list import case_list
from fieldapp.desk.case_view import case_view
from fieldapp.desk.case_words import refused_words
from fieldapp.desk.pages import bp
from fieldapp.desk.words import case_status_word, ngettext
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Invalid
from fieldapp.observations.pages import send_photo

_query, _bulk = CaseQuery(), BulkForm()
_review, _mend, _merge, _reopen = ReviewForm(), MendForm(), MergeForm(), ReopenForm()
FILTER_NAMES = tuple(field.data_key or name for name, field in _query.fields.items())


@bp.get("/desk/cases")
@page(permission=Permission.CASE_LIST, write=True)
def cases(actor: Actor) -> str:
    """List what a filter lets through; to maintenance, of their own trades."""
    given = request.args.to_dict()
    before = given.get("before", "")
    own = own_trades(actor)
    number = int(before) if before.isdecimal() and len(before) < 10 else None
    shown = case_list(_query.load(given), number, own, timezone=str(get_timezone()), now=clock().now())
    kept = _kept()
    audit.write(actor.tenant_id, "case:list", at=clock().now(), actor=actor, filter=kept, count=len(shown.lines))
    has_no_trade = own is not None and not own
    return render_template(
        "desk/cases.html",
        list=shown,
        kept=kept,
        is_first=number is None,
        has_no_trade=has_no_trade,
        unseen=count_unseen(actor),
    )


@bp.get("/desk/cases/board")
@page(permission=Permission.CASE_LIST, write=True)
def case_board(actor: Actor) -> str:
    """Show the board: what waits in each status, the most urgent first."""
    given = request.args.to_dict()
    kept = _kept()
    shown = make_board(_query.load(given), own_trades(actor), timezone=str(get_timezone()), now=clock().now())
    count = sum(len(column.cards) for column in shown.columns)
    audit.write(actor.tenant_id, "case:list", at=clock().now(), actor=actor, filter=kept, count=count)
    return render_template("desk/case_board.html", board=shown, kept=kept)


def _kept() -> dict[str, Any]:
    """Return the filter that the address asks for, to be asked for again."""
    return {name: request.args[name] for name in FILTER_NAMES if request.args.get(name)}


@bp.post("/desk/cases/review")
@page(permission=Permission.CASE_REVIEW)
def review_cases(actor: Actor) -> Any:
    """Review or reject several cases at once, and go back to the list they were chosen from."""
    read = read_form(_bulk, request.form)
    address = url_for("desk.cases", **_kept())
    if read.command is None or not read.command.cases:
        flash(_("Välj minst ett ärende."), "warn")
        return redirect(address)
    try:
        told = (
            _merge_chosen(actor, read.command) if read.command.to == "dubblett" else _review_chosen(actor, read.command)
        )
    except Invalid as error:
        flash(" ".join(sentence for said in _sentences(error).values() for sentence in said), "bad")
        return redirect(address)
    flash(told, "ok")
    return redirect(address)


def _merge_chosen(actor: Actor, command: ReviewCases) -> str:
    first, count = steps.merge_cases(actor, command, clock=clock())
    return ngettext(
        "%(num)d ärende är dubblett av ärende %(first)s.",
        "%(num)d ärenden är dubbletter av ärende %(first)s.",
        count,
        first=first.case_no,
    )


def _review_chosen(actor: Actor, command: ReviewCases) -> str:
    count = steps.review_cases(actor, command, clock=clock())
    word, left = case_status_word(command.to), len(set(command.cases)) - count
    told = ngettext("%(num)d ärende är nu: %(status)s.", "%(num)d ärenden är nu: %(status)s.", count, status=word)
    if not left:
        return told
    stayed = ngettext(
        "%(num)d kunde inte bli det och är som det var.", "%(num)d kunde inte bli det och är som de var.", left
    )
    return f"{told} {stayed}"


@bp.get("/desk/cases/<uuid:case_id>")
@page(permission=Permission.CASE_VIEW, subject=case_in_tenant, subject_arg="case_id", write=True)
def case(actor: Actor, opened: OpenedCase) -> str:
    """Show one case."""
    return _show(actor, opened)


@bp.post("/desk/cases/<uuid:case_id>/review")
@page(permission=Permission.CASE_REVIEW, subject=case_in_tenant, subject_arg="case_id")
def review_case(actor: Actor, opened: OpenedCase) -> Any:
    """Take a supervisor's step."""
    return _step(actor, opened, _review)


@bp.post("/desk/cases/<uuid:case_id>/mend")
@page(permission=Permission.CASE_MEND, subject=case_in_tenant, subject_arg="case_id")
def mend_case(actor: Actor, opened: OpenedCase) -> Any:
    """Take a step of whoever mends."""
    return _step(actor, opened, _mend)


@bp.post("/desk/cases/<uuid:case_id>/merge")
@page(permission=Permission.CASE_REVIEW, subject=case_in_tenant, subject_arg="case_id")
def merge_case(actor: Actor, opened: OpenedCase) -> Any:
    """Say that a case is the same damage as another."""
    read = read_form(_merge, request.form)
    if read.command is None:
        return _show(actor, opened, read.errors), 422
    try:
        other = steps.merge_case(actor, opened, read.command, clock=clock())
    except Invalid:
        sentence = _("Det finns inget annat ärende med det numret som det kan höra till.")
        return _show(actor, opened, {"duplicate_of": [sentence]}), 422
    except steps.StepRefused as refused:
        return _refused(actor, opened, refused)
    flash(_("Ärendet är en dubblett av ärende %(number)s.", number=other.case_no), "ok")
    return redirect(url_for("desk.case", case_id=opened.case.id))


@bp.post("/desk/cases/<uuid:case_id>/reopen")
@page(permission=Permission.CASE_REVIEW, subject=case_in_tenant, subject_arg="case_id")
def reopen_case(actor: Actor, opened: OpenedCase) -> Any:
    """Open a case again under a new number, and go to the new one."""
    read = read_form(_reopen, request.form)
    if read.command is None:
        return _show(actor, opened, read.errors), 422
    try:
        made = steps.reopen_case(actor, opened, read.command, clock=clock())
    except Invalid as error:
        return _show(actor, opened, _sentences(error)), 422
    except steps.StepRefused as refused:
        return _refused(actor, opened, refused)
    flash(_("Ärende %(number)s är öppnat i stället.", number=made.case_no), "ok")
    return redirect(url_for("desk.case", case_id=made.id))


@bp.get("/desk/cases/photos/<uuid:photo_id>/thumb")
@page(permission=Permission.CASE_SEE, subject=case_photo_in_tenant, subject_arg="photo_id", write=True)
def case_thumb(actor: Actor, shown: CasePhoto) -> Any:
    """Send a photo of a damage as small as pages show it."""
    return send_photo(actor, shown.photo, shown.photo.thumb_sha256, "thumb")


@bp.get("/desk/cases/photos/<uuid:photo_id>/full")
@page(permission=Permission.CASE_SEE, subject=case_photo_in_tenant, subject_arg="photo_id", write=True)
def case_photo(actor: Actor, shown: CasePhoto) -> Any:
    """Send a photo of a damage."""
    return send_photo(actor, shown.photo, shown.photo.clean_sha256, "full")


def _step(actor: Actor, opened: OpenedCase, form: ReviewForm | MendForm) -> Any:
    read = read_form(form, request.form)
    if read.command is None:
        return _show(actor, opened, read.errors), 422
    command: StepCase = read.command
    try:
        is_changed = steps.take_step(actor, opened, command, clock=clock())
    except Invalid as error:
        return _show(actor, opened, _sentences(error)), 422
    except steps.StepRefused as refused:
        return _refused(actor, opened, refused)
    word = case_status_word(command.to)
    flash(
        _("Ärendet är %(status)s.", status=word) if is_changed else _("Ärendet var redan %(status)s.", status=word),
        "ok",
    )
    is_on_board = request.args.get("board") == "true"
    return redirect(
        url_for("desk.case_board", **_kept()) if is_on_board else url_for("desk.case", case_id=opened.case.id)
    )


def _refused(actor: Actor, opened: OpenedCase, refused: steps.StepRefused) -> Any:
    sentence = refused_words(str(refused.details["status"]), str(refused.details["to"]))
    return _show(actor, opened, {"status": [sentence]}), refused.status


def _sentences(error: Invalid) -> dict[str, list[str]]:
    """Return what is wrong with a reason or a note, in words."""
    said: Any = error.details["errors"]
    if "cases" in said:
        return {"cases": [_("Välj minst två öppna ärenden av samma kategori för att slå ihop dem.")]}
    if said["reason"] == ["missing"]:
        return {"reason": [_("Skriv varför.")]}
    return {"reason": [_("Texten ser ut att innehålla personuppgifter. Skriv den utan dem.")]}


def _show(actor: Actor, opened: OpenedCase, fault: Errors | None = None) -> str:
    """Render a case, and note who saw it."""
    now = clock().now()
    view = case_view(opened, now)
    audit.write(
        actor.tenant_id,
        "case:view",
        at=now,
        actor=actor,
        subject=(steps.KIND, opened.case.id),
        case_no=opened.case.case_no,
    )
    text = request.form.get("reason", "") if fault else ""
    return render_template("desk/case.html", view=view, fault=fault or {}, text=text)
