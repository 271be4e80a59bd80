"""The operator's commands about places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale
from flask_babel import gettext as _

from fieldapp.access.command_line import organisation_by_slug
from fieldapp.infra.db import as_tenant, transaction
from fieldapp.infra.http import clock
from fieldapp.places import service
from fieldapp.places.imports import BYTES_MAX, Fault, PlaceFile, read_places
from fieldapp.places.map_files import BYTES_MAX as MAP_BYTES_MAX
from fieldapp.places.map_import import import_map, plan_map
from fieldapp.places.map_objects import LEFT_OUT_MAX, Extent, MapFile
from fieldapp.places.map_plan import MapPlan
from fieldapp.places.map_reader import read_map_apart
from fieldapp.places.network import make_pieces
from fieldapp.places.plan import ImportPlan
from fieldapp.places.sentences import counted_word, field_word, ground_word, path_word, sentence, what_word
from fieldapp.places.zones_file import SOURCE as ZONES
from fieldapp.places.zones_file import ZoneChoices

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _ExtentType(click.ParamType[Extent]):
    """A box in degrees, as `west,south,east,north`."""

    name = "west,south,east,north"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Extent:
        """Read the box."""
        if isinstance(value, tuple):
            return value
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not four numbers", param, ctx)
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            self.fail(f"{value!r} is no box in degrees", param, ctx)
        return (west, south, east, north)


EXTENT = _ExtentType()


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


@places.command("import-map")
@click.argument("file", type=FILE)
@click.option("--organisation", required=True, metavar="SLUG", help="Whose places, zones and paths they become.")
@click.option("--preview", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--extent", type=EXTENT, help="What FILE is all of, in degrees; what is gone from there ends.")
@click.option("--epsg", type=click.IntRange(1024, 999_999), help="Coordinate system of zones, where FILE does not say.")
@click.option("--code-field", metavar="PROPERTY", help="Which property of a zone is its code.")
@click.option("--name-field", metavar="PROPERTY", help="Which property of a zone is its name.")
def import_map_(
    file: Path,
    organisation: str,
    *,
    preview: bool,
    extent: Extent | None,
    epsg: int | None,
    code_field: str | None,
    name_field: str | None,
) -> None:
    """Import a map from FILE: all that can be used, or nothing where the file cannot.

    FILE is an OpenStreetMap extract (.osm, .osm.pbf), a GeoPackage of the national road database, or zones as GeoJSON.
    """
    with force_locale("sv"):
        with file.open("rb") as opened:
            read = read_map_apart(opened.read(MAP_BYTES_MAX + 1), ZoneChoices(epsg, code_field, name_field), extent)
        _refuse(read.faults, is_map=True)
        with transaction(write=False):
            tenant_id = organisation_by_slug(organisation).id
        pieces = make_pieces(read.ways)
        with as_tenant(tenant_id, write=not preview):
            plan = plan_map(tenant_id, read, pieces) if preview else import_map(tenant_id, read, pieces, clock=clock())
        _refuse(plan.faults, is_map=True)
        _tell_of_map(read, plan, is_preview=preview)


def _tell_of_map(read: MapFile, plan: MapPlan, *, is_preview: bool) -> None:
    for fault in read.left_out[:LEFT_OUT_MAX]:
        click.echo(f"  {fault.column}: {sentence(fault)}")
    if len(read.left_out) > LEFT_OUT_MAX:
        click.echo(_("och %(num)d till", num=len(read.left_out) - LEFT_OUT_MAX))
    if read.extent is None and read.source != ZONES:
        click.echo(_("Filen säger inte vilket område den täcker helt: det som saknas i den står kvar."))
    _tell_counts(_("Platser"), {counted_word(what, count): count for what, count in plan.places.counts().items()})
    _tell_counts(_("Områden"), {counted_word(what, count): count for what, count in plan.zone_counts().items()})
    _tell_counts(_("Vägstycken"), {path_word(what): count for what, count in plan.paths.counts().items()})
    ground = {ground_word(what): count for what, count in plan.ground.counts().items()}
    _tell_counts(_("Kartans underlag: gator, vatten, grönt"), ground)
    _tell_matched(plan.places)
    click.echo(_("Inget har ändrats än.") if is_preview else _("Klart."))


def _tell_matched(plan: ImportPlan) -> None:
    """Name the houses that are known to be the same on a map and in a register from now on."""
    for place in plan.places:
        if "map_ref" in place.changes:
            ref = place.changes["map_ref"][1]
            click.echo(_("  %(place)s är %(ref)s på kartan: en enda plats", place=place.external_id, ref=ref))


def _tell_counts(heading: str, counts: Mapping[str, int]) -> None:
    if any(counts.values()):
        click.echo(f"{heading}: {', '.join(f'{word} {count}' for word, count in counts.items())}")


def _refuse(faults: Sequence[Fault], *, is_map: bool = False) -> None:
    for fault in faults:
        click.echo(_fault_line(fault, is_map=is_map), err=True)
    if faults:
        raise click.ClickException(_("Inget har importerats."))


def _fault_line(fault: Fault, *, is_map: bool) -> str:
    """Return a fault with where it is: a register has lines, a map has objects."""
    counted = _("objekt %(number)s", number=fault.line) if is_map else _("rad %(line)s", line=fault.line)
    where = counted if fault.line else _("filen")
    column = f", {fault.column}" if fault.column else ""
    return f"{where}{column}: {sentence(fault)}"


def _tell(read: PlaceFile, plan: ImportPlan, *, is_preview: bool) -> None:
    if read.encoding == "cp1252":
        click.echo(_("Filen är inte UTF-8; den lästes som Windows-1252."))
    for place in plan.those("changed", "ended", "resumed") if is_preview else ():
        fields = ", ".join(field_word(name) for name in place.changes)
        click.echo(f"  {place.external_id}: {what_word(place.what)}{' – ' if fields else ''}{fields}")
    for what, count in plan.counts().items():
        click.echo(f"{counted_word(what, count):>14}: {count}")
    _tell_matched(plan)
    if plan.new_zones:
        click.echo(_("Nya områden: %(codes)s", codes=", ".join(plan.new_zones)))
    click.echo(_("Inget har ändrats än.") if is_preview else _("Klart."))
