"""The command line of the demonstration: load it, clear it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

import click
from flask import current_app

from fieldapp.demonstration import clearing, loader
from fieldapp.infra import jobs
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import transaction
from fieldapp.infra.feature import Installation
from fieldapp.infra.pictures import PictureCleaner
from fieldapp.kernel.time import Clock
from fieldapp.settings import Settings
from fieldapp.sync.registry import Registry


@click.group()
def demo() -> None:
    """Load or clear the demonstration: a generated area and two weeks of rounds."""


@demo.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when it is loaded already.")
def load(*, if_empty: bool) -> None:
    """Make the demonstration's organisation, area, users and two weeks up to now; print the logins."""
    with transaction(write=False):
        found = loader.demonstration()
    if found is None:
        _load()
    elif not if_empty:
        raise click.ClickException("the demonstration is loaded already: fieldapp demo clear")
    _print_logins()


def _load() -> None:
    extensions = current_app.extensions
    settings, clock = cast("Settings", extensions["rond_settings"]), cast("Clock", extensions["rond_clock"])
    blobs = cast("BlobStore", extensions["rond_blobs"])
    now = clock.now()
    ends_on = (now.astimezone(ZoneInfo(settings.timezone)) - timedelta(hours=15)).date()
    click.echo("Making two weeks of rounds in a generated area …")
    try:
        count = loader.Loader(cast("Registry", extensions["rond_registry"]), blobs, ends_on, now).load()
    except BaseException:
        _clear(settings)  # half a demonstration would pass for a whole one
        raise
    with PictureCleaner() as cleaner:
        jobs.run_once(extensions["rond_jobs"], Installation(clock, blobs, cleaner))
    click.echo(f"{count} rounds are loaded.")


def _print_logins() -> None:
    settings = cast("Settings", current_app.extensions["rond_settings"])
    click.echo("")
    click.echo(f"  Phone app  {settings.public_url}/pwa/")
    click.echo(f"  Desk       {settings.public_url}/desk/")
    click.echo(f"  Password   {loader.PASSWORD}   for each of:")
    for login, what in loader.logins():
        click.echo(f"    {login:<20} {what}")
    click.echo("")


@demo.command()
def clear() -> None:
    """Remove the demonstration's organisation and everything of it."""
    click.echo(f"{_clear(cast('Settings', current_app.extensions['rond_settings']))} rows removed.")


def _clear(settings: Settings) -> int:
    with transaction(write=True):
        organisation = loader.demonstration()
        removed = clearing.clear()
    if organisation is not None:
        shutil.rmtree(settings.data_dir / "blobs" / str(organisation.id), ignore_errors=True)
    return removed
