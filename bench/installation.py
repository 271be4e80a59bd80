"""Fill an empty installation with what the workload needs: `python -m bench.installation HOSTS`, in the installation's environment.

An organisation with a supervisor and hosts, a zone, and the twelve places that the workload's records name; all made by the
product's own services.
"""

from __future__ import annotations

import sys

from bench.accounts import PASSWORD, SUPERVISOR, host_login
from fieldapp import create_app
from fieldapp.access import service
from fieldapp.access.commands import AddUser
from fieldapp.access.login import make_actor
from fieldapp.access.models import User
from fieldapp.access.roles import Role
from fieldapp.infra.db import transaction
from fieldapp.infra.http import clock
from fieldapp.places.commands import AddPlace, AddZone
from fieldapp.places.service import add_place, add_zone
from fieldapp.settings import Settings

AREAS = tuple(f"B-{number:02d}" for number in range(1, 13))


def fill(hosts: int) -> None:
    """Make the organisation and everything in it, in one transaction."""
    app = create_app(Settings.from_env())
    with app.app_context(), transaction(write=True):
        organisation = service.create_organisation("matning", "Mätning", "housing_company", clock=clock())
        supervisor = _user(organisation.id, SUPERVISOR, Role.SUPERVISOR)
        for number in range(hosts):
            _user(organisation.id, host_login(number), Role.HOST).password_hash = supervisor.password_hash
        actor = make_actor(supervisor)
        outline = [[13.3, 52.4], [13.5, 52.4], [13.5, 52.6], [13.3, 52.6], [13.3, 52.4]]
        zone = add_zone(actor, AddZone("B", "Bergsbo", outline), clock=clock())
        for area in AREAS:
            add_place(actor, _building(area, zone.id), clock=clock())


def _user(tenant_id: object, login: str, role: Role) -> User:
    command = AddUser(login, login.title(), (role,))
    user, _code = service.add_user(tenant_id, command, clock=clock())  # type: ignore[arg-type]
    if role is Role.SUPERVISOR:
        service.set_first_password(user, PASSWORD)
    return user


def _building(area: str, zone_id: object) -> AddPlace:
    empty = dict.fromkeys(
        ("fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang", "plan"), ""
    )
    where = {"parent": None, "zone_id": zone_id, "lat": 52.52, "lon": 13.405}
    return AddPlace(external_id=area, kind="Building", name=area, **where, **empty)  # type: ignore[arg-type]


if __name__ == "__main__":
    fill(int(sys.argv[1]))
