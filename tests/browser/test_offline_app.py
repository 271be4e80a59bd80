"""The app itself without a network: it opens after one visit, and a new version waits until the round is over."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation, copy_program
from tests.make.world import World

SCREENS = {
    "records": "records",
    "outbox": "outbox",
    "settings": "settings",
    "settings/password": "password",
    "settings/about": "about",
    "settings/sign-out": "sign-out",
    "install": "install",
    "users": "users",
}
BUILD = re.compile(r"`\$\{e\}[0-9a-f]{16}`")


def test_after_one_visit_the_app_opens_without_a_network(host: Host, installation: Installation, world: World) -> None:
    host.phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    host.phone.close()
    installation.stop()
    host.phone.open()
    host.phone.expect_screen("tonight")
    expect(host.phone.find("overdue-place").first).to_be_visible()
    for address, shows in SCREENS.items():
        host.open(address, shows)


@pytest.fixture
def own_program(stage: Stage, tmp_path: Path) -> Iterator[Installation]:
    """A running installation with a copy of the program, in which a new version can be released."""
    shutil.copytree(stage.data_dir, tmp_path / "data")
    made = Installation(tmp_path / "data", copy_program(tmp_path / "program"))
    made.start()
    yield made
    made.kill()


def release_next(program: Path) -> None:
    """Release another build of the phone app: its document says which it is."""
    built = program / "static/pwa/dist"
    shell, worker = built / "index.html", built / "sw.js"
    shell.write_text(shell.read_text(encoding="utf-8").replace("<html", '<html data-release="next"'), encoding="utf-8")
    text, count = BUILD.subn("`${e}0123456789abcdef`", worker.read_text(encoding="utf-8"))
    assert count == 1, "the worker's build is written in another way"
    worker.write_text(text, encoding="utf-8")


def release_in_use(phone: Handset) -> str | None:
    """Return which build the page that is open came from: None is the first."""
    return phone.page.locator("html").get_attribute("data-release")


def test_a_new_version_is_offered_and_waits_until_the_round_is_over(
    make_handset: Callable[[str], Handset], own_program: Installation, world: World
) -> None:
    phone = make_handset(own_program.address)
    host = Host(phone)
    phone.open()
    host.sign_in(world.home.users["host"].login)
    host.wait_until_ready_for_offline()
    host.start_round()
    release_next(own_program.program)
    phone.page.reload()
    host.open("settings")
    expect(phone.find("update-ready")).to_contain_text("Den läggs in när ronden är avslutad.")
    expect(phone.find("update-apply")).to_have_count(0)
    phone.page.reload()
    phone.expect_screen("settings")
    assert release_in_use(phone) is None

    host.open("round")
    host.end_round()
    host.open("settings")
    with phone.page.expect_navigation():
        phone.tap("update-apply")
    phone.expect_screen("settings")
    expect(phone.find("update-ready")).to_have_count(0)
    assert release_in_use(phone) == "next"
