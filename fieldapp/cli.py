"""The operator's command line: `fieldapp serve | worker | upgrade | check | demo …`, and what features add."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy import create_engine

from fieldapp import FEATURES, create_app
from fieldapp.backup.command_line import backup, tell_created
from fieldapp.backup.create import create as create_backup
from fieldapp.backup.folder import BackupFailed
from fieldapp.backup.standing import unfit, warnings
from fieldapp.demonstration.command_line import demo
from fieldapp.infra import jobs, migrate
from fieldapp.infra.feature import Installation
from fieldapp.infra.outward import Outward
from fieldapp.infra.pictures import PictureCleaner
from fieldapp.infra.presence import InUse, at_work
from fieldapp.kernel.time import SystemClock
from fieldapp.settings import Settings, SettingsError

WORKER_NICENESS = 15


class Group(click.Group):
    """Every command runs in an application of the installation that the environment describes."""

    def invoke(self, ctx: click.Context) -> Any:
        """Say what is wrong with the settings in plain lines, not in a trace."""
        try:
            ctx.obj = Settings.from_env()
        except SettingsError as error:
            raise click.ClickException(str(error)) from error
        return super().invoke(ctx)


@click.group(cls=Group)
def main() -> None:
    """Run and look after an installation of Rond."""


def in_app(command: click.Command) -> click.Command:
    """Let a feature's command run inside the application."""
    callback = command.callback
    if callback is None:
        return command

    @click.pass_context
    @wraps(callback)
    def run(ctx: click.Context, /, *args: Any, **kwargs: Any) -> Any:
        with _app(ctx.find_root().obj).app_context():
            return callback(*args, **kwargs)

    command.callback = run
    return command


def _app(settings: Settings) -> Flask:
    return create_app(settings)


def _add(command: click.Command) -> None:
    group = isinstance(command, click.Group)
    if group:
        for inner in command.commands.values():  # type: ignore[attr-defined]
            in_app(inner)
    main.add_command(command if group else in_app(command))


main.add_command(backup)  # outside the application: a restore changes what that would stand on
for _command in (demo, *(command for feature in FEATURES for command in feature.commands)):
    _add(_command)


@main.command()
@click.option("--with-worker", is_flag=True, help="Also run the worker, in a process of its own.")
@click.pass_obj
def serve(settings: Settings, *, with_worker: bool) -> None:
    """Serve the application with gunicorn."""
    _require_current(settings)
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{settings.host}:{settings.port}"]
    command += ["--workers", str(settings.server_processes), "--threads", "4", "--worker-class", "gthread"]
    # A phone sends part after part over one connection; one that is closed under it costs it a try and a wait.
    command += ["--timeout", "60", "--graceful-timeout", "20", "--keep-alive", "75", "--no-control-socket"]
    # Loaded before the processes part: they share its memory, and what is wrong with it is told once, at the start.
    command += ["--preload"]
    with _at_work(settings) as seen:
        started = [subprocess.Popen(command, cwd=Path(__file__).resolve().parent.parent, pass_fds=(seen,))]
        if with_worker:
            started.append(subprocess.Popen([sys.executable, "-m", "fieldapp", "worker"]))
        click.echo(f"Rond: phone app {settings.public_url}/pwa/  desk {settings.public_url}/desk/")
        _stay_with(started)


@contextmanager
def _at_work(settings: Settings) -> Iterator[int]:
    """Be seen by a restore, for as long as this process or a child that was handed the descriptor lives."""
    try:
        with at_work(settings.data_dir) as seen:
            yield seen
    except InUse as error:
        raise click.ClickException("a restore is going on") from error


def _stay_with(started: list[subprocess.Popen[bytes]]) -> None:
    """Wait until one process ends or we are told to; then end them all."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.2):
        if any(process.poll() is not None for process in started):
            break
    failed = any(process.poll() not in (None, 0) for process in started)
    for process in started:
        if process.poll() is None:
            process.terminate()
    for process in started:
        process.wait(30)
    sys.exit(1 if failed else 0)


@main.command()
@click.option("--once", is_flag=True, help="Do what there is to do, and end.")
@click.pass_obj
def worker(settings: Settings, *, once: bool) -> None:
    """Clean photos, erase old tracks: everything that is done without anybody asking."""
    if not once:
        os.nice(WORKER_NICENESS)  # whoever waits for an answer comes first
    _require_current(settings)
    with _at_work(settings), _app(settings).app_context(), PictureCleaner() as cleaner:
        app = current_app
        outward = Outward(settings.outward_hosts)
        installation = Installation(app.extensions["rond_clock"], app.extensions["rond_blobs"], cleaner, outward)
        if once:
            jobs.run_once(app.extensions["rond_jobs"], installation)
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        jobs.run_until(app.extensions["rond_jobs"], installation, stop)


@main.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Take a backup, bring the database to this release's schema, and check the installation."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database_url)
    before, after = migrate.current(engine), migrate.head()
    if before == after:
        click.echo(f"The database is at {after} already.")
    else:
        if before is not None:
            try:
                tell_created(create_backup(settings, SystemClock().now()))
            except BackupFailed as error:
                raise click.ClickException(str(error)) from error
        migrate.move(engine)
        click.echo(f"The database went from {before or 'nothing'} to {after}.")
    engine.dispose()
    _report(settings)


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Check the configuration and the store, and say what is wrong."""
    _report(settings)


def _report(settings: Settings) -> None:
    faults = [fault for look in CHECKS if (fault := look(settings)) is not None]
    for fault in faults:
        click.echo(f"fault: {fault}", err=True)
    for warning in warnings(settings, SystemClock().now()):
        click.echo(f"warning: {warning}", err=True)
    if faults:
        sys.exit(1)
    click.echo("Everything is in order.")


def _require_current(settings: Settings) -> None:
    fault = _schema(settings) or unfit(settings)
    if fault:
        raise click.ClickException(fault)


def _schema(settings: Settings) -> str | None:
    """The database is there and at the right revision."""
    engine = create_engine(settings.database_url)
    try:
        found = migrate.current(engine)
    except Exception as error:
        return f"the database cannot be reached: {type(error).__name__}: {error}"
    finally:
        engine.dispose()
    return None if found == migrate.head() else f"the database is at {found}, not {migrate.head()}: fieldapp upgrade"


def _folder(settings: Settings) -> str | None:
    """The data folder can be written and has room."""
    try:
        probe = settings.data_dir / ".probe"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        return f"the data folder cannot be written: {error}"
    free = shutil.disk_usage(settings.data_dir).free
    return None if free > 500_000_000 else f"only {free // 1_000_000} MB are free in the data folder"


def _phone_app(_settings: Settings) -> str | None:
    """The phone app has been built."""
    built = Path(__file__).resolve().parent.parent / "static" / "pwa" / "dist" / "index.html"
    return None if built.is_file() else "the phone app has not been built: make build"


CHECKS: tuple[Callable[[Settings], str | None], ...] = (_schema, unfit, _folder, _phone_app)
