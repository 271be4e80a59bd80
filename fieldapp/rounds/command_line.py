"""The operator's commands about rounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from fieldapp.access.command_line import organisation_by_slug
from fieldapp.access.login import make_actor
from fieldapp.access.models import User
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.infra.http import clock
from fieldapp.places.models import Zone
from fieldapp.rounds import imports
from fieldapp.rounds.gpx import BYTES_MAX, GpxFault, read_gpx
from fieldapp.rounds.imports import ImportedRound
from fieldapp.rounds.sentences import sentence

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("round")
def round_() -> None:
    """Import rounds."""


@round_.command("import-gpx")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, metavar="SLUG", help="Whose round it is.")
@click.option("--login", required=True, help="The host who walked it.")
@click.option("--zone", metavar="CODE", help="The zone it went through.")
@click.option("--party-size", type=click.IntRange(1, 20), default=2, show_default=True, help="How many walked.")
def import_gpx(file: Path, organisation: str, login: str, zone: str | None, party_size: int) -> None:
    """Import the track in FILE as a round: all of it, or nothing where it has a fault."""
    with force_locale("sv"):
        with file.open("rb") as opened:
            track = read_gpx(opened.read(BYTES_MAX + 1))
        _refuse(imports.check_track(track, clock().now()))
        with transaction(write=False):
            tenant_id = organisation_by_slug(organisation).id
        with as_tenant(tenant_id, write=True):
            host, zone_id = _host(login), _zone(zone)
            made = imports.import_track(host, track, zone_id=zone_id, party_size=party_size, clock=clock())
        _tell(made)


def _refuse(faults: Sequence[GpxFault]) -> None:
    for fault in faults:
        where = _("rad %(line)s", line=fault.line) if fault.line else _("filen")
        click.echo(f"{where}: {sentence(fault)}", err=True)
    if faults:
        raise click.ClickException(_("Inget har importerats."))


def _host(login: str) -> Actor:
    user = db.session.scalar(select(User).where(User.login == login.strip().casefold()))
    if user is None:
        raise click.ClickException(_("Användaren %(login)s finns inte i organisationen.", login=login))
    actor = make_actor(user)
    if not is_permitted(actor, Permission.ROUND_WALK):
        raise click.ClickException(_("%(login)s går inte rond.", login=login))
    return actor


def _zone(code: str | None) -> UUID | None:
    if code is None:
        return None
    zone_id = db.session.scalar(select(Zone.id).where(Zone.code == code, Zone.ended_at.is_(None)))
    if zone_id is None:
        raise click.ClickException(_("Området %(code)s finns inte.", code=code))
    return zone_id


def _tell(made: ImportedRound) -> None:
    if not made.is_new:
        click.echo(_("Ronden %(id)s finns redan. Inget har ändrats.", id=made.id))
        return
    click.echo(_("Ronden %(id)s är importerad: %(count)s punkter.", id=made.id, count=made.fix_count))
    for from_at, to_at in made.gaps:
        minutes = round((to_at - from_at).total_seconds() / 60)
        when = from_at.strftime("%Y-%m-%d %H:%M:%SZ")
        click.echo(f"  {when}: " + ngettext("lucka på %(num)d minut", "lucka på %(num)d minuter", minutes))
