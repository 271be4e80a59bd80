"""The operator's commands about packs."""

from __future__ import annotations

import click

from fieldapp.access.command_line import organisation_by_slug
from fieldapp.infra.db import as_tenant, transaction
from fieldapp.infra.http import clock
from fieldapp.pack import service
from fieldapp.places.queries import zones

SLUG = click.option("--organisation", required=True, metavar="SLUG", help="Whose.")


@click.group()
def pack() -> None:
    """Make what phones keep to show a map without a network."""


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
