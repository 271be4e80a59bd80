"""Desk pages of the organisation's categories: two levels, codes that mean the same for ever."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Conflict
from fieldapp.observations import categories as writer
from fieldapp.observations import queries
from fieldapp.observations.models import Category
from fieldapp.observations.pages import bp
from fieldapp.observations.rules import takes_photos
from fieldapp.observations.schemas import AddCategoryForm, ChangeCategoryForm
from fieldapp.observations.trades import share_word, trade_words

_add, _change = AddCategoryForm(), ChangeCategoryForm()
_MANAGE = Permission.CATEGORIES_MANAGE
_FIELDS = ("name_sv", "name_en", "severity", "trade")


@bp.get("/categories")
@page(permission=_MANAGE)
def categories(_actor: Actor) -> str:
    """List the categories under their groups."""
    found = sorted(queries.categories(), key=lambda category: category.group)  # stable: each group in its own order
    groups = [(group, list(inner)) for group, inner in groupby(found, key=lambda category: category.group)]
    order = {category.group: category.sort for category in reversed(queries.categories())}
    groups.sort(key=lambda group: order[group[0]])
    return render_template("observations/categories.html", groups=groups, trades=trade_words(), share_word=share_word)


@bp.get("/categories/new")
@page(permission=_MANAGE)
def new_category(_actor: Actor) -> str:
    """Show where a category is added."""
    return _form(None, {"kind": "O", "severity": 1, "share": "C"})


@bp.post("/categories/new")
@page(permission=_MANAGE)
def add_category(actor: Actor) -> Any:
    """Add a category."""
    read = read_form(_add, request.form)
    if read.command is None:
        return _form(None, read.values, read.errors), 422
    try:
        added = writer.add_category(actor, read.command, clock=clock())
    except Conflict as taken:
        sentence = _("Koden finns redan, kanske avslutad. En kod betyder samma sak för alltid.")
        return _form(None, read.values, {"code": [sentence]}), taken.status
    flash(_("Kategorin %(code)s är tillagd.", code=added.code), "ok")
    return redirect(url_for("observations.categories"))


@bp.get("/categories/<uuid:category_id>")
@page(permission=_MANAGE, subject=queries.category_in_tenant, subject_arg="category_id")
def category(_actor: Actor, shown: Category) -> str:
    """Show a category, to be changed."""
    values = {name: getattr(shown, name) for name in _FIELDS}
    return _form(shown, {**values, "in_use": shown.ended_at is None, "is_direct": shown.is_direct})


@bp.post("/categories/<uuid:category_id>")
@page(permission=_MANAGE, subject=queries.category_in_tenant, subject_arg="category_id")
def change_category(actor: Actor, changed: Category) -> Any:
    """Change a category's words, usual severity, trade, and whether it is in use."""
    read = read_form(_change, request.form)
    if read.command is None:
        return _form(changed, read.values, read.errors), 422
    writer.change_category(actor, changed, read.command, clock=clock())
    flash(_("Kategorin %(code)s är sparad.", code=changed.code), "ok")
    return redirect(url_for("observations.categories"))


def _form(shown: Category | None, values: Mapping[str, Any], errors: Errors | None = None) -> str:
    trades = trade_words()
    chosen = str(values.get("trade") or "")
    options = [("", _("Ingen")), *((code, f"{code} {words}") for code, words in trades.items())]
    if chosen and chosen not in trades:
        options.append((chosen, chosen))
    return render_template(
        "observations/category.html",
        category=shown,
        values=values,
        errors=errors or {},
        trades=options,
        share_word=share_word,
        takes_photos=shown is None or takes_photos(shown.code),
    )
