"""One thing of every kind in each tenant, for asking every route about it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields

from sqlalchemy import select, update

from fieldapp.access.roles import Role
from fieldapp.damage.models import Case
from fieldapp.export.models import Delivery, Receiver
from fieldapp.infra import changes
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.models import Category, ObservationPhoto
from fieldapp.places.anchors import make_anchors
from fieldapp.places.commands import MakeAnchors
from fieldapp.planning import service as plans
from fieldapp.rounds import service as rounds
from fieldapp.rounds.models import Round
from tests.make.plans import every_evening
from tests.make.world import Tenant, World

PHOTO = b"\xff\xd8 a photo \xff\xd9"


@dataclass(frozen=True)
class Things:
    """The ids of one tenant's things, by the name that routes give them."""

    round_id: str
    viewing_id: str
    observation_id: str
    photo_id: str
    device_id: str
    user_id: str
    zone_id: str
    anchor_id: str
    place_id: str
    category_id: str
    operation_id: str
    plan_id: str
    case_id: str
    receiver_id: str
    delivery_id: str
    sha256: str
    kind: str = "tonight"
    name: str = "nothing.js"
    table: str = "places"
    ending: str = "csv"

    def of(self, argument: str) -> str:
        """Return the id for a route's argument."""
        return str(getattr(self, argument))


IDS = tuple(field.name for field in fields(Things) if field.name.endswith("_id"))
UNKNOWN = Things(**{name: str(uuid.UUID(int=0x7000)) for name in IDS}, sha256="0" * 64)


def make_things(world: World, tenant: Tenant) -> Things:
    """Let a host of the tenant walk a round with one record and one photo, and a supervisor open it."""
    phone = world.phone(tenant)
    round_id = phone.start_round()
    record, held = phone.record_with_photo(PHOTO, round_id), phone.operation("round.unknown")
    phone.acks(record, held, phone.operation("round.end", round_id, {"reason": "done"}))
    photo_id = record["data"]["photos"][0]["id"]
    with world.app.app_context(), as_tenant(tenant.id, write=True):
        clean = world.app.extensions["rond_blobs"].put_clean(tenant.id, PHOTO)
        db.session.execute(
            update(ObservationPhoto)
            .where(ObservationPhoto.id == uuid.UUID(photo_id))
            .values(state="clean", clean_sha256=clean, thumb_sha256=clean, width_px=1, height_px=1)
        )
        changes.note(tenant.id, "photo", uuid.UUID(photo_id), at=world.clock.now(), audience=[uuid.UUID(phone.user_id)])
        opened = db.session.get_one(Round, uuid.UUID(round_id))
        viewing = rounds.open_round(tenant.actor(Role.SUPERVISOR), opened, "Uppföljning av skada", clock=world.clock)
        category = db.session.scalars(select(Category).where(Category.code == "SK01")).one()
        labelled = MakeAnchors([tenant.places["yard"].id], "qr")
        [anchor] = make_anchors(tenant.actor(Role.SUPERVISOR), labelled, clock=world.clock)
        plan = plans.make_plan(tenant.actor(Role.SUPERVISOR), every_evening(tenant.zone.id), clock=world.clock)
        case = db.session.scalars(select(Case).where(Case.observation_id == uuid.UUID(record["entity"]))).one()
        receiver = Receiver(
            id=uuid.uuid4(), tenant_id=tenant.id, name="Driften", adapter="open311", created_at=world.clock.now()
        )
        db.session.add(receiver)
        db.session.flush()
        delivery = Delivery(
            id=uuid.uuid4(), tenant_id=tenant.id, receiver_id=receiver.id, case_id=case.id, revision=case.revision,
            action="create", state="dead", queued_at=world.clock.now(),
        )  # fmt: skip
        db.session.add(delivery)
        ids = (
            str(receiver.id),
            str(viewing.id),
            str(category.id),
            str(anchor.id),
            str(plan.id),
            str(case.id),
            str(delivery.id),
        )
    return Things(
        round_id=round_id,
        viewing_id=ids[1],
        observation_id=record["entity"],
        photo_id=photo_id,
        device_id=phone.device,
        user_id=str(tenant.users[Role.PARTNER].id),
        zone_id=str(tenant.zone.id),
        anchor_id=ids[3],
        place_id=str(tenant.places["yard"].id),
        category_id=ids[2],
        operation_id=held["id"],
        plan_id=ids[4],
        case_id=ids[5],
        receiver_id=ids[0],
        delivery_id=ids[6],
        sha256=record["blobs"][0]["sha256"],
    )
