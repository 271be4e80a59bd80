"""A small world for tests: two organisations, a user of every role in each, phones and desks, made by the real services.

world.home, world.foreign    Tenant: organisation, users by role, zone, places
world.phone(tenant, role)    Phone: signed in, pushes and pulls as the protocol says
world.desk(tenant, role)     Desk: a signed-in browser; `get`, `post` (with the CSRF token)
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from fieldapp.access import service
from fieldapp.access.commands import AddUser
from fieldapp.access.login import make_actor
from fieldapp.access.models import Organisation, User
from fieldapp.access.roles import Actor, Role
from fieldapp.infra import changes
from fieldapp.infra.db import as_tenant, db, transaction
from fieldapp.kernel.time import FixedClock, to_ms
from fieldapp.places.models import Place, Zone

PASSWORD = "en lugn kväll 2026"
ZONE_OUTLINE = [[11.97, 57.74], [11.99, 57.74], [11.99, 57.76], [11.97, 57.76], [11.97, 57.74]]


@dataclass
class Tenant:
    """One organisation of the world."""

    organisation: Organisation
    users: dict[Role, User]
    zone: Zone
    places: dict[str, Place]

    @property
    def id(self) -> UUID:
        """Return the tenant's id."""
        return self.organisation.id

    def actor(self, role: Role) -> Actor:
        """Return the actor that the user of a role is."""
        return make_actor(self.users[role])


class World:
    """Two organisations: `home`, and `foreign` whose things nobody at home may see."""

    def __init__(self, app: Flask, clock: FixedClock, made: tuple[Tenant, Tenant] | None = None) -> None:
        """Make the organisations, or take those that are in the database already."""
        self.app, self.clock = app, clock
        self.home, self.foreign = made or self._make_tenants()

    def _make_tenants(self) -> tuple[Tenant, Tenant]:
        with self.app.app_context():
            home = self._tenant("bergsbo", "Bergsbo Bostäder AB")
            return home, self._tenant("annan", "Annan Bostad AB")

    def _tenant(self, slug: str, name: str) -> Tenant:
        with transaction(write=True):
            organisation = service.create_organisation(slug, name, "housing_company", clock=self.clock)
            organisation.on_call_name, organisation.on_call_phone = "Jouren", "031-123 45 67"
            users = {role: self._user(organisation, f"{role}@{slug}", (role,)) for role in Role}
            zone = Zone(
                id=uuid.uuid4(),
                tenant_id=organisation.id,
                code="N",
                name="Norra",
                outline=ZONE_OUTLINE,
                created_at=self.clock.now(),
            )
            db.session.add(zone)
            db.session.flush()
            places = self._places(organisation, zone)
            noted = [("zone", zone.id, changes.EVERYBODY)]
            noted += [("place", place.id, changes.EVERYBODY) for place in places.values()]
            changes.note_many(organisation.id, noted, at=self.clock.now())
        db.session.expunge_all()  # plain values from here on: no test reads the database through them
        return Tenant(organisation, users, zone, places)

    def _user(self, organisation: Organisation, login: str, roles: tuple[Role, ...]) -> User:
        user, _code = service.add_user(
            organisation.id,
            AddUser(login, login.split("@", maxsplit=1)[0].title(), roles, trades=("KLO",)),
            clock=self.clock,
        )
        service.set_first_password(user, PASSWORD)
        return user

    def _places(self, organisation: Organisation, zone: Zone) -> dict[str, Place]:
        building = self._place(organisation, zone, "B14", "Building", "Bergsbogatan 14", None)
        cellar = self._place(organisation, zone, "B14-K", "BasementLevel", "Källare, Bergsbogatan 14", building)
        yard = self._place(organisation, zone, "G1", "OutdoorSpace", "Gården vid Bergsbogatan", None)
        db.session.add(building)
        db.session.flush()
        db.session.add_all([cellar, yard])
        db.session.flush()
        return {"building": building, "cellar": cellar, "yard": yard}

    def _place(
        self, organisation: Organisation, zone: Zone, external_id: str, kind: str, name: str, parent: Place | None
    ) -> Place:
        return Place(
            id=uuid.uuid4(),
            tenant_id=organisation.id,
            external_id=external_id,
            parent_id=parent.id if parent else None,
            zone_id=zone.id,
            owner_id=organisation.id,
            kind=kind,
            name=name,
            lat=57.75,
            lon=11.98,
            created_at=self.clock.now(),
        )

    def phone(self, tenant: Tenant | None = None, role: Role = Role.HOST) -> Phone:
        """Sign a user in on a phone of their own."""
        tenant = tenant or self.home
        phone = Phone(self.app, self.clock, tenant)
        phone.sign_in(tenant.users[role].login)
        return phone

    def desk(self, tenant: Tenant | None = None, role: Role = Role.SUPERVISOR) -> Desk:
        """Sign a user in at a desk."""
        tenant = tenant or self.home
        desk = Desk(self.app)
        answer = desk.post("/desk/sign-in", {"login": tenant.users[role].login, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return desk

    @contextmanager
    def as_home(self, *, write: bool = False) -> Iterator[None]:
        """Work as the home tenant in a context and a transaction of one's own, as a request does."""
        with self.app.app_context(), as_tenant(self.home.id, write=write):
            yield


@dataclass
class Phone:
    """A phone that speaks the protocol: counts its operations, keeps its cookie, has one device."""

    app: Flask
    clock: FixedClock
    tenant: Tenant
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    user_id: str = ""
    n: int = 0
    epoch: str | None = None
    cursor: str | None = None

    def __post_init__(self) -> None:
        self.http = self.app.test_client()

    @property
    def headers(self) -> dict[str, str]:
        """Return what every request of a phone carries."""
        return {"X-Rond-Client": "pwa/1.0.0", "X-Rond-Device": self.device}

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        """Sign a user in on this phone's device."""
        body = {"login": login, "password": password, "device": self.device, "db_id": str(uuid.uuid4()), "app": "1.0.0"}
        answer = self.http.post("/api/v1/phone/sign-in", json=body, headers=self.headers)
        if answer.status_code == 200:
            self.user_id, self.epoch = answer.json["user"]["id"], answer.json["epoch"]
        return answer

    def operation(
        self,
        type_: str,
        entity: str | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        blobs: Sequence[Mapping[str, Any]] = (),
        base: int | None = None,
        **overrides: Any,
    ) -> dict[str, Any]:
        """Make the next operation of this device."""
        self.n += 1
        return {
            "id": str(uuid.uuid4()),
            "n": self.n,
            "by": self.user_id,
            "type": type_,
            "entity": entity or str(uuid.uuid4()),
            "base": base,
            "at": to_ms(self.clock.now()),
            "mono": 1000,
            "tz": 60,
            "v": 1,
            "data": dict(data or {}),
            "blobs": list(blobs),
            **overrides,
        }

    def batch(self, *operations: Mapping[str, Any], **overrides: Any) -> dict[str, Any]:
        """Make a push body."""
        return {
            "proto": 1,
            "epoch": self.epoch,
            "app": "1.0.0",
            "clock": {"wall": to_ms(self.clock.now()), "mono": 1000},
            "unsent": {"count": len(operations), "oldest": None},
            "ops": list(operations),
            **overrides,
        }

    def push(self, *operations: Mapping[str, Any], compress: bool = False, **overrides: Any) -> TestResponse:
        """Push operations."""
        body = json.dumps(self.batch(*operations, **overrides)).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        if compress:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        return self.http.post("/api/v1/sync/push", data=body, headers=headers)

    def acks(self, *operations: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Push operations and return their acknowledgements."""
        answer = self.push(*operations)
        assert answer.status_code == 200, answer.text
        return list(answer.json["acks"])

    def pull(self, *, anew: bool = False) -> list[dict[str, Any]]:
        """Pull all that changed since last time, and remember where."""
        rows: list[dict[str, Any]] = []
        more, cursor = True, None if anew else self.cursor
        while more:
            query = {"cursor": cursor} if cursor else {}
            answer = self.http.get("/api/v1/sync/pull", query_string=query, headers=self.headers)
            assert answer.status_code == 200, answer.text
            rows += answer.json["rows"]
            cursor, more = answer.json["cursor"], answer.json["more"]
        self.cursor = cursor
        return rows

    def pulled(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return everything of a kind that this phone may see, by id."""
        return {row["id"]: row.get("body", {}) for row in self.pull(anew=True) if row["kind"] == kind}

    def start_round(self, **data: Any) -> str:
        """Start a round and return its id."""
        operation = self.operation("round.start", data={"zone": str(self.tenant.zone.id), "party_size": 2, **data})
        [ack] = self.acks(operation)
        assert ack["st"] == "ok", ack
        return str(operation["entity"])

    def record(self, round_id: str | None = None, **data: Any) -> dict[str, Any]:
        """Make an operation that logs graffiti in the cellar; change any field by name."""
        return self.operation("observation.record", data=self.record_data(round_id, **data))

    def record_data(self, round_id: str | None = None, **data: Any) -> dict[str, Any]:
        """Make the data of `observation.record`."""
        return {
            "round": round_id,
            "category": "SK01",
            "place": str(self.tenant.places["cellar"].id),
            "place_source": "chosen",
            "floor": None,
            "position": {"lat": 57.75, "lon": 11.98, "accuracy_m": 6.5, "at": to_ms(self.clock.now())},
            "severity": 3,
            "note": None,
            "note_confirmed": False,
            "photos": [],
            **data,
        }

    def record_with_photo(self, photo: bytes, round_id: str | None = None, **data: Any) -> dict[str, Any]:
        """Make an operation that logs damage with one photo."""
        sha256 = hashlib.sha256(photo).hexdigest()
        reference = {"id": str(uuid.uuid4()), "slot": 1, "sha256": sha256}
        blob = {"sha256": sha256, "size": len(photo), "mime": "image/jpeg"}
        return self.operation(
            "observation.record", data=self.record_data(round_id, photos=[reference], **data), blobs=[blob]
        )

    def send_part(self, photo: bytes, offset: int = 0, length: int | None = None, **headers: str) -> TestResponse:
        """Send a part of a photo."""
        part = photo[offset:] if length is None else photo[offset : offset + length]
        is_last = offset + len(part) >= len(photo)
        digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
        sent = {
            **self.headers,
            "Content-Type": "application/octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Length": str(len(photo)),
            "Upload-Complete": "?1" if is_last else "?0",
            "Content-Digest": f"sha-256=:{digest}:",
            **headers,
        }
        sha256 = hashlib.sha256(photo).hexdigest()
        return self.http.patch(f"/api/v1/sync/blobs/{sha256}", data=part, headers=sent)


class Desk:
    """A browser at a desk."""

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Get a page."""
        return self.http.get(path, buffered=True, **kwargs)

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, token_from: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Post a form with the token of the page it is on (`token_from`, default the sign-in or account page)."""
        token = self.token(token_from or ("/desk/sign-in" if path.endswith("/sign-in") else "/desk/account"))
        return self.http.post(path, data={**(form or {}), "csrf_token": token}, buffered=True, **kwargs)

    def token(self, page: str) -> str:
        """Return the token against forgery of a page's forms."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.http.get(page).text)
        return found.group(1) if found else ""
