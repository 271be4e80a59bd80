"""What others do at the server meanwhile: the office, the worker, whoever takes backups."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from fieldapp.access import service
from fieldapp.access.commands import ChangeUser
from fieldapp.access.login import make_actor
from fieldapp.access.models import Device, User
from fieldapp.access.roles import Actor, Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.infra.picture_cleaner import CleanPicture
from fieldapp.infra.pictures import PictureRefused
from fieldapp.kernel.time import Clock
from fieldapp.observations import service as observations
from fieldapp.observations.commands import CommentObservation, RecategoriseObservation
from fieldapp.observations.models import Observation, ObservationPhoto

REFUSED_BELOW = 32
"""A photo whose first byte is smaller than this is no picture."""


class Cleaner:
    """Takes the place of the picture cleaner: the picture is the hash of what came."""

    def clean(self, path: Path) -> CleanPicture:
        """Return a picture for the bytes at `path`.

        Raises:
            PictureRefused: it is no picture.
        """
        content = path.read_bytes()
        # What is not itself is refused as well: the oracle knows which photos are none.
        if content[0] < REFUSED_BELOW or hashlib.sha256(content).hexdigest() != path.name:
            raise PictureRefused("not_a_picture")
        jpeg, thumb = b"clean " + path.name.encode(), b"thumb " + path.name.encode()
        return CleanPicture(jpeg, thumb, 4, 3, hashlib.sha256(jpeg).hexdigest(), hashlib.sha256(thumb).hexdigest())


class Office:
    """The supervisor and the administrator, as far as they matter to the phones."""

    def __init__(self, tenant_id: UUID, clock: Clock) -> None:
        self._tenant_id, self._clock = tenant_id, clock

    def act(self, what: str, about: str) -> str:
        """Do one thing about an entity, a user's login or a device, if it is there. Return what came of it."""
        acts: dict[str, Callable[[str], str]] = {
            "comment": self._comment,
            "recategorise": self._recategorise,
            "forbid": lambda login: self._change_user(login, (Role.MAINTENANCE,), is_active=True),
            "shut_out": lambda login: self._change_user(login, (Role.HOST,), is_active=False),
            "restore_user": lambda login: self._change_user(login, (Role.HOST,), is_active=True),
            "lost": lambda device: self._revoke(device, "lost"),
            "stolen": lambda device: self._revoke(device, "stolen"),
            "sign_out": lambda device: self._sign(device, is_in=False),
            "sign_in": lambda device: self._sign(device, is_in=True),
        }
        with as_tenant(self._tenant_id, write=True):
            return acts[what](about)

    def _supervisor(self) -> Actor:
        return make_actor(db.session.scalars(select(User).where(User.login == "sara")).one())

    def _comment(self, entity: str) -> str:
        observation = db.session.get(Observation, UUID(entity))
        if observation is None:
            return "unknown"
        observations.comment(
            self._supervisor(), observation, CommentObservation("Tack, det är sett."), clock=self._clock
        )
        return "done"

    def _recategorise(self, entity: str) -> str:
        observation = db.session.get(Observation, UUID(entity))
        if observation is None or observation.category_code == "PO06":
            return "unknown"
        has_photo = db.session.scalars(
            select(ObservationPhoto.id).where(ObservationPhoto.observation_id == observation.id)
        ).first()
        code = "SK02" if observation.category_code != "SK02" or has_photo else "OR01"
        observations.recategorise(self._supervisor(), observation, RecategoriseObservation(code), clock=self._clock)
        return "done"

    def _change_user(self, login: str, roles: tuple[Role, ...], *, is_active: bool) -> str:
        user = db.session.scalars(select(User).where(User.login == login)).one()
        actor = Actor(UUID(int=1), self._tenant_id, frozenset({Role.ADMINISTRATOR}), "Admin", "sv", None)
        service.change_user(actor, user, ChangeUser(user.name, roles, is_active), clock=self._clock)
        return "done"

    def _revoke(self, device: str, kind: str) -> str:
        service.revoke_device(self._supervisor(), db.session.get_one(Device, UUID(device)), kind, clock=self._clock)
        return "done"

    def _sign(self, device: str, *, is_in: bool) -> str:
        """Sign the user of a device in or out, as the phone's own calls do; those cost a password's hash."""
        signed = db.session.get_one(Device, UUID(device))
        signed.signed_out_at = None if is_in else self._clock.now()
        return "done"
