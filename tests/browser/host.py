"""What a host does on the phone, in the app's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, expect

from tests.browser.handset import Handset
from tests.browser.walks import Fix
from tests.make.world import PASSWORD

Language = Literal["sv", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """What the app says where a test waits for it."""

    saved: str
    saved_calm: str
    cancel: str


WORDS: dict[Language, Words] = {
    "sv": Words("Sparad på telefonen", "Sparad på telefonen: lugnt", "Avbryt"),
    "en": Words("Saved on the phone", "Saved on the phone: calm", "Cancel"),
}


class Host:
    """A host with a phone in hand, who reads the app in one of its languages."""

    def __init__(self, phone: Handset, language: Language = "sv") -> None:
        self.phone = phone
        self.language = language

    @property
    def words(self) -> Words:
        """Return what the app says in the host's language."""
        return WORDS[self.language]

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in on the screen that asks for it, and wait for tonight's."""
        phone = self.phone
        phone.find("sign-in-login").fill(login)
        phone.find("sign-in-password").fill(password)
        phone.tap("sign-in-submit")
        phone.expect_screen("tonight")

    def wait_until_ready_for_offline(self) -> None:
        """Wait until the app says that it opens without a network, and has its categories and places."""
        expect(self.phone.find("offline-ready")).to_be_visible()
        expect(self.phone.page.locator("[data-testid=overdue-place]").first).to_be_visible()

    def start_round(self, party_size: int = 3) -> None:
        """Start a round; the party is two unless another size is chosen."""
        self.phone.page.locator("label", has=self.phone.find(f"party-{party_size}")).tap()
        self.phone.tap("round-start")
        self.phone.expect_screen("round")

    def end_round(self) -> None:
        """Hold the button that ends the round."""
        self.phone.hold("round-end")
        self.phone.expect_screen("tonight")

    def walk(self, fixes: Sequence[Fix]) -> None:
        """Walk; the phone's own clock is set to each fix, and each is seen by the app before the next."""
        for number, fix in enumerate(fixes):
            self.phone.page.clock.set_system_time(fix.at)
            self.feel(fix, accuracy_m=5 + number % 5)

    def feel(self, fix: Fix, *, accuracy_m: float) -> None:
        """Give the phone a fix and wait until the round's screen shows that it was recorded."""
        self.phone.stand_at(fix, accuracy_m=accuracy_m)
        expect(self.phone.find("recording-state")).to_contain_text(f"±{accuracy_m:.0f} m")

    def log_calm(self, place: str) -> None:
        """Log that a place is calm, chosen by its name."""
        phone = self.phone
        phone.tap("log-calm")
        phone.expect_screen("calm")
        phone.tap(phone.find("place-option").filter(has_text=place).first)
        self.expect_saved_calm()

    def log_observation(self, category: str, note: str | None = None) -> None:
        """Log an observation, and write a note to it."""
        phone = self.phone
        phone.tap("log-observation")
        self.choose_category(category)
        self.expect_saved()
        if note is not None:
            phone.find("note").fill(note)
        phone.tap("refine-done")
        phone.expect_screen("round")

    def log_damage(self, category: str, photo: Path) -> None:
        """Log a damage with a photo from the phone's pictures."""
        phone = self.phone
        phone.tap("log-damage")
        phone.find("photo-gallery").set_input_files(photo)
        self.choose_category(category)
        self.expect_saved()
        expect(phone.find("record-photos").locator("img")).to_have_count(1)
        phone.tap("refine-done")
        phone.expect_screen("round")

    def choose_category(self, code: str) -> None:
        """Choose a category among the likely ones, else by its group."""
        phone = self.phone
        tile = phone.find(f"category-{code}")
        group = phone.find(f"group-{code[:2]}")
        expect(group).to_be_visible()
        if tile.count() == 0:
            phone.tap(group)
        phone.tap(tile)

    def expect_saved(self) -> None:
        """Wait until the screen of the new record says that it is saved on the phone."""
        expect(self.phone.expect_screen("refine").get_by_test_id("saved-status")).to_have_text(self.words.saved)

    def expect_saved_calm(self) -> None:
        """Wait until the round's screen says that a calm check is saved on the phone."""
        saved = self.phone.find("saved-status").filter(has_text=self.words.saved_calm)
        expect(saved).to_be_visible()
        self.phone.expect_screen("round")

    def records(self) -> Locator:
        """Open the host's records and return their rows."""
        self.open("records")
        return self.phone.find("record")

    def open(self, address: str, shows: str | None = None) -> None:
        """Open a screen by its address: what links lead to is tried elsewhere. `shows`: its name, if not the first part."""
        self.phone.page.evaluate("hash => { location.hash = hash }", f"#/{address}")
        self.phone.expect_screen(shows or address.split("/", maxsplit=1)[0] or "tonight")

    def unsent_count(self) -> int:
        """Return how many operations the phone says it still has to send."""
        return int(self.phone.find("unsent-count").get_attribute("data-count") or "-1")

    def send_now(self) -> None:
        """Ask for a try and wait until everything is sent."""
        self.open("outbox")
        self.phone.tap("sync-now")
        self.expect_all_sent()

    def expect_all_sent(self) -> None:
        """Wait on the outbox's screen until nothing is left."""
        expect(self.phone.find("outbox-unsent")).to_have_text("0", timeout=30_000)
        expect(self.phone.find("outbox-photos")).to_have_text("0", timeout=30_000)
