"""Labels and walking together: a cellar by its QR code with network and satellites gone, a colleague by typed code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import segno
from flask import Flask
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.models import Observation
from fieldapp.places.anchors import make_anchors
from fieldapp.places.commands import MakeAnchors
from fieldapp.places.models import Anchor
from fieldapp.rounds.models import Round
from tests.browser.desk_browser import DeskBrowser
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.make.world import World

FRAME_PX = (640, 480)
LABEL_PX = 210
"""The label fills less than half of the picture's height, as it does at arm's length."""


def label_at_the_cellar(installed: Flask, world: World) -> Anchor:
    with installed.app_context(), as_tenant(world.home.id, write=True):
        command = MakeAnchors([world.home.places["cellar"].id], "qr")
        [anchor] = make_anchors(world.home.actor(Role.SUPERVISOR), command, clock=world.clock)
        db.session.expunge(anchor)
        return anchor


def film_of(text: str, file: Path) -> Path:
    """Write what a camera sees that is held at a label on a grey wall: one picture, as Y4M."""
    code = segno.make(text, error="m").matrix_iter(border=4)
    rows = [bytes(0 if dark else 235 for dark in row) for row in code]
    label = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows)).resize(
        (LABEL_PX, LABEL_PX), Image.Resampling.BOX
    )
    frame = Image.new("L", FRAME_PX, 120)
    frame.paste(label.rotate(7, fillcolor=120, expand=True), (190, 110))
    colourless = bytes([128]) * (FRAME_PX[0] * FRAME_PX[1] // 2)
    head = f"YUV4MPEG2 W{FRAME_PX[0]} H{FRAME_PX[1]} F10:1 Ip A1:1 C420\nFRAME\n"
    file.write_bytes(head.encode() + frame.tobytes() + colourless)
    return file


def test_a_cellar_is_seen_by_its_label_with_network_and_satellites_gone(
    host: Host, installation: Installation, installed: Flask, world: World, tmp_path: Path
) -> None:
    anchor = label_at_the_cellar(installed, world)
    phone = host.phone
    phone.camera_file = film_of(f"{installation.address}/pwa/#/a/{anchor.token}", tmp_path / "label.y4m")
    phone.open()
    host.sign_in(world.home.users[Role.HOST].login)
    host.wait_until_ready_for_offline()
    host.start_round()
    installation.stop()
    phone.tap("scan-open")
    expect(phone.expect_screen("anchor")).to_contain_text("Källare, Bergsbogatan 14")
    phone.tap("anchor-calm")
    host.expect_saved_calm()
    phone.tap("scan-open")
    expect(phone.expect_screen("anchor").get_by_test_id("anchor-just-checked")).to_be_visible()
    installation.start()
    host.send_now()
    with installed.app_context(), as_tenant(world.home.id, write=False):
        [check] = db.session.scalars(select(Observation)).all()
        assert (check.place_id, check.how, check.lat) == (anchor.place_id, "qr", None)


def test_a_colleague_joins_by_typed_code_and_the_two_are_one_walk(
    make_handset: Callable[[str], Handset],
    installation: Installation,
    installed: Flask,
    world: World,
    desk: DeskBrowser,
) -> None:
    hosts = [Host(make_handset(installation.address)) for _ in range(2)]
    for host, role in zip(hosts, (Role.HOST, Role.SUPERVISOR), strict=True):
        host.phone.open()
        host.sign_in(world.home.users[role].login)
        host.wait_until_ready_for_offline()
        host.start_round()
    first, second = hosts
    first.phone.tap("join-open")
    code = first.phone.find("join-code").inner_text()
    second.phone.tap("scan-open")
    second.phone.find("scan-code").fill(code.lower())
    second.phone.tap("scan-code-go")
    second.phone.tap("join-confirm")
    second.phone.expect_screen("round")
    for host in (second, first):
        host.send_now()
        host.open("round")
        expect(host.phone.find("together")).to_have_text("2 telefoner går ronden tillsammans", timeout=30_000)
        host.end_round()
        host.send_now()
    with installed.app_context(), as_tenant(world.home.id, write=False):
        walks = db.session.scalars(select(Round.walk_id)).all()
        assert (len(walks), len(set(walks))) == (2, 1)
    desk.sign_in(world.home.users[Role.SUPERVISOR].login)
    desk.page.goto(f"{installation.address}/desk/rounds")
    expect(desk.page.locator("tbody tr", has_text="2 telefoner")).to_have_count(1)
