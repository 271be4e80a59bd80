"""The operator's commands about backups: one each to take, to prove and to put back."""

from __future__ import annotations

import sys

import click

from fieldapp.backup.create import Created
from fieldapp.backup.create import create as create_backup
from fieldapp.backup.folder import BackupFailed
from fieldapp.backup.restore import is_empty
from fieldapp.backup.restore import restore as restore_backup
from fieldapp.backup.verify import Verified
from fieldapp.backup.verify import verify as verify_backup
from fieldapp.kernel.time import SystemClock
from fieldapp.settings import Settings


@click.group()
def backup() -> None:
    """Take, prove and put back copies of the database and all photos."""


@backup.command()
@click.pass_obj
def create(settings: Settings) -> None:
    """Take a backup, and remove those that are older than an organisation lets anything be kept."""
    try:
        made = create_backup(settings, SystemClock().now())
    except BackupFailed as error:
        raise click.ClickException(str(error)) from error
    tell_created(made)
    if made.manifest.lacking:
        sys.exit(1)


def tell_created(made: Created) -> None:
    """Say what was taken, and what could not be."""
    manifest = made.manifest
    click.echo(f"Backed up to {made.path}: {sum(manifest.rows.values())} rows, {len(manifest.photos)} photo files.")
    for name in made.removed:
        click.echo(f"Removed {name}: older than an organisation lets it be kept.")
    for photo in manifest.lacking:
        click.echo(f"The store has lost blobs/{photo.path}, and no backup has it.", err=True)


@backup.command()
@click.argument("name", required=False)
@click.pass_obj
def verify(settings: Settings, name: str | None) -> None:
    """Prove a backup (the newest, or NAME): read all of it again and open its database.

    Only then are phones told that they may forget what it holds.
    """
    try:
        found = verify_backup(settings, name, SystemClock().now())
    except BackupFailed as error:
        raise click.ClickException(str(error)) from error
    _tell_verified(found)
    if found.faults:
        sys.exit(1)


def _tell_verified(found: Verified) -> None:
    for fault in found.faults:
        click.echo(f"fault: {fault}", err=True)
    if found.faults:
        click.echo(f"{found.name} is NOT verified.", err=True)
    elif found.manifest is not None:
        rows = sum(found.manifest.rows.values())
        click.echo(f"{found.name} is verified: {rows} rows, {found.photos} photo files, each hashed again.")
    safe = "no verified backup of this store" if found.safe is None else f"{found.safe.name}, up to:"
    click.echo(f"Phones are told of {safe}")
    for tenant, seq in sorted(found.safe.heads.items()) if found.safe is not None else ():
        click.echo(f"  organisation {tenant}: seq {seq}")


@backup.command()
@click.argument("name", required=False)
@click.option("--yes", "is_sure", is_flag=True, help="Replace what is there without asking.")
@click.option(
    "--accept-lost-photos", is_flag=True, help="Go on though photo files of the backup are damaged or missing."
)
@click.pass_obj
def restore(settings: Settings, name: str | None, *, is_sure: bool, accept_lost_photos: bool) -> None:
    """Put a backup (the newest, or NAME) in the place of what is there, which is kept aside.

    Prints what the desk did since the backup and is gone; phones give back theirs by themselves.
    """
    if not is_sure and not is_empty(settings):
        click.confirm("This puts an earlier state in the place of what is there. Go on?", abort=True)
    try:
        done = restore_backup(settings, name, SystemClock().now(), accepts_lost_photos=accept_lost_photos)
    except BackupFailed as error:
        raise click.ClickException(str(error)) from error
    for line in done.report:
        click.echo(line)
