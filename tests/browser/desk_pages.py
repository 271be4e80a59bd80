"""Every page of the desk by its address: none can be added that is not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from fieldapp.access.login import make_actor
from fieldapp.access.models import Device, User
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor, Role
from fieldapp.damage.models import Case
from fieldapp.export import status_service
from fieldapp.export.models import Delivery, Receiver
from fieldapp.export.status_rules import StatusReport
from fieldapp.infra.db import as_tenant, db
from fieldapp.kernel.time import SystemClock, to_ms
from fieldapp.observations.models import Category, ObservationPhoto
from fieldapp.places.models import Place, Zone
from fieldapp.planning import service as plans
from fieldapp.rounds import service as rounds
from fieldapp.rounds.models import Gap, Round
from fieldapp.sync.models import LedgerEntry
from tests.make.plans import every_evening

NOT_PAGES = frozenset(
    {
        "desk.case_figures_file",
        "desk.case_photo",
        "desk.case_thumb",
        "desk.coverage_file",
        "desk.coverage_layer",
        "desk.ground",
        "desk.static_file",
        "desk.today_now",
        "export.cases_csv",
        "export.cases_xlsx",
        "export.observations_csv",
        "export.observations_xlsx",
        "export.rounds_csv",
        "export.rounds_xlsx",
        "observations.full",
        "observations.thumb",
        "places.anchor_sheet",
        "places.network_map",
    }
)
"""What the desk serves beside pages: parts of pages, files and pictures."""

READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DPO, Role.COORDINATOR)
REASON = "Genomgång med värdarna"


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page and who may read it; nobody's login for a page of those who have not signed in."""

    name: str
    path: str
    login: str | None


def desk_pages(app: Flask, tenant_id: UUID) -> list[DeskPage]:
    """Return every page of the desk with things of a tenant in its address, those for everybody first.

    Raises:
        KeyError: an address has an argument nobody has given an example of.
    """
    with app.app_context(), as_tenant(tenant_id, write=True):
        users = {role: _user(role) for role in READERS}
        examples = dict(_examples(make_actor(users[Role.SUPERVISOR])))
    pages = [_page(app, rule, examples, users) for rule in _rules(app)]
    return sorted(pages, key=lambda page: (page.login or "", page.path))


def _rules(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        is_got = "GET" in (rule.methods or ())
        if rule.rule.startswith("/desk/") and is_got and rule.endpoint not in NOT_PAGES:
            yield rule


def _page(app: Flask, rule: Rule, examples: Mapping[str, UUID], users: Mapping[Role, User]) -> DeskPage:
    values: dict[str, Any] = {name: examples[name] for name in rule.arguments}
    with app.test_request_context():
        path = app.url_for(rule.endpoint, **values)
    permission: Permission | None = getattr(app.view_functions[rule.endpoint], "permission", None)
    login = None if permission is None else _reader(users, permission).login
    return DeskPage(rule.endpoint, path, login)


def _reader(users: Mapping[Role, User], permission: Permission) -> User:
    return next(user for user in users.values() if is_permitted(make_actor(user), permission))


def _user(role: Role) -> User:
    query = select(User).where(User.is_active).order_by(User.login)
    return next(user for user in db.session.scalars(query) if role in user.roles)


def _examples(supervisor: Actor) -> Iterator[tuple[str, UUID]]:
    """Give a telling example of each thing that addresses name: with gaps, with a photo, with a parent."""
    found: Callable[[Any], Any] = db.session.scalar
    observation = select(ObservationPhoto.observation_id).where(ObservationPhoto.state != "named")
    gaps = select(Gap.round_id).group_by(Gap.round_id).order_by(func.count().desc())
    round_ = db.session.get_one(Round, found(gaps.join(Round, Round.id == Gap.round_id).where(Round.state == "ended")))
    yield "round_id", round_.id
    yield "viewing_id", rounds.open_round(supervisor, round_, REASON, clock=SystemClock()).id
    yield "observation_id", found(observation.order_by(ObservationPhoto.id))
    yield "case_id", found(select(Case.id).order_by(Case.case_no.desc()))
    yield "user_id", _user(Role.HOST).id
    zone_id = found(select(Zone.id).order_by(Zone.code))
    yield "zone_id", zone_id
    yield "plan_id", plans.make_plan(supervisor, every_evening(zone_id), clock=SystemClock()).id
    yield "place_id", found(select(Place.id).where(Place.parent_id.is_not(None)).order_by(Place.external_id))
    receiver_id = _receiver(supervisor)
    yield "receiver_id", receiver_id
    yield "delivery_id", _delivery(supervisor, receiver_id)
    yield "category_id", found(select(Category.id).where(Category.code == "SK01"))
    device = db.session.scalars(select(Device).where(Device.user_id == _user(Role.HOST).id)).first()
    assert device is not None
    yield "device_id", device.id
    yield "operation_id", found(select(LedgerEntry.id).where(LedgerEntry.outcome == "held")) or _held(device)


def _receiver(supervisor: Actor) -> UUID:
    """Add a receiver of cases that says what nobody has given a meaning."""
    now = SystemClock().now()
    made = Receiver(id=uuid4(), tenant_id=supervisor.tenant_id, name="Driften", adapter="open311", created_at=now)
    db.session.add(made)
    db.session.flush()
    report = StatusReport("one", "A-1", None, "comleted", now, "Klart")
    status_service.take_reports(made, [report], source="file", clock=SystemClock())
    return made.id


def _delivery(supervisor: Actor, receiver_id: UUID) -> UUID:
    """Add a delivery that has stopped."""
    case = db.session.scalars(select(Case).order_by(Case.case_no)).first()
    assert case is not None
    made = Delivery(
        id=uuid4(), tenant_id=supervisor.tenant_id, receiver_id=receiver_id, case_id=case.id, revision=case.revision,
        action="create", state="dead", tries=15, answer="503: ute", queued_at=SystemClock().now(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def _held(device: Device) -> UUID:
    """Hold an operation of a phone, as if its round had been over."""
    of_device = select(func.max(LedgerEntry.n)).where(LedgerEntry.device_id == device.id)
    now = SystemClock().now()
    note = "Ring Anna på 070-174 06 58 om porten"
    body = {"at": to_ms(now), "data": {"category": "SK01", "severity": 3, "note": note}}
    entry = LedgerEntry(
        id=uuid4(), device_id=device.id, n=(db.session.scalar(of_device) or 0) + 1, by_id=device.user_id
    )
    entry.type, entry.entity_id, entry.seq, entry.sha256 = "observation.record", uuid4(), 0, ""
    entry.tenant_id, entry.outcome, entry.why, entry.body, entry.received_at = (
        device.tenant_id,
        "held",
        "illegal_transition",
        body,
        now,
    )
    db.session.add(entry)
    return entry.id
