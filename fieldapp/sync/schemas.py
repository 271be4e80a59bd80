"""JSON of the sync protocol: envelopes in, answers out."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from fieldapp.infra.forms import FormSchema
from fieldapp.infra.schemas import (
    PLAIN_SHA256,
    CommandSchema,
    QuickSchema,
    Sha256,
    ShortList,
    StrictInteger,
    StrictUuid,
    Text,
    ValidationError,
    is_whole,
    known_uuid,
    plain_uuid,
)
from fieldapp.kernel.time import WIRE_MS_MAX
from fieldapp.sync import protocol
from fieldapp.sync.commands import DecideHeld

N_MAX = 2**31 - 1
TYPE_CHARS_MAX, TZ_MINUTES_MAX, V_MAX = 32, 900, 1000
MIME = validate.Regexp(r"\A[a-z]+/[a-z0-9.+-]{1,40}\Z")


class ClockSchema(CommandSchema):
    """The phone's clocks."""

    wall = StrictInteger(0, WIRE_MS_MAX, required=True)
    mono = StrictInteger(0, WIRE_MS_MAX, required=True)


class UnsentSchema(CommandSchema):
    """What the device still holds."""

    command_class = protocol.Unsent
    count = StrictInteger(0, N_MAX, required=True)
    oldest = StrictInteger(0, WIRE_MS_MAX, required=True, allow_none=True)


class BlobSchema(CommandSchema):
    """A photo that an operation names."""

    sha256 = Sha256(required=True)
    size = StrictInteger(1, protocol.PHOTO_BYTES_MAX, required=True)
    mime = fields.String(required=True, validate=MIME)


_OPERATION_KEYS = frozenset(["id", "n", "by", "type", "entity", "base", "at", "mono", "tz", "v", "data", "blobs"])
_BLOB_KEYS = frozenset(("sha256", "size", "mime"))
_PLAIN_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]{1,40}").fullmatch


class OperationSchema(QuickSchema):
    """The envelope of one operation."""

    id = StrictUuid(required=True)
    n = StrictInteger(1, N_MAX, required=True)
    by = StrictUuid(required=True)
    type = fields.String(required=True, validate=validate.Length(1, TYPE_CHARS_MAX))
    entity = StrictUuid(required=True)
    base = StrictInteger(1, N_MAX, required=True, allow_none=True)
    at = StrictInteger(0, WIRE_MS_MAX, required=True)
    mono = StrictInteger(0, WIRE_MS_MAX, required=True)
    tz = StrictInteger(-TZ_MINUTES_MAX, TZ_MINUTES_MAX, required=True)
    v = StrictInteger(1, V_MAX, required=True)
    data = fields.Dict(required=True)
    blobs = ShortList(fields.Nested(BlobSchema), max_length=3, required=True)

    def quick(self, data: Any) -> dict[str, Any] | None:
        """Read an ordinary envelope."""
        if type(data) is not dict or data.keys() != _OPERATION_KEYS:
            return None
        ids = {"id": plain_uuid(data["id"]), "entity": plain_uuid(data["entity"]), "by": known_uuid(data["by"])}
        type_, base = data["type"], data["base"]
        is_ordinary = (
            None not in ids.values()
            and is_whole(data["n"], 1, N_MAX)
            and type(type_) is str
            and 1 <= len(type_) <= TYPE_CHARS_MAX
            and (base is None or is_whole(base, 1, N_MAX))
            and is_whole(data["at"], 0, WIRE_MS_MAX)
            and is_whole(data["mono"], 0, WIRE_MS_MAX)
            and is_whole(data["tz"], -TZ_MINUTES_MAX, TZ_MINUTES_MAX)
            and is_whole(data["v"], 1, V_MAX)
            and type(data["data"]) is dict
            and _are_plain_blobs(data["blobs"])
        )
        return {**data, **ids} if is_ordinary else None


def _are_plain_blobs(given: Any) -> bool:
    return type(given) is list and len(given) <= 3 and all(map(_is_plain_blob, given))


def _is_plain_blob(given: Any) -> bool:
    if type(given) is not dict or given.keys() != _BLOB_KEYS:
        return False
    sha256, mime = given["sha256"], given["mime"]
    is_named = type(sha256) is str and PLAIN_SHA256(sha256) is not None
    is_typed = type(mime) is str and _PLAIN_MIME(mime) is not None
    return is_named and is_typed and is_whole(given["size"], 1, protocol.PHOTO_BYTES_MAX)


class _IdentitySchema(CommandSchema):
    """The least an operation must have to be kept at all."""

    id = StrictUuid(required=True)
    n = StrictInteger(1, N_MAX, required=True)
    entity = StrictUuid(required=True)
    by = StrictUuid(required=True)


_OPERATION = OperationSchema()
_IDENTITY = _IdentitySchema(unknown="exclude")


class PushSchema(CommandSchema):
    """A batch. Operations are checked one by one: a bad one is held alone, one without identity refuses the batch."""

    proto = StrictInteger(protocol.PROTO, protocol.PROTO, required=True)
    epoch = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    app = fields.String(required=True, validate=validate.Length(1, 40))
    clock = fields.Nested(ClockSchema, required=True)
    unsent = fields.Nested(UnsentSchema, required=True)
    ops = ShortList(fields.Dict(), max_length=protocol.PUSH_OPS_MAX, required=True)

    @post_load
    def to_command(self, loaded: dict[str, Any], **_: Any) -> protocol.Push:
        """Make the batch."""
        operations = tuple(read_operation(raw, place) for place, raw in enumerate(loaded["ops"]))
        return protocol.Push(loaded["epoch"], loaded["app"], loaded["unsent"], operations)


def refuse_constant(name: str) -> Any:
    """Refuse NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(name)


def read_operation(raw: dict[str, Any], place: int) -> protocol.PushedOperation:
    """Read an operation; one whose content is bad beyond its identity is kept as it is.

    Raises:
        ValidationError: it has no identity; told at `place`.
    """
    canonical = protocol.canonical_json(raw)
    sha256 = protocol.sha256_of(canonical)
    try:
        loaded = _OPERATION.load(raw)
    except ValidationError:
        return _read_identity(raw, place, sha256)
    blobs = {blob["sha256"]: (blob["size"], blob["mime"]) for blob in loaded["blobs"]}
    return protocol.PushedOperation(
        id=loaded["id"],
        n=loaded["n"],
        by=loaded["by"],
        type=loaded["type"],
        entity=loaded["entity"],
        base=loaded["base"],
        at=loaded["at"],
        v=loaded["v"],
        data=loaded["data"],
        blobs=blobs,
        verbatim=raw,
        sha256=sha256,
        is_whole=True,
        canonical=canonical,
    )


def _read_identity(raw: dict[str, Any], place: int, sha256: str) -> protocol.PushedOperation:
    try:
        known = _IDENTITY.load(raw)
    except ValidationError as error:
        raise ValidationError({place: error.messages}, "ops") from error
    return protocol.PushedOperation(
        **known,
        type=str(raw.get("type", ""))[:32].encode("ascii", "replace").decode(),
        base=None,
        at=0,
        v=0,
        data={},
        blobs={},
        verbatim=raw,
        sha256=sha256,
        is_whole=False,
    )


class UnsentHeadSchema(CommandSchema):
    """First line of a file of what a phone could not send."""

    rond = fields.String(required=True, validate=validate.Equal("unsent"))
    v = StrictInteger(1, 1, required=True)
    device = StrictUuid(required=True)
    app = fields.String(required=True, validate=validate.Length(1, 40))
    saved_at = StrictInteger(0, WIRE_MS_MAX, required=True)


class UnsentPartSchema(CommandSchema):
    """A line of such a file with a part of a photo, in base64."""

    photo = Sha256(required=True)
    off = StrictInteger(0, protocol.PHOTO_BYTES_MAX, required=True)
    part = fields.String(required=True, validate=validate.Length(1, protocol.PART_BYTES_MAX * 4 // 3 + 4))


class PullQuery(CommandSchema):
    """Where to read on."""

    cursor = fields.String(load_default=None, validate=validate.Length(1, 200))
    limit = fields.Integer(load_default=protocol.PULL_ROWS_MAX, validate=validate.Range(1, protocol.PULL_ROWS_MAX))


class HaveSchema(CommandSchema):
    """Which photos the phone asks about."""

    sha256 = ShortList(Sha256(), max_length=protocol.HAVE_MAX, required=True)


class _Ack(Schema):
    id = fields.String(required=True)
    st = fields.String(required=True, validate=validate.OneOf(("ok", "dup", "held", "mismatch")))
    seq = fields.Integer()
    rev = fields.Integer()
    why = fields.String()
    waits_for = fields.String()


class _Want(Schema):
    sha256 = Sha256(required=True)
    off = fields.Integer(required=True)


class _Head(Schema):
    proto = fields.Integer(required=True)
    epoch = fields.String(required=True)
    server_time = fields.Integer(required=True)
    safe_seq = fields.Integer(required=True, allow_none=True)
    retain_days = fields.Integer(required=True)


class PushReply(_Head):
    """What became of a batch."""

    acks = fields.List(fields.Nested(_Ack), required=True)
    want = fields.List(fields.Nested(_Want), required=True)


class _Row(Schema):
    seq = fields.Integer(required=True)
    kind = fields.String(required=True)
    id = fields.String(required=True)
    body = fields.Dict()
    gone = fields.Boolean()


class PullReply(_Head):
    """What changed."""

    rows = fields.List(fields.Nested(_Row), required=True)
    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)


class _Offset(Schema):
    off = fields.Integer(required=True)
    done = fields.Boolean(required=True)


class OffsetReply(_Offset):
    """How far a photo has come."""


class HaveReply(Schema):
    """How far the asked photos have come."""

    blobs = fields.Dict(keys=fields.String(), values=fields.Nested(_Offset), required=True)


class AuditReply(Schema):
    """What the server misses of a device."""

    max_n = fields.Integer(required=True)
    missing = fields.List(fields.Integer(), required=True)
    photos_missing = fields.List(fields.String(), required=True)


class PartHeaders(CommandSchema):
    """Headers of a part of a photo (IETF resumable upload's names, RFC 9530 digest)."""

    upload_offset = fields.Integer(
        required=True, data_key="Upload-Offset", validate=validate.Range(0, protocol.PHOTO_BYTES_MAX)
    )
    upload_length = fields.Integer(
        required=True, data_key="Upload-Length", validate=validate.Range(1, protocol.PHOTO_BYTES_MAX)
    )
    upload_complete = fields.String(required=True, data_key="Upload-Complete", validate=validate.OneOf(("?0", "?1")))
    content_digest = fields.String(
        required=True, data_key="Content-Digest", validate=validate.Regexp(r"\Asha-256=:[A-Za-z0-9+/]{43}=:\Z")
    )

    class Meta:
        """A request has other headers too."""

        unknown = "exclude"

    @pre_load
    def only_ours(self, headers: Any, **_: Any) -> dict[str, Any]:
        """Take the headers by name, whatever their case."""
        names = ("Upload-Offset", "Upload-Length", "Upload-Complete", "Content-Digest")
        given = {name.lower(): value for name, value in headers.items()}
        return {name: given[name.lower()] for name in names if name.lower() in given}


class DecideHeldForm(FormSchema):
    """What becomes of a held operation, and why; the host reads it."""

    command_class = DecideHeld
    decision = fields.String(
        required=True,
        validate=validate.OneOf(("release", "return")),
        metadata={"sentence": lazy_gettext("Välj om posten ska föras in eller återsändas.")},
    )
    reason = Text(
        min_length=5,
        max_length=200,
        required=True,
        metadata={"sentence": lazy_gettext("Skriv ett skäl på 5 till 200 tecken. Värden ser det.")},
    )


class HeldQuery(FormSchema):
    """After which operation a list of held ones goes on."""

    after = fields.UUID(load_default=None)

    class Meta:
        """What else an address carries is nobody's business."""

        unknown = EXCLUDE
        ordered = True
