"""Forms of receivers, and the address of the list of deliveries."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from fieldapp.export.adapters.registry import NAMES
from fieldapp.export.commands import SetReceiver
from fieldapp.export.models import STATES
from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import Text

ADDRESS_MAX = 500
SERVICES_MAX = 300


class ReceiverForm(FormSchema):
    """A receiver as its page describes it. `services`: lines of `category=service`; `*` stands for every other category."""

    name = Text(required=True, min_length=1, max_length=80, metadata={"sentence": lazy_gettext("Skriv ett namn.")})
    adapter = fields.String(required=True, validate=validate.OneOf(NAMES))
    url = fields.String(
        required=True,
        validate=[validate.Length(max=ADDRESS_MAX), validate.Regexp(r"https?://[^\s/@]+(/\S*)?\Z")],
        metadata={"sentence": lazy_gettext("Skriv en adress som börjar med https://.")},
    )
    secret = fields.String(
        load_default="",
        validate=validate.Regexp(r"[!-~]{8,200}\Z"),
        metadata={"sentence": lazy_gettext("8 till 200 tecken utan mellanslag.")},
    )
    services = fields.String(load_default="", metadata={"sentence": lazy_gettext("En rad för varje: SK02=kod.")})
    categories = fields.List(Text(max_length=16), load_default=list, validate=validate.Length(max=200))
    is_paused = fields.Boolean(load_default=False)

    @validates_schema
    def check_services(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse lines that name no service."""
        lines = loaded["services"].split()
        if len(lines) > SERVICES_MAX or any(not all(line.partition("=")) for line in lines):
            raise ValidationError("not category=service", "services")

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> SetReceiver:
        """Make the command: the settings are those that the kind of receiver reads."""
        settings: dict[str, Any] = {"url": loaded["url"]}
        if loaded["adapter"] == "open311":
            services = dict(line.split("=", 1) for line in loaded["services"].split())
            settings = {"base_url": loaded["url"].rstrip("/"), "other_service": services.pop("*", "")}
            settings["services"] = services
        return SetReceiver(
            loaded["name"],
            loaded["adapter"],
            settings,
            tuple(loaded["categories"]),
            loaded["is_paused"],
            loaded["secret"],
        )


class DeliveriesQuery(FormSchema):
    """What the list of deliveries shows."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    before = fields.UUID(load_default=None)
