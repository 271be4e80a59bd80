"""What the browser tests share: an installation with two organisations, a host's phone, a supervisor's browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from fieldapp.kernel.time import FixedClock
from tests.browser.desk_browser import WAIT_MS, DeskBrowser
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.walks import Walk, walk_for_tests
from tests.conftest import SHARED
from tests.make.world import World
from tools.browser import LAUNCH_ARGUMENTS, chromium_path


@dataclass(frozen=True, slots=True)
class Stage:
    """A data folder to be copied, and who is in it."""

    data_dir: Path
    world: World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser to drive."""
    return chromium_path()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def desk_chromium(driver: Playwright, chromium: Path) -> Iterator[Browser]:
    """One browser for the desks of every test; each desk has a context of its own."""
    browser = driver.chromium.launch(executable_path=chromium, args=list(LAUNCH_ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Stage:
    """Two organisations with users and places, made once."""
    data_dir = tmp_path_factory.mktemp("stage")
    shutil.copyfile(migrated_sqlite, data_dir / "rond.sqlite3")
    app = Installation(data_dir).app()
    world = World(app, FixedClock(datetime.now(UTC)))
    _close(app)
    return Stage(data_dir, world)


@pytest.fixture
def world(stage: Stage) -> World:
    """Who is in the installation: ids and logins; what happens is in the installation's own database."""
    return stage.world


@pytest.fixture
def installation(stage: Stage, tmp_path: Path) -> Iterator[Installation]:
    """A running installation on a fresh copy of the stage."""
    made = Installation(tmp_path / "data")
    shutil.copytree(stage.data_dir, made.data_dir)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def installed(installation: Installation) -> Iterator[Flask]:
    """The application on the running installation's data, to be asked with its own queries."""
    app = installation.app()
    yield app
    _close(app)


def _close(app: Flask) -> None:
    from fieldapp.infra.db import db

    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def make_handset(driver: Playwright, chromium: Path, tmp_path: Path) -> Iterator[Callable[[str], Handset]]:
    """Make phones; a page that failed on any of them fails the test."""
    made: list[Handset] = []

    def make(address: str) -> Handset:
        made.append(Handset(driver, chromium, tmp_path / f"profile-{len(made)}", address))
        return made[-1]

    yield make
    for handset in made:
        handset.close()
    assert [fault for handset in made for fault in handset.faults] == []


@pytest.fixture
def handset(make_handset: Callable[[str], Handset], installation: Installation) -> Handset:
    """A phone with the app's address; not opened yet."""
    return make_handset(installation.address)


@pytest.fixture
def host(handset: Handset) -> Host:
    """A host with the phone in hand."""
    return Host(handset)


@pytest.fixture
def desk(desk_chromium: Browser, installation: Installation, tmp_path: Path) -> Iterator[DeskBrowser]:
    """A browser at a desk; nobody has signed in yet."""
    made = DeskBrowser(desk_chromium, installation.address, tmp_path / "downloads")
    yield made
    made.close()


@pytest.fixture(scope="session")
def walk() -> Walk:
    """A walk with two long breaks: the recorded one where it is there, else a generated one."""
    return walk_for_tests(SHARED if SHARED.is_dir() else None)
