"""What the tests under faults share: phones as they were left, each to be taken up as often as wanted, behind a proxy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.conftest import Stage
from tests.browser.fault_proxy import FaultProxy
from tests.browser.faults.line import Line, LineMaker, lay, read_phone
from tests.browser.faults.long_form import IS_ENDURANCE_LONG, IS_LONG
from tests.browser.faults.quick_hand import QUICK_HAND, ToLog, as_json
from tests.browser.faults.round_records import RECORDS, make_records
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import ROOT, Installation, free_port
from tests.browser.walks import Fix

TAPPED = 12
TIMEOUT_S = 14_400 if IS_ENDURANCE_LONG else 7_200 if IS_LONG else 600
WAY = [Fix(57.7500 + number * 0.0001, 11.98, datetime(2026, 11, 20, tzinfo=UTC)) for number in range(4)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A faulty network takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@dataclass(frozen=True, slots=True)
class Left:
    """A phone that was put away: its browser's profile, its server's data, and the port it knows the server by."""

    profile: Path
    data_dir: Path
    port: int


@pytest.fixture(scope="session")
def records() -> list[ToLog]:
    """A round's records: every second one with a photo."""
    return make_records()


@pytest.fixture(scope="session")
def signed_in(driver: Playwright, chromium: Path, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A phone whose host has signed in and that opens without a network."""
    folder = tmp_path_factory.mktemp("signed-in")
    left = Left(folder / "profile", folder / "data", free_port())
    shutil.copytree(stage.data_dir, left.data_dir)
    server = Installation(left.data_dir)
    server.start()
    phone = Handset(driver, chromium, left.profile, f"http://127.0.0.1:{left.port}")
    try:
        with FaultProxy(server.port, left.port):
            host = Host(phone)
            phone.open()
            host.sign_in(stage.world.home.users["host"].login)
            host.wait_until_ready_for_offline()
            phone.close()
        server.stop()
    finally:
        phone.close()
        server.kill()
    return left


@pytest.fixture(scope="session")
def walked(
    signed_in: Left,
    driver: Playwright,
    chromium: Path,
    records: list[ToLog],
    tmp_path_factory: pytest.TempPathFactory,
) -> Left:
    """The same phone after a round without a network: 40 records and 20 photos, a dozen of them by taps, all unsent."""
    folder = tmp_path_factory.mktemp("walked")
    left = Left(folder / "profile", signed_in.data_dir, signed_in.port)
    copy_profile(signed_in.profile, left.profile)
    phone = Handset(driver, chromium, left.profile, f"http://127.0.0.1:{left.port}")
    host = Host(phone)
    try:
        phone.open()
        host.start_round()
        for accuracy_m, fix in enumerate(WAY, start=5):
            host.feel(fix, accuracy_m=accuracy_m)
        for number, record in enumerate(records[:TAPPED]):
            log_by_taps(host, record, folder / f"photo-{number}.jpg")
        phone.page.evaluate(QUICK_HAND, as_json(records[TAPPED:]))
        host.end_round()
        assert len(read_phone(phone).records) == RECORDS
    finally:
        phone.close()
    return left


def log_by_taps(host: Host, record: ToLog, photo: Path) -> None:
    """Log a record as a host does."""
    if record.photo is None:
        host.log_observation(record.category)
    else:
        photo.write_bytes(record.photo)
        host.log_damage(record.category, photo)


def copy_profile(source: Path, target: Path) -> None:
    """Copy the profile of a browser that was closed."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("Singleton*", "Cache", "Code Cache"))


@pytest.fixture
def take_up(driver: Playwright, chromium: Path, tmp_path: Path, stage: Stage) -> Iterator[LineMaker]:
    """Take up phones that were left, each with a server and a proxy of its own: open, and without a network."""
    laid: list[Callable[[], None]] = []
    lines: list[Line] = []

    def make(left: Left, program: Path = ROOT) -> Line:
        copy_profile(left.profile, tmp_path / "profile")
        shutil.copytree(left.data_dir, tmp_path / "data")
        phone = Handset(driver, chromium, tmp_path / "profile", f"http://127.0.0.1:{left.port}")
        line, end = lay(Installation(tmp_path / "data", program), left.port, phone, stage.world)
        laid.append(end)
        lines.append(line)
        return line

    yield make
    for end in laid:
        end()
    assert [fault for line in lines for fault in line.phone.faults] == []
