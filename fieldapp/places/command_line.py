"""The operator's commands about places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask_babel import force_locale
from flask_babel import gettext as _

from fieldapp.access.command_line import organisation_by_slug
from fieldapp.infra.db import as_tenant, transaction
from fieldapp.infra.http import clock
from fieldapp.places import service
from fieldapp.places.imports import BYTES_MAX, Fault, PlaceFile, read_places
from fieldapp.places.plan import ImportPlan
from fieldapp.places.sentences import field_word, sentence, what_word

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def places() -> None:
    """Import places."""


@places.command("import")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, metavar="SLUG", help="Whose places they are.")
@click.option("--preview", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--create-zones", is_flag=True, help="Make zones that are not there yet, named by their codes.")
def import_(file: Path, organisation: str, *, preview: bool, create_zones: bool) -> None:
    """Import a place register from FILE: all of it, or nothing where it has a fault."""
    with force_locale("sv"):
        with file.open("rb") as opened:
            read = read_places(opened.read(BYTES_MAX + 1))
        _refuse(read.faults)
        with transaction(write=False):
            tenant_id = organisation_by_slug(organisation).id
        with as_tenant(tenant_id, write=not preview):
            if preview:
                plan = service.plan_places(tenant_id, read.rows, create_zones=create_zones)
            else:
                plan = service.import_places(tenant_id, read.rows, clock=clock(), create_zones=create_zones)
        _refuse(plan.faults)
        _tell(read, plan, is_preview=preview)


def _refuse(faults: Sequence[Fault]) -> None:
    for fault in faults:
        click.echo(_fault_line(fault), err=True)
    if faults:
        raise click.ClickException(_("Inget har importerats."))


def _fault_line(fault: Fault) -> str:
    where = _("rad %(line)s", line=fault.line) if fault.line else _("filen")
    column = f", {fault.column}" if fault.column else ""
    return f"{where}{column}: {sentence(fault)}"


def _tell(read: PlaceFile, plan: ImportPlan, *, is_preview: bool) -> None:
    if read.encoding == "cp1252":
        click.echo(_("Filen är inte UTF-8; den lästes som Windows-1252."))
    for place in plan.those("changed", "ended", "resumed") if is_preview else ():
        fields = ", ".join(field_word(name) for name in place.changes)
        click.echo(f"  {place.external_id}: {what_word(place.what)}{' – ' if fields else ''}{fields}")
    for what, count in plan.counts().items():
        click.echo(f"{what_word(what):>14}: {count}")
    if plan.new_zones:
        click.echo(_("Nya områden: %(codes)s", codes=", ".join(plan.new_zones)))
    click.echo(_("Inget har ändrats än.") if is_preview else _("Klart."))
