"""A whole evening: a plan, a round that is suggested, a gap, a cellar by its label, a colleague, and what a supervisor reads of it.

The street runs eastward from 0 m in twelve pieces of 50 m, P0 to P11. That evening, and so what must be told of it:

* the host reads the label in the cellar, without network, and walks from 0 to 100 m: P0 and P1 are seen;
* the screen is locked for three minutes, in which one walks 250 m at most, and comes on again at 250 m: P2, P3 and P4 lie
  between and are unknown, while nobody can have been at P10 and P11, 500 m away and back;
* a colleague joins, and the two walk to 400 m: P5, P6 and P7 are seen, by one walk;
* the colleague alone goes on to 500 m: P8 and P9 are seen;
* nobody comes to P10 and P11: they are not seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import expect

from fieldapp.access.roles import Role
from fieldapp.coverage.days import day_part
from fieldapp.infra.db import as_tenant
from fieldapp.kernel.time import SystemClock
from fieldapp.pack import service as packs
from fieldapp.planning import suggesting
from fieldapp.planning.service import make_plan
from tests.browser.desk_browser import DeskBrowser
from tests.browser.handset import Handset
from tests.browser.host import Host
from tests.browser.installation import Installation
from tests.browser.test_labels import film_of, label_at_the_cellar
from tests.browser.test_told_gap import along
from tests.browser.waiting import wait_for
from tests.coverage.evening import lay_street
from tests.make.plans import every_evening
from tests.make.world import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LOCKED = timedelta(minutes=3)
COUNTED_S = 60
"""The worker takes a few seconds to load what it counts with, and more where much else is running."""
WHOLE_DAY_MIN = (0, 1440)
SEEN, UNKNOWN, NOT_SEEN = "sedd", "okänt", "inte sedd"
STORY = [*[SEEN] * 2, *[UNKNOWN] * 3, *[SEEN] * 5, *[NOT_SEEN] * 2]
"""What is to be read of P0 to P11."""
DARK = "skärmen var släckt eller en annan app öppen"
SHOW = """state => { Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    document.dispatchEvent(new Event("visibilitychange")); }"""


def begin_of_evening() -> datetime:
    """Return a time some hours ago from which a walk lies within one part of a day."""
    begins = datetime.now(UTC) - timedelta(hours=3)
    if day_part(begins, STOCKHOLM) != day_part(begins + timedelta(minutes=30), STOCKHOLM):
        begins -= timedelta(hours=1)
    return begins


def prepare(installed: Flask, world: World) -> list[str]:
    """Lay the street, plan it to be seen every day, and have its pack made. Return the ids of its pieces."""
    zone_id, clock = world.home.zone.id, SystemClock()
    with installed.app_context():
        with as_tenant(world.home.id, write=True):
            pieces = lay_street(world)
            begins, ends = WHOLE_DAY_MIN
            street = every_evening(zone_id, covers_paths=True, kinds=(), from_min=begins, to_min=ends)
            make_plan(world.home.actor(Role.SUPERVISOR), street, clock=clock)
        packs.remake(world.home.id, zone_id, clock)
    return [str(piece) for piece in pieces]


def plan_the_cellar(desk: DeskBrowser, world: World, day: str) -> None:
    """Ask at the desk for the zone's cellars, every day from one on and at any time of it; the plan is read before it is made."""
    desk.go(f"/desk/plans/new?zone={world.home.zone.id}")
    page = desk.page
    page.locator("input[name=kinds][value=BasementLevel]").check()
    page.locator("select[name=part]").select_option("day")
    page.locator("input[name=starts_on]").fill(day)
    page.locator("button[name=is_preview]").click()
    expect(page.locator("main")).to_contain_text("Varje dag: 1 källare i Norra")
    page.locator("main form button[type=submit]:not([name])").click()
    expect(page).to_have_url(f"{desk.address}/desk/plans")


def clock_of(phone: Handset) -> datetime:
    """Return what the phone's clock shows."""
    return datetime.fromtimestamp(float(phone.page.evaluate("Date.now()")) / 1000, UTC)


def look_at_tonight(host: Host) -> None:
    """See what is due and what round is suggested, and that the phone is ready, before the round."""
    phone = host.phone
    expect(phone.find("due-place")).to_contain_text("Källare, Bergsbogatan 14")
    expect(phone.find("due-paths")).to_contain_text("12 av 12 stycken kvar, 600 m")
    phone.tap("suggested-open")
    expect(phone.expect_screen("suggested").get_by_test_id("suggested-stop")).to_contain_text("Källare")
    host.open("")
    phone.tap("phone-check-open")
    expect(phone.find("check-position")).to_contain_text("Rond får se var telefonen är")


def see_the_cellar(host: Host) -> None:
    """Read the label in the cellar, where there is neither network nor position."""
    host.phone.context.set_offline(True)
    host.phone.tap("scan-open")
    expect(host.phone.expect_screen("anchor")).to_contain_text("Källare, Bergsbogatan 14")
    host.phone.tap("anchor-calm")
    host.expect_saved_calm()


def lock_screen(phone: Handset) -> None:
    """Let the screen be dark for a while; the phone hears nothing meanwhile."""
    phone.page.evaluate(SHOW, "hidden")
    phone.page.clock.set_system_time(clock_of(phone) + LOCKED)
    phone.page.evaluate(SHOW, "visible")


def join(colleague: Host, host: Host) -> None:
    """Let the colleague begin a round of their own, and type the code of the host's."""
    host.phone.tap("join-open")
    code = host.phone.find("join-code").inner_text()
    host.open("round")
    colleague.start_round(party_size=2)
    colleague.phone.tap("scan-open")
    colleague.phone.find("scan-code").fill(code)
    colleague.phone.tap("scan-code-go")
    colleague.phone.tap("join-confirm")
    colleague.phone.expect_screen("round")


def told_of(desk: DeskBrowser, ids: Sequence[str], days: str) -> list[str]:
    """Return the state that the list of coverage tells of each target, in words."""
    desk.go(f"/desk/coverage/places?kind=&{days}")
    return [desk.page.locator(f"#r-{one} .chip").inner_text().strip() for one in ids]


def seen_counts(desk: DeskBrowser, ids: Sequence[str], days: str) -> list[int]:
    """Return how many walks saw each target, as the file says that is downloaded."""
    rows = csv.DictReader(io.StringIO(desk.body(f"/desk/coverage/map.csv?{days}").decode("utf-8-sig")), delimiter=";")
    counts = {row["target_id"]: int(row["seen_count"]) for row in rows}
    return [counts[one] for one in ids]


def table_words(desk: DeskBrowser, path: str) -> list[str]:
    """Return the rows of a page's tables, each as its words."""
    desk.go(path)
    return [" ".join(words.split()) for words in desk.page.locator("main tbody tr").all_inner_texts()]


def test_a_supervisor_reads_what_an_evening_of_two_phones_was(
    make_handset: Callable[[str], Handset],
    installation: Installation,
    installed: Flask,
    world: World,
    desk: DeskBrowser,
    tmp_path: Path,
) -> None:
    street, label = prepare(installed, world), label_at_the_cellar(installed, world)
    desk.sign_in(world.home.users[Role.SUPERVISOR].login)
    begins = begin_of_evening()
    day = day_part(begins, STOCKHOLM).day.isoformat()
    plan_the_cellar(desk, world, day)
    with installed.app_context():
        suggesting.remake(world.home.id, world.home.zone.id, SystemClock().now())
    host, colleague = (Host(make_handset(installation.address)) for _ in range(2))
    host.phone.camera_file = film_of(f"{installation.address}/pwa/#/a/{label.token}", tmp_path / "label.y4m")
    host.phone.open(begins)
    host.sign_in(world.home.users[Role.HOST].login)
    host.wait_until_ready_for_offline()
    look_at_tonight(host)
    host.start_round(party_size=2)
    see_the_cellar(host)
    host.walk(along(0, 100, clock_of(host.phone)))
    lock_screen(host.phone)
    host.phone.context.set_offline(False)
    colleague.phone.open(clock_of(host.phone))
    colleague.sign_in(world.home.users[Role.SUPERVISOR].login)
    colleague.wait_until_ready_for_offline()
    join(colleague, host)
    colleague.phone.context.set_offline(True)
    together = clock_of(host.phone)
    host.walk(along(250, 400, together))
    colleague.walk(along(250, 500, together))
    host.end_round()
    host.send_now()
    colleague.end_round()
    assert colleague.unsent_count() > 0
    colleague.phone.context.set_offline(False)
    colleague.send_now()

    days = f"from={day}&to={day}"
    wait_for(f"the street is told of as {STORY}", lambda: told_of(desk, street, days) == STORY, seconds=COUNTED_S)
    assert told_of(desk, [str(world.home.places[name].id) for name in ("cellar", "yard")], days) == [SEEN, SEEN]
    assert seen_counts(desk, street, days) == [1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0]
    kept, missed = table_words(desk, f"/desk/coverage/plan?{days}")[1:]
    assert kept == "Norra Varje dag: 1 källare 1 1 100 % 0 0"
    assert missed == f"Norra Varje dag: 12 vägstycken (0,6 km) 12 7 58 % 3 2 lucka: {DARK}"
    [gap, unknown] = table_words(desk, f"/desk/coverage/gaps?{days}")[1:]
    assert gap == f"{DARK.capitalize()} 1 under 5 min"
    assert unknown.startswith("3 platser och stycken är okända")
    assert "64 % sett, 3 okända" in " ".join(table_words(desk, f"/desk/coverage/weekdays?{days}"))
    [walk] = [words for words in table_words(desk, "/desk/rounds") if "Norra" in words]
    assert "2 telefoner" in walk
