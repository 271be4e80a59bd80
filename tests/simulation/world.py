"""The small organisation that every schedule begins with: two hosts, a supervisor, four stores on three phones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from fieldapp.access import secrets, service
from fieldapp.access.commands import AddUser
from fieldapp.access.models import Device, Organisation, Phone, User
from fieldapp.access.roles import Role
from fieldapp.infra import changes
from fieldapp.infra.changes import FeedRow
from fieldapp.infra.db import db, transaction
from fieldapp.kernel.time import FixedClock
from fieldapp.observations.models import Category
from fieldapp.places.models import Place, Zone

PASSWORD = "en lugn kväll 2026"
TOKENS = ("first-phone-token", "second-phone-token", "third-phone-token")
CATEGORIES = ("SK01", "SK02", "OR01", "PO01", "PO06")
STORES = ((0, "amina"), (0, "bertil"), (1, "amina"), (2, "bertil"))
"""Phone and host of each store: the first phone is shared, each host has another phone besides."""


def number(kind: int, count: int) -> UUID:
    """Return the id that a thing of the world always has."""
    return UUID(int=(kind << 64) | (0x7 << 76) | (0b10 << 62) | count)


def make_world(app: Flask, clock: FixedClock) -> dict[str, Any]:
    """Make everything, and return what the phones' side has to know of it."""
    with app.app_context():
        with transaction(write=True):
            organisation = service.create_organisation("bergsbo", "Bergsbo Bostäder AB", "housing_company", clock=clock)
            hosts = {login: _user(organisation, login, Role.HOST, clock) for login in ("amina", "bertil")}
            _user(organisation, "sara", Role.SUPERVISOR, clock)
            _forget_categories()
            zone, places = _places(organisation, clock)
            stores = _stores(organisation, hosts, clock)
        described = {
            "tenant": str(organisation.id),
            "zone": str(zone.id),
            "places": [str(place.id) for place in places],
            "password": PASSWORD,
            "stores": stores,
            "tokens": TOKENS,
        }
        db.session.remove()
    return described


def _forget_categories() -> None:
    """Keep a handful of the forty categories: every phone pulls them in every schedule."""
    ids = select(Category.id).where(Category.code.not_in(CATEGORIES))
    db.session.execute(delete(FeedRow).where(FeedRow.kind == "category", FeedRow.entity_id.in_(ids)))
    db.session.execute(delete(Category).where(Category.code.not_in(CATEGORIES)))


def _user(organisation: Organisation, login: str, role: Role, clock: FixedClock) -> User:
    user, _code = service.add_user(organisation.id, AddUser(login, login.title(), (role,)), clock=clock)
    service.set_first_password(user, PASSWORD)
    db.session.flush()
    return user


def _places(organisation: Organisation, clock: FixedClock) -> tuple[Zone, list[Place]]:
    now = clock.now()
    zone = Zone(id=number(1, 1), tenant_id=organisation.id, code="N", name="Norra", outline=None, created_at=now)
    db.session.add(zone)
    db.session.flush()
    places = [
        Place(
            id=number(2, count),
            tenant_id=organisation.id,
            external_id=f"B{count}",
            zone_id=zone.id,
            owner_id=organisation.id,
            kind="Building",
            name=f"Bergsbogatan {count}",
            lat=57.75,
            lon=11.98,
            created_at=now,
        )
        for count in (1, 2)
    ]
    db.session.add_all(places)
    db.session.flush()
    noted = [("zone", zone.id, changes.EVERYBODY), *(("place", place.id, changes.EVERYBODY) for place in places)]
    changes.note_many(organisation.id, noted, at=now)
    return zone, places


def _stores(organisation: Organisation, hosts: dict[str, User], clock: FixedClock) -> list[dict[str, Any]]:
    now = clock.now()
    for phone, token in enumerate(TOKENS):
        db.session.add(
            Phone(
                id=number(3, phone + 1),
                token_hash=secrets.token_hash(token),
                created_at=now,
                last_seen_at=now,
                expires_at=now + service.PHONE_LIFE,
            )
        )
    db.session.flush()
    described = []
    for count, (phone, login) in enumerate(STORES, start=1):
        device = Device(
            id=number(4, count),
            tenant_id=organisation.id,
            phone_id=number(3, phone + 1),
            user_id=hosts[login].id,
            db_id=number(5, count),
            created_at=now,
            signed_in_at=now,
            last_contact_at=now,
            unsent_count=0,
        )
        db.session.add(device)
        described.append(
            {
                "phone": phone,
                "login": login,
                "user": str(hosts[login].id),
                "device": str(device.id),
                "db_id": str(device.db_id),
            }
        )
    db.session.flush()
    return described
