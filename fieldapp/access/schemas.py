"""JSON and forms to commands of accounts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from fieldapp.access.commands import (
    AddUser,
    ChangeOrganisation,
    ChangePassword,
    ChangeUser,
    ChoosePassword,
    FirstSignInOnPhone,
    RevokeDevice,
    SetLanguage,
    SignInAtDesk,
    SignInOnPhone,
    VanishedStore,
)
from fieldapp.access.roles import Role
from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import CommandSchema, ShortList, StrictUuid, Text

VANISHED_MAX = 20
SECRET = validate.Length(1, 128)
LANGUAGE = validate.OneOf(("sv", "en"))


class VanishedSchema(CommandSchema):
    """A store that has vanished from the phone."""

    command_class = VanishedStore
    device = StrictUuid(required=True)
    db_id = StrictUuid(required=True)


class SignInSchema(CommandSchema):
    """A sign-in on a phone."""

    command_class = SignInOnPhone
    login = Text(max_length=120, min_length=1, required=True)
    password = fields.String(required=True, validate=SECRET)
    device = StrictUuid(required=True)
    db_id = StrictUuid(required=True)
    app = Text(max_length=40, min_length=1, required=True)
    vanished = ShortList(fields.Nested(VanishedSchema), max_length=VANISHED_MAX)


class FirstSignInSchema(CommandSchema):
    """A first sign-in on a phone, by a one-time code."""

    command_class = FirstSignInOnPhone
    login = Text(max_length=120, min_length=1, required=True)
    code = fields.String(required=True, validate=SECRET)
    new_password = fields.String(required=True, validate=SECRET)
    device = StrictUuid(required=True)
    db_id = StrictUuid(required=True)
    app = Text(max_length=40, min_length=1, required=True)
    vanished = ShortList(fields.Nested(VanishedSchema), max_length=VANISHED_MAX)


class ChangePasswordSchema(CommandSchema):
    """A change of one's own password."""

    command_class = ChangePassword
    password = fields.String(required=True, validate=SECRET)
    new_password = fields.String(required=True, validate=SECRET)


class NothingSchema(CommandSchema):
    """An empty object."""


class LanguageSchema(CommandSchema):
    """A choice of language."""

    command_class = SetLanguage
    language = fields.String(required=True, validate=LANGUAGE)


class SignInForm(CommandSchema):
    """A sign-in at a desk."""

    command_class = SignInAtDesk
    login = Text(max_length=120, min_length=1, required=True)
    password = fields.String(required=True, validate=SECRET)


class ChoosePasswordForm(CommandSchema):
    """A password chosen by a one-time code, at a desk."""

    command_class = ChoosePassword
    login = Text(max_length=120, min_length=1, required=True)
    code = fields.String(required=True, validate=SECRET)
    new_password = fields.String(required=True, validate=SECRET)


class _UserForm(FormSchema):
    name = Text(
        max_length=120,
        min_length=1,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv ett namn på högst 120 tecken.")},
    )
    roles = fields.List(
        fields.Enum(Role, by_value=True),
        required=True,
        validate=validate.Length(min=1),
        metadata={"sentence": lazy_gettext("Välj minst en roll.")},
    )

    trades = fields.List(
        fields.String(validate=validate.Regexp(r"\A[A-Z]{2,8}\Z")), load_default=list, validate=validate.Length(max=40)
    )

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> Any:
        """Make the command, lists as tuples."""
        tuples = {name: tuple(loaded[name]) for name in ("roles", "trades")}
        return super().to_command({**loaded, **tuples})


class AddUserForm(_UserForm):
    """A new user."""

    command_class = AddUser
    login = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[\w.@+-]{3,120}\Z"),
        metadata={
            "sentence": lazy_gettext(
                "Användarnamnet ska vara 3–120 bokstäver, siffror eller . @ + - _ utan mellanslag."
            )
        },
    )


class ChangeUserForm(_UserForm):
    """A change of a user."""

    command_class = ChangeUser
    is_active = fields.Boolean(load_default=False)


class RevokeDeviceForm(FormSchema):
    """A device is lost or stolen."""

    command_class = RevokeDevice
    kind = fields.String(
        required=True,
        validate=validate.OneOf(("lost", "stolen")),
        metadata={"sentence": lazy_gettext("Välj om telefonen är borttappad eller stulen.")},
    )


class OrganisationForm(FormSchema):
    """The organisation's settings."""

    command_class = ChangeOrganisation
    name = Text(
        max_length=120,
        min_length=1,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv ett namn på högst 120 tecken.")},
    )
    on_call_name = Text(max_length=80, load_default="", metadata={"sentence": lazy_gettext("Skriv högst 80 tecken.")})
    on_call_phone = fields.String(
        load_default="",
        validate=validate.Regexp(r"\A(\+?[0-9][0-9 -]{3,28})?\Z"),
        metadata={"sentence": lazy_gettext("Skriv ett telefonnummer med siffror, mellanslag och bindestreck.")},
    )
    track_retention_hours = fields.Integer(
        required=True,
        validate=validate.Range(0, 744),
        metadata={"sentence": lazy_gettext("Ange ett helt antal timmar från 0 till 744.")},
    )


class AuditQuery(FormSchema):
    """Where in the audit to go on, and whether to check its chain."""

    before = fields.Integer(load_default=None, validate=validate.Range(1, 2**62))
    check = fields.Boolean(load_default=False)

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True


class _UserReply(Schema):
    id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True, validate=LANGUAGE)
    roles = fields.List(fields.String(), required=True)


class _OrganisationReply(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    on_call_name = fields.String(required=True)
    on_call_phone = fields.String(required=True)


class ProfileReply(Schema):
    """Who is signed in on a device."""

    user = fields.Nested(_UserReply, required=True)
    organisation = fields.Nested(_OrganisationReply, required=True)
    device = fields.UUID(required=True)
    epoch = fields.String(required=True)
    server_time = fields.Integer(required=True)
