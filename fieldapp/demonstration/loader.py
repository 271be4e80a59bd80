"""Load the generated area and its two weeks into an installation, the way real ones come: by the register and by sync."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access import service as accounts
from fieldapp.access.commands import AddUser
from fieldapp.access.login import DeviceHere, make_actor
from fieldapp.access.models import Device, Organisation, Phone, User
from fieldapp.access.roles import Actor, Role
from fieldapp.access.secrets import token_hash
from fieldapp.coverage.days import EVENING, NIGHT
from fieldapp.coverage.fold import fold_everything
from fieldapp.demonstration.district import District, make_district
from fieldapp.demonstration.happenings import HOSTS, DemoCheck, DemoObservation, DemoRound, two_weeks
from fieldapp.demonstration.labels import make_labels
from fieldapp.demonstration.mending import TRADES, mend_cases
from fieldapp.demonstration.network import Network
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db, set_tenant, transaction
from fieldapp.infra.pictures import draw_placeholder_photo
from fieldapp.kernel.geo import to_geojson
from fieldapp.kernel.ids import new_token
from fieldapp.kernel.time import FixedClock, to_ms
from fieldapp.places.register import write_register
from fieldapp.planning.commands import MakePlan
from fieldapp.planning.rules import HOURS, WEEKDAYS
from fieldapp.planning.service import make_plan
from fieldapp.rounds.track import SEGMENT_FIXES, Fix, columns_of_fixes
from fieldapp.sync.push import receive
from fieldapp.sync.registry import Registry
from fieldapp.sync.schemas import PushSchema

SLUG = "demo"
NAME = "Bergsbo Bostäder (demonstration)"
PASSWORD = "bergsbo-om-kvällen"  # noqa: S105 - printed for everybody: it opens the demonstration alone
SEED = 2026
MOTIFS = {"SK01": "graffiti", "SK02": "glass", "SK03": "door", "SK04": "door", "BE01": "lamp", "BE02": "lamp"}
MOTIFS |= {"RE01": "waste", "RE02": "furniture", "BR02": "fire", "SK09": "water"}
STAFF = (
    ("gruppledare", "Gunvor Gruppledare", (Role.SUPERVISOR,)),
    ("admin", "Adam Administratör", (Role.ADMINISTRATOR,)),
    ("samordnare", "Sam Samordnare", (Role.COORDINATOR,)),
    ("drift", "Disa Drift", (Role.MAINTENANCE,)),
    ("dataskydd", "Dag Dataskydd", (Role.DPO,)),
    ("partner", "Petra Partner", (Role.PARTNER,)),
)
PLANS = (
    (("BasementLevel",), False, None),
    (("LaundryRoom", "WasteManagementRoom", "BicycleGarage"), False, 3),
    (("OutdoorSpace", "Playground"), True, 4),
)
"""Of each zone: kinds of places, whether its paths too, and how many times a week (None: every evening)."""
HOST_NAMES = ("Vera Värd", "Viktor Värd", "Vilma Värd", "Valter Värd", "Vanja Värd", "Vidar Värd")

_push_schema = PushSchema()


def logins() -> list[tuple[str, str]]:
    """Return the demonstration's logins with what they are."""
    hosts = [(f"vard{number}@{SLUG}", "trygghetsvärd") for number in range(1, HOSTS + 1)]
    return [*hosts, *((f"{login}@{SLUG}", login) for login, _name, _roles in STAFF)]


def demonstration() -> Organisation | None:
    """Return the demonstration's organisation, if it is loaded."""
    return db.session.scalar(select(Organisation).where(Organisation.slug == SLUG))


@dataclass(slots=True)
class Loader:
    """Loads one demonstration. Everything follows from the seed and the day it ends on."""

    registry: Registry
    blobs: BlobStore
    ends_on: date
    now: datetime
    seed: int = SEED
    clock: FixedClock = field(init=False)
    tenant_id: UUID = field(init=False)
    supervisor: Actor = field(init=False)
    ids: dict[str, UUID] = field(default_factory=dict)
    devices: dict[int, DeviceHere] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def load(self) -> int:
        """Load everything. Return how many rounds there are."""
        district = make_district(self.seed)
        rounds = two_weeks(district, self.ends_on, self.seed)
        self.clock = FixedClock(min(rounds[0].started_at, self.now) - timedelta(days=1))
        with transaction(write=True):
            self._make_organisation()
            self._write_places(district)
            self._make_plans(district)
            make_labels(self.supervisor, self.seed, clock=self.clock)
        done = [round_ for round_ in rounds if round_.ended_at <= self.now]
        for round_ in done:
            self._push_round(round_)
        set_tenant(None)
        fold_everything(self.tenant_id, self.now)
        mend_cases(self.supervisor, self.now, self.seed)
        return len(done)

    def id(self, external: str) -> UUID:
        """Return the id of something of the demonstration: the same for the same seed, day and installation."""
        return self.ids.setdefault(external, uuid.uuid5(self.tenant_id, external))

    def _make_organisation(self) -> None:
        organisation = accounts.create_organisation(
            SLUG, NAME, "housing_company", clock=self.clock, is_demonstration=True
        )
        organisation.on_call_name, organisation.on_call_phone = "Störningsjouren", "031-00 00 00"
        organisation.track_retention_hours = 31 * 24  # so that two weeks of generated routes can be looked at
        self.tenant_id = organisation.id
        for number, name in enumerate(HOST_NAMES, start=1):
            host = self._add_user(f"vard{number}@{SLUG}", name, (Role.HOST,))
            self._add_device(number, host)
        for login, name, roles in STAFF:
            user = self._add_user(f"{login}@{SLUG}", name, roles)
            if Role.SUPERVISOR in roles:
                self.supervisor = make_actor(user)

    def _add_user(self, login: str, name: str, roles: tuple[Role, ...]) -> User:
        user, _code = accounts.add_user(self.tenant_id, AddUser(login, name, roles, TRADES), clock=self.clock)
        accounts.set_first_password(user, PASSWORD)
        return user

    def _add_device(self, number: int, host: User) -> None:
        now = self.clock.now()
        phone = Phone(
            id=self.id(f"phone {number}"),
            token_hash=token_hash(new_token()),
            created_at=now,
            last_seen_at=now,
            expires_at=now + accounts.PHONE_LIFE,
        )
        device = Device(
            id=self.id(f"device {number}"),
            tenant_id=self.tenant_id,
            phone_id=phone.id,
            user_id=host.id,
            db_id=self.id(f"store {number}"),
            app_version="demo",
            created_at=now,
            signed_in_at=now,
            last_contact_at=now,
            unsent_count=0,
        )
        db.session.add(phone)
        db.session.flush()
        db.session.add(device)
        db.session.flush()
        self.devices[number] = DeviceHere(device, make_actor(host, device.id), is_signed_in=True, may_act=True)
        self.counts[number] = 0

    def _write_places(self, district: District) -> None:
        write_register(
            self.tenant_id,
            zones=[
                {
                    "id": self.id(zone.code),
                    "code": zone.code,
                    "name": zone.name,
                    "outline": [to_geojson(corner) for corner in zone.outline],
                }
                for zone in district.zones
            ],
            places=list(self._place_rows(district)),
            paths=[
                {
                    "id": self.id(piece.external_id),
                    "external_id": piece.external_id,
                    "line": [to_geojson(point) for point in piece.points],
                    "is_lit": piece.is_lit,
                }
                for piece in Network.of(district).pieces()
            ],
            at=self.clock.now(),
        )

    def _make_plans(self, district: District) -> None:
        """Let the supervisor plan for each zone, as from the first evening."""
        starts_on = self.clock.now().date()
        for zone in district.zones:
            for kinds, covers_paths, times_a_week in PLANS:
                wanted = MakePlan(
                    zone_id=self.id(zone.code),
                    covers_paths=covers_paths,
                    kinds=kinds,
                    place_ids=(),
                    times_a_week=times_a_week,
                    weekdays=WEEKDAYS,
                    from_min=HOURS[EVENING][0],
                    to_min=HOURS[NIGHT][1] if covers_paths else HOURS[EVENING][1],
                    starts_on=starts_on,
                )
                make_plan(self.supervisor, wanted, clock=self.clock)

    def _place_rows(self, district: District) -> Iterator[dict[str, Any]]:
        names = ("fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang", "plan")
        for place in _parents_first(district):
            yield {
                "id": self.id(place.external_id),
                "external_id": place.external_id,
                "parent_id": self.id(place.parent_id) if place.parent_id else None,
                "zone_id": self.id(place.zone_code),
                "owner_id": self.tenant_id,
                "kind": place.kind,
                "name": place.name,
                "lat": round(place.position.lat, 7),
                "lon": round(place.position.lon, 7),
                "outline": [to_geojson(corner) for corner in place.outline] if place.outline else None,
                **{name: getattr(place, name) or "" for name in names},
            }

    def _push_round(self, round_: DemoRound) -> None:
        """Let the round's phone sync when the round is over, as phones do; later changes follow when they were made."""
        self.clock.at = round_.ended_at + timedelta(minutes=2)
        number = round_.hosts[0]
        set_tenant(self.tenant_id)
        operations = list(self._round_operations(round_))
        self._push(number, operations)
        later = [
            operation for said in round_.observations for operation in self._later_operations(number, round_, said)
        ]
        later = [operation for operation in later if operation["at"] <= to_ms(self.now)]
        if later:
            self.clock.at = max(self.clock.at, max(said.at for said in round_.observations) + timedelta(minutes=30))
            self._push(number, later)

    def _round_operations(self, round_: DemoRound) -> Iterator[dict[str, Any]]:
        number, round_id = round_.hosts[0], str(self.id(round_.external_id))
        start = {"zone": str(self.id(round_.zone_code)), "party_size": len(round_.hosts)}
        yield self._operation(number, "round.start", self.id(round_.external_id), start, round_.started_at)
        fixes = [Fix(fix.at, fix.position, fix.accuracy_m) for fix in round_.walk.fixes]
        for part, begin in enumerate(range(0, len(fixes), SEGMENT_FIXES)):
            entity = self.id(f"{round_.external_id} segment {part}")
            columns = columns_of_fixes(fixes, UUID(round_id), part, begin)
            at = fixes[min(begin + SEGMENT_FIXES, len(fixes)) - 1].at
            yield self._operation(number, "track.segment", entity, {"round": round_id, **columns}, at)
        for place_in_row, gap in enumerate(round_.walk.gaps):
            data = {"round": round_id, "from": to_ms(gap.from_at), "to": to_ms(gap.to_at), "reason": gap.reason}
            yield self._operation(
                number, "gap.record", self.id(f"{round_.external_id} gap {place_in_row}"), data, gap.to_at
            )
        for check in round_.checks:
            data = {
                "round": round_id,
                "place": str(self.id(check.place_id)),
                "position": _position(check),
                "how": check.how,
            }
            yield self._operation(number, "visit.check", self.id(check.external_id), data, check.at)
        for said in round_.observations:
            yield self._record(number, round_id, said)
        end = {"reason": round_.end_reason}
        yield self._operation(number, "round.end", self.id(round_.external_id), end, round_.ended_at)

    def _record(self, number: int, round_id: str, said: DemoObservation) -> dict[str, Any]:
        photos, blobs = self._photo(said)
        data = {
            "round": round_id,
            "category": said.category_code,
            "place": str(self.id(said.place_id)) if said.place_id else None,
            "place_source": said.place_source,
            "floor": said.floor,
            "position": _position(said),
            "severity": said.severity,
            "note": said.note,
            "note_confirmed": False,
            "photos": photos,
        }
        return self._operation(number, "observation.record", self.id(said.external_id), data, said.at, blobs=blobs)

    def _photo(self, said: DemoObservation) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Draw a photo, and have it received as if it had been sent."""
        if not said.photo:
            return [], []
        seed = int.from_bytes(hashlib.sha256(said.external_id.encode()).digest()[:4])
        jpeg = draw_placeholder_photo(MOTIFS.get(said.category_code, "generic"), seed=seed)
        sha256 = hashlib.sha256(jpeg).hexdigest()
        self.blobs.append_part(self.tenant_id, sha256, offset=0, total_length=len(jpeg), part=jpeg, part_sha256=sha256)
        reference = {"id": str(self.id(f"{said.external_id} photo")), "slot": 1, "sha256": sha256}
        return [reference], [{"sha256": sha256, "size": len(jpeg), "mime": "image/jpeg"}]

    def _later_operations(self, number: int, round_: DemoRound, said: DemoObservation) -> Iterator[dict[str, Any]]:
        entity = self.id(said.external_id)
        if said.correction is not None:
            wanted = {
                "category": said.correction.category_code,
                "severity": said.correction.severity,
                "note": said.correction.note,
            }
            fields = {name: value for name, value in wanted.items() if value is not None}
            yield self._operation(number, "observation.correct", entity, {"set": fields}, said.correction.at, base=1)
        if said.withdrawal is not None:
            reason = {"reason": said.withdrawal.reason}
            yield self._operation(number, "observation.withdraw", entity, reason, said.withdrawal.at)

    def _operation(
        self,
        number: int,
        type_: str,
        entity: UUID,
        data: dict[str, Any],
        at: datetime,
        *,
        base: int | None = None,
        blobs: Sequence[dict[str, Any]] = (),
    ) -> dict[str, Any]:
        self.counts[number] += 1
        return {
            "id": str(self.id(f"operation {number} {self.counts[number]}")),
            "n": self.counts[number],
            "by": str(self.devices[number].actor.user_id),
            "type": type_,
            "entity": str(entity),
            "base": base,
            "at": to_ms(at),
            "mono": 0,
            "tz": 60,
            "v": 1,
            "data": data,
            "blobs": list(blobs),
        }

    def _push(self, number: int, operations: Sequence[dict[str, Any]]) -> None:
        for part in _chunks(operations, 200):
            body = {
                "proto": 1,
                "epoch": None,
                "app": "demo",
                "clock": {"wall": to_ms(self.clock.now()), "mono": 0},
                "unsent": {"count": 0, "oldest": None},
                "ops": list(part),
            }
            batch = _push_schema.load(json.loads(json.dumps(body)))
            acks = receive(self.devices[number], batch, self.registry, self.blobs, self.clock)
            held = [ack for ack in acks if ack["st"] != "ok"]
            if held:
                raise RuntimeError(f"the demonstration was not taken: {held[:3]}")


def _parents_first(district: District) -> Iterator[Any]:
    """Give places so that each comes after the one it is in."""
    waiting = list(district.places)
    given: set[str] = set()
    while waiting:
        ready = [place for place in waiting if place.parent_id is None or place.parent_id in given]
        if not ready:
            raise RuntimeError("places without their parents")
        yield from ready
        given.update(place.external_id for place in ready)
        waiting = [place for place in waiting if place.external_id not in given]


def _position(record: DemoCheck | DemoObservation) -> dict[str, Any] | None:
    if record.fix is None:
        return None
    return {
        "lat": round(record.fix.position.lat, 6),
        "lon": round(record.fix.position.lon, 6),
        "accuracy_m": round(record.fix.accuracy_m, 1),
        "at": to_ms(record.fix.at),
    }


def _chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
