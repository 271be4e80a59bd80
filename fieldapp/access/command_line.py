"""The operator's commands about organisations: what no page is for, because nobody may sign in yet."""

from __future__ import annotations

import click
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from fieldapp.access import service
from fieldapp.access.commands import AddUser
from fieldapp.access.models import ORGANISATION_KINDS, Organisation
from fieldapp.access.roles import Role
from fieldapp.access.schemas import AddUserForm
from fieldapp.infra.db import db, set_tenant, transaction
from fieldapp.infra.http import clock
from fieldapp.infra.schemas import ValidationError
from fieldapp.kernel.errors import RondError


def organisation_by_slug(slug: str) -> Organisation:
    """Return an organisation that has users of its own.

    Raises:
        click.ClickException: there is none.
    """
    found = db.session.scalar(select(Organisation).where(Organisation.slug == slug, Organisation.is_tenant))
    if found is None:
        raise click.ClickException(_("Organisationen %(slug)s finns inte.", slug=slug))
    return found


@click.group()
def organisation() -> None:
    """Create organisations."""


@organisation.command()
@click.argument("slug")
@click.argument("name")
@click.option("--kind", type=click.Choice(ORGANISATION_KINDS), default="housing_company", show_default=True)
@click.option("--admin-login", required=True, help="What the first administrator signs in with.")
@click.option("--admin-name", default="Administratör", show_default=True, help="What the administrator is called.")
def create(slug: str, name: str, kind: str, admin_login: str, admin_name: str) -> None:
    """Create the organisation NAME, known by the short name SLUG, and its first administrator.

    Prints a one-time code: with it the administrator chooses a password, once, within seven days.
    """
    with force_locale("sv"):
        command = _first_administrator(admin_login, admin_name)
        try:
            with transaction(write=True):
                made = service.create_organisation(slug, name.strip()[:120], kind, clock=clock())
                _user, code = service.add_user(made.id, command, clock=clock())
        except RondError as error:
            raise click.ClickException(_sentence(error)) from error
        finally:
            set_tenant(None)
        click.echo(_("%(name)s finns nu.", name=name))
        click.echo(_("Administratör: %(login)s", login=command.login))
        click.echo(_("Engångskod:    %(code)s   (gäller en gång, i sju dagar)", code=code))


def _first_administrator(login: str, name: str) -> AddUser:
    given: dict[str, object] = {"login": login, "name": name, "roles": [Role.ADMINISTRATOR.value]}
    try:
        command: AddUser = AddUserForm().load(given)
    except ValidationError as error:
        given.pop("roles")
        wrong = ", ".join(f"--admin-{name}" for name in given if name in error.messages)
        raise click.ClickException(_("Går inte att använda: %(wrong)s", wrong=wrong)) from error
    return command


def _sentence(error: RondError) -> str:
    words: str = _("Kortnamnet är upptaget eller har andra tecken än a–z, 0–9 och bindestreck.")
    if error.code == "login_taken":
        words = _("Det finns redan en användare med det användarnamnet.")
    return words
