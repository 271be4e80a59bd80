"""A phone, the server, and what stands between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from playwright.sync_api import expect

from fieldapp.infra.db import db
from tests.browser.fault_proxy import Clear, FaultProxy, Refuse
from tests.browser.faults.quick_hand import READ_PHONE, ToLog
from tests.browser.faults.told import Told, expect_once, expect_photos_whole, size_px
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.make.world import World

ALL_SENT_MS = 60_000


@dataclass(slots=True)
class Line:
    """One phone on its way to one server."""

    phone: Handset
    server: Installation
    proxy: FaultProxy
    app: Flask
    world: World

    @property
    def host(self) -> Host:
        """Return who has the phone in hand."""
        return Host(self.phone)

    @property
    def tenant(self) -> UUID:
        """Return the host's organisation."""
        return self.world.home.id

    def told(self) -> Told:
        """Read what the phone holds."""
        return read_phone(self.phone)

    def expect_all_sent(self) -> Told:
        """Ask for a try and wait until the phone says that everything is sent; return what it was."""
        self.host.open("outbox")
        self.phone.tap("sync-now")
        expect(self.phone.find("outbox-unsent")).to_have_text("0", timeout=ALL_SENT_MS)
        expect(self.phone.find("outbox-photos")).to_have_text("0", timeout=ALL_SENT_MS)
        return self.told()

    def expect_arrives(self, photos: Sequence[ToLog], saved: Collection[str] = ()) -> Told:
        """Clear the line, wait until all is sent, and see that it arrived once and whole.

        `photos`: the records whose photos are among it. `saved`: records whose saving the host saw.
        """
        self.proxy.be(Clear())
        told = self.expect_all_sent()
        expect_once(self.app, self.tenant, told, saved)
        expect_photos_whole(self.app, self.tenant, told, [size_px(one.photo) for one in photos if one.photo])
        return told


LineMaker = Callable[..., Line]
"""Takes how a phone was left and, where it matters, the program to serve."""


def read_phone(phone: Handset) -> Told:
    """Read what the phone's databases hold, past the app."""
    return Told.of(phone.page.evaluate(READ_PHONE))


def lay(server: Installation, port: int, phone: Handset, world: World) -> tuple[Line, Callable[[], None]]:
    """Start a server and a proxy on the port the phone knows, and open the phone. Returns the line and how to end it.

    The network is down until somebody says otherwise.
    """
    with ExitStack() as stack, ThreadPoolExecutor(1) as starting:
        stack.callback(server.kill)
        started = starting.submit(server.start)
        proxy = stack.enter_context(FaultProxy(server.port, port))
        proxy.be(Refuse())
        app = server.app()
        phone.open()
        started.result()
        stack.callback(_dispose, app)
        stack.callback(phone.close)
        return Line(phone, server, proxy, app, world), stack.pop_all().close


def _dispose(app: Flask) -> None:
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
