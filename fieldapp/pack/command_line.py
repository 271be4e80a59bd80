"""The operator's commands about packs."""

from __future__ import annotations

from pathlib import Path

import click

from fieldapp.access.command_line import organisation_by_slug
from fieldapp.infra.db import as_tenant, transaction
from fieldapp.infra.http import clock
from fieldapp.pack import service
from fieldapp.pack.osm_ground import NoMap, read_ground
from fieldapp.places.osm_file import BYTES_MAX
from fieldapp.places.queries import zones

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SLUG = click.option("--organisation", required=True, metavar="SLUG", help="Whose.")


@click.group()
def pack() -> None:
    """Make what phones keep to show a map without a network."""


@pack.command()
@click.argument("file", type=FILE)
@SLUG
def ground(file: Path, organisation: str) -> None:
    """Keep what a map is read by (streets, water, lawns) from FILE, an OpenStreetMap extract."""
    with file.open("rb") as opened:
        raw = opened.read(BYTES_MAX + 1)
    try:
        read = read_ground(raw)
    except NoMap as error:
        raise click.ClickException(f"{file.name}: {error}") from error
    with transaction(write=False):
        tenant_id = organisation_by_slug(organisation).id
    with as_tenant(tenant_id, write=True):
        change = service.import_ground(tenant_id, read, clock=clock())
    click.echo(
        f"{change.added} shapes added, {change.changed} changed, {change.unchanged} unchanged, {change.removed} removed."
    )


@pack.command()
@SLUG
def make(organisation: str) -> None:
    """Make the packs of every zone anew, and say how large they are. The worker does so by itself when something changes."""
    with transaction(write=False):
        tenant_id = organisation_by_slug(organisation).id
    with as_tenant(tenant_id, write=False):
        found = [(zone.id, zone.code) for zone in zones()]
    for zone_id, code in found:
        made = service.remake(tenant_id, zone_id, clock())
        if made is None:
            click.echo(f"{code}: no outline and no place on the map, so no pack.")
        else:
            click.echo(f"{code}: {len(made.content) / 1000:.0f} kB, version {made.version}.")
