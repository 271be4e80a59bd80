"""Phones that log, send, correct and photograph without pause, and remember what they were told is on the server."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.faults.http_phone import HttpPhone, NoAnswer

PART_BYTES = 8_192
PAUSE_S = (0.05, 0.4)
BATCH = 12
Operation = dict[str, Any]


@dataclass
class Told:
    """What a phone made, and what of it the server has acknowledged. Only ever grows."""

    made: dict[str, Operation] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Operations by id, with their seq."""
    photos: dict[str, bytes] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)
    pulled: dict[tuple[str, str], Any] = field(default_factory=dict)


class Walker(threading.Thread):
    """One phone at work, until told to make nothing new; it ends when all it made is on the server."""

    def __init__(self, phone: HttpPhone, seed: int) -> None:
        super().__init__(name=f"phone {seed}", daemon=True)
        self.phone, self.dice = phone, random.Random(seed)
        self.told = Told()
        self.unanswered = 0
        self.fault: BaseException | None = None
        self._outbox: list[Operation] = []
        self._unsent_photos: list[str] = []
        self._round: str | None = None
        self._recorded: list[str] = []
        self._has_evening_ended = threading.Event()
        self._is_given_up = threading.Event()

    def end_evening(self) -> None:
        """Make nothing new."""
        self._has_evening_ended.set()

    def give_up(self) -> None:
        """Stop as soon as possible."""
        self._is_given_up.set()

    def run(self) -> None:
        """Work. What goes wrong is kept in `fault`."""
        try:
            while not self._is_given_up.is_set() and not (self._has_evening_ended.is_set() and self._is_empty()):
                self._turn()
        except BaseException as fault:
            self.fault = fault

    def _is_empty(self) -> bool:
        return not self._outbox and not self._unsent_photos

    def _turn(self) -> None:
        if not self._has_evening_ended.is_set() and len(self._outbox) < BATCH:
            for _ in range(self.dice.randint(1, 4)):
                self._log_something()
        try:
            self._push()
            self._send_photos()
            if self.dice.random() < 0.2:
                self.pull()
        except NoAnswer:
            self.unanswered += 1
        time.sleep(self.dice.uniform(*PAUSE_S))

    def _log_something(self) -> None:
        phone, dice = self.phone, self.dice
        if self._round is None:
            start = phone.operation("round.start", data={"zone": str(phone.tenant.zone.id), "party_size": 2})
            self._round = start["entity"]
            self._keep(start)
        deed = dice.randrange(10)
        if deed < 4:
            self._keep_record(phone.record(self._round, severity=dice.randint(1, 4)))
        elif deed < 7:
            photo = dice.randbytes(dice.randint(1_000, 3 * PART_BYTES))
            self.told.photos[hashlib.sha256(photo).hexdigest()] = photo
            self._keep_record(phone.record_with_photo(photo, self._round))
        elif deed < 9 and self._recorded:
            floor = f"plan {phone.n}"  # never the one before: each correction has its effect
            self._keep(phone.operation("observation.correct", dice.choice(self._recorded), {"set": {"floor": floor}}))
        else:
            self._keep(phone.operation("round.end", self._round, {"reason": "done"}))
            self._round = None

    def _keep_record(self, operation: Operation) -> None:
        self._recorded.append(operation["entity"])
        self._keep(operation)

    def _keep(self, operation: Operation) -> None:
        self.told.made[operation["id"]] = operation
        self._outbox.append(operation)

    def _push(self) -> None:
        batch = self._outbox[:BATCH]
        if not batch:
            return
        answer = self.phone.push(*batch)
        if answer.status_code != 200:
            raise NoAnswer(answer.text[:200])
        for ack in (answer.json or {})["acks"]:
            assert ack["st"] in {"ok", "dup"}, ack
            self.told.acknowledged[ack["id"]] = ack["seq"]
            self._unsent_photos += [blob["sha256"] for blob in self.told.made[ack["id"]]["blobs"]]
        self._outbox = [each for each in self._outbox if each["id"] not in self.told.acknowledged]

    def _send_photos(self) -> None:
        while self._unsent_photos:
            sha256 = self._unsent_photos[0]
            asked = self.phone.http.post(
                "/api/v1/sync/blobs/have", json={"sha256": [sha256]}, headers=self.phone.headers
            )
            if asked.status_code != 200:
                raise NoAnswer(asked.text[:200])
            state = (asked.json or {})["blobs"][sha256]
            while not state["done"]:
                state = self._send_part(sha256, state["off"])
            self.told.whole.append(sha256)
            self._unsent_photos.pop(0)

    def _send_part(self, sha256: str, offset: int) -> dict[str, Any]:
        answer = self.phone.send_part(self.told.photos[sha256], offset, PART_BYTES)
        if answer.status_code not in {200, 409}:
            raise NoAnswer(answer.text[:200])
        return {"done": False, **(answer.json or {})}

    def pull(self) -> None:
        """Take what changed, and remember rows and cursor together, as a phone does."""
        more = True
        while more:
            query = {"cursor": self.phone.cursor} if self.phone.cursor else {}
            answer = self.phone.http.get("/api/v1/sync/pull", query_string=query, headers=self.phone.headers)
            if answer.status_code != 200:
                raise NoAnswer(answer.text[:200])
            page = answer.json or {}
            self.told.pulled |= {(row["kind"], row["id"]): row for row in page["rows"]}
            self.phone.cursor, more = page["cursor"], page["more"]
