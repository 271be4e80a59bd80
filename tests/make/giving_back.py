"""A phone that keeps what it sent, as the phone app does, and gives it back to a store that is another one than before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.make.world import PASSWORD, Phone


@dataclass
class KeepingPhone(Phone):
    """Keeps every operation and photo; what is acknowledged goes back into the outbox when the epoch changes."""

    login: str = ""
    outbox: list[dict[str, Any]] = field(default_factory=list)
    acked: list[dict[str, Any]] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Sign in. The epoch of the profile is not taken over: only giving everything back makes it the phone's own."""
        before = self.epoch
        answer = super().sign_in(login, password)
        self.epoch = before or self.epoch
        return answer

    def keep(self, operation: dict[str, Any], *photos: bytes) -> dict[str, Any]:
        """Put an operation and its photos into the outbox."""
        self.outbox.append(operation)
        self.photos |= {hashlib.sha256(photo).hexdigest(): photo for photo in photos}
        return operation

    def sync(self) -> int:
        """Send what is in the outbox, then all photos from where the server is. Return how many requests began anew."""
        restarts = 0
        while True:
            answer = self.push(*self.outbox)
            if answer.status_code == 401:
                self.sign_in(self.login, PASSWORD)
            elif answer.status_code == 409 and answer.json["code"] == "epoch_changed":
                restarts += 1
                self.epoch, self.cursor = answer.json["epoch"], None
                self.outbox, self.acked = [*self.acked, *self.outbox], []
            else:
                assert answer.status_code == 200, answer.text
                break
        known = {ack["id"] for ack in answer.json["acks"] if ack["st"] in {"ok", "dup", "held"}}
        self.acked += [operation for operation in self.outbox if operation["id"] in known]
        self.outbox = [operation for operation in self.outbox if operation["id"] not in known]
        self._send_photos()
        return restarts

    def _send_photos(self) -> None:
        asked = self.http.post("/api/v1/sync/blobs/have", json={"sha256": list(self.photos)}, headers=self.headers)
        for sha256, progress in asked.json["blobs"].items():
            if not progress["done"]:
                assert self.send_part(self.photos[sha256], progress["off"]).json["done"]
