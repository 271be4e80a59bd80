"""Create the first tables.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("is_tenant", sa.Boolean(), nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        sa.Column("on_call_name", sa.String(length=80), nullable=False),
        sa.Column("on_call_phone", sa.String(length=32), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("track_retention_hours", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('housing_company', 'municipality', 'police', 'social_services', 'school', 'association', 'property_owner', 'other')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.CheckConstraint(
            "track_retention_hours BETWEEN 0 AND 744", name=op.f("ck_organisations_track_retention_hours")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "phones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phones")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_phones_token_hash")),
    )
    op.create_table(
        "audit_events",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_audit_events_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_audit_events")),
    )
    op.create_table(
        "case_counters",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_case_counters_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_case_counters")),
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("group_code", sa.String(length=4), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("name_sv", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("trade", sa.String(length=8), nullable=False),
        sa.Column("share", sa.String(length=1), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('D', 'O', 'P')", name=op.f("ck_categories_kind")),
        sa.CheckConstraint("share IN ('A', 'B', 'C')", name=op.f("ck_categories_share")),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_categories_severity")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_categories_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
    )
    op.create_index("uq_categories_tenant_id_code", "categories", ["tenant_id", "code"], unique=True)
    op.create_table(
        "feed_heads",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_feed_heads_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_feed_heads")),
    )
    op.create_table(
        "feed_rows",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_feed_rows_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "entity_id", "audience", name=op.f("pk_feed_rows")),
    )
    op.create_index("ix_feed_rows_tenant_id_audience_seq", "feed_rows", ["tenant_id", "audience", "seq"], unique=False)
    op.create_index("uq_feed_rows_tenant_id_seq", "feed_rows", ["tenant_id", "seq"], unique=True)
    op.create_table(
        "paths",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("line", Json, nullable=False),
        sa.Column("is_lit", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_paths_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paths")),
    )
    op.create_index("uq_paths_tenant_id_external_id", "paths", ["tenant_id", "external_id"], unique=True)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("code_hash", sa.String(length=200), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("language IN ('sv', 'en')", name=op.f("ck_users_language")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_users_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_index("ix_users_tenant_id_name", "users", ["tenant_id", "name"], unique=False)
    op.create_table(
        "zones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("outline", Json, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_zones_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
    )
    op.create_index("uq_zones_tenant_id_code", "zones", ["tenant_id", "code"], unique=True)
    op.create_table(
        "desk_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_desk_sessions_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_desk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_desk_sessions_token_hash")),
    )
    op.create_index("ix_desk_sessions_tenant_id_user_id", "desk_sessions", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("db_id", sa.Uuid(), nullable=False),
        sa.Column("app_version", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unsent_count", sa.Integer(), nullable=False),
        sa.Column("oldest_unsent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_kind", sa.String(length=8), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("revoke_kind IN ('lost', 'stolen')", name=op.f("ck_devices_revoke_kind")),
        sa.CheckConstraint("unsent_count >= 0", name=op.f("ck_devices_unsent_count")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_devices_phone_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_devices_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
    )
    op.create_index("ix_devices_phone_id", "devices", ["phone_id"], unique=False)
    op.create_index("ix_devices_tenant_id_user_id", "devices", ["tenant_id", "user_id"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("outline", Json, nullable=True),
        sa.Column("fastighet_beteckning", sa.String(length=80), nullable=False),
        sa.Column("fastighet_nr", sa.String(length=40), nullable=False),
        sa.Column("byggnad_nr", sa.String(length=40), nullable=False),
        sa.Column("adress", sa.String(length=120), nullable=False),
        sa.Column("postnr", sa.String(length=10), nullable=False),
        sa.Column("postort", sa.String(length=60), nullable=False),
        sa.Column("uppgang", sa.String(length=20), nullable=False),
        sa.Column("plan", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('Building', 'Entrance', 'Stairwell', 'Level', 'BasementLevel', 'Attic', 'LaundryRoom', 'BicycleGarage', 'Garage', 'Storage', 'WasteManagementRoom', 'ElevatorShaft', 'OutdoorSpace', 'Playground', 'Path', 'ParkingSpace', 'PointOfInterest')",
            name=op.f("ck_places_kind"),
        ),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_places_position_whole")),
        sa.CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_places_position")),
        sa.ForeignKeyConstraint(["owner_id"], ["organisations.id"], name=op.f("fk_places_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name=op.f("fk_places_parent_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_places_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_places_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index("ix_places_tenant_id_zone_id", "places", ["tenant_id", "zone_id"], unique=False)
    op.create_index("uq_places_tenant_id_external_id", "places", ["tenant_id", "external_id"], unique=True)
    op.create_table(
        "ledger",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=True),
        sa.Column("waits_for", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=True),
        sa.Column("body", Json, nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('applied', 'held', 'returned')", name=op.f("ck_ledger_outcome")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_ledger_device_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_ledger_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_tenant_id_device_id_n", "ledger", ["tenant_id", "device_id", "n"], unique=False)
    op.create_index("ix_ledger_tenant_id_entity_id", "ledger", ["tenant_id", "entity_id"], unique=False)
    op.create_index(
        "ix_ledger_tenant_id_outcome_waits_for", "ledger", ["tenant_id", "outcome", "waits_for"], unique=False
    )
    op.create_table(
        "named_blobs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_named_blobs_device_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_named_blobs_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "device_id", "sha256", name=op.f("pk_named_blobs")),
    )
    op.create_index("ix_named_blobs_tenant_id_sha256", "named_blobs", ["tenant_id", "sha256"], unique=False)
    op.create_table(
        "place_clocks",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_clocks_place_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_place_clocks_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "place_id", name=op.f("pk_place_clocks")),
    )
    op.create_index(
        "ix_place_clocks_tenant_id_last_seen_at", "place_clocks", ["tenant_id", "last_seen_at"], unique=False
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_rounds_ended")),
        sa.CheckConstraint(
            "end_reason IN ('done', 'weather', 'called_away', 'unsafe', 'equipment', 'forgotten', 'other')",
            name=op.f("ck_rounds_end_reason"),
        ),
        sa.CheckConstraint("source IN ('phone', 'gpx')", name=op.f("ck_rounds_source")),
        sa.CheckConstraint("state IN ('open', 'paused', 'ended')", name=op.f("ck_rounds_state")),
        sa.CheckConstraint("party_size BETWEEN 1 AND 20", name=op.f("ck_rounds_party_size")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_rounds_author_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_rounds_device_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_rounds_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_rounds_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_index("ix_rounds_tenant_id_author_id", "rounds", ["tenant_id", "author_id"], unique=False)
    op.create_index("ix_rounds_tenant_id_started_at", "rounds", ["tenant_id", "started_at"], unique=False)
    op.create_table(
        "gaps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('hidden', 'locked_or_killed', 'no_fix', 'permission', 'user_pause', 'low_accuracy')",
            name=op.f("ck_gaps_reason"),
        ),
        sa.CheckConstraint("to_at >= from_at", name=op.f("ck_gaps_order")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_gaps_round_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_gaps_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index("ix_gaps_tenant_id_round_id", "gaps", ["tenant_id", "round_id"], unique=False)
    op.create_table(
        "observations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=True),
        sa.Column("place_source", sa.String(length=10), nullable=False),
        sa.Column("floor", sa.String(length=20), nullable=False),
        sa.Column("category_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_masked", sa.Text(), nullable=False),
        sa.Column("note_state", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("withdraw_reason", sa.String(length=12), nullable=True),
        sa.Column("how", sa.String(length=4), nullable=True),
        sa.Column("is_conflict", sa.Boolean(), nullable=False),
        sa.Column("is_recategorised", sa.Boolean(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('D', 'O', 'P')", name=op.f("ck_observations_kind")),
        sa.CheckConstraint(
            "note_state IN ('clean', 'confirmed', 'unconfirmed', 'sensitive')", name=op.f("ck_observations_note_state")
        ),
        sa.CheckConstraint(
            "place_source IN ('suggested', 'chosen', 'none')", name=op.f("ck_observations_place_source")
        ),
        sa.CheckConstraint("state IN ('recorded', 'withdrawn')", name=op.f("ck_observations_state")),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_observations_position_whole")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_observations_position")
        ),
        sa.CheckConstraint("length(note) <= 500", name=op.f("ck_observations_note")),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_observations_severity")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_observations_author_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_observations_device_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_observations_place_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_observations_round_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_observations_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_observations_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index("ix_observations_tenant_id_author_id", "observations", ["tenant_id", "author_id"], unique=False)
    op.create_index("ix_observations_tenant_id_occurred_at", "observations", ["tenant_id", "occurred_at"], unique=False)
    op.create_index(
        "ix_observations_tenant_id_place_id_occurred_at",
        "observations",
        ["tenant_id", "place_id", "occurred_at"],
        unique=False,
    )
    op.create_index("ix_observations_tenant_id_round_id", "observations", ["tenant_id", "round_id"], unique=False)
    op.create_table(
        "round_viewings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_viewings_round_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_round_viewings_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_round_viewings_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_viewings")),
    )
    op.create_index("ix_round_viewings_tenant_id_round_id", "round_viewings", ["tenant_id", "round_id"], unique=False)
    op.create_table(
        "track_segments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("fix_count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("columns", Json, nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("fix_count BETWEEN 1 AND 400", name=op.f("ck_track_segments_fix_count")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_track_segments_device_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_track_segments_round_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_track_segments_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_segments")),
    )
    op.create_index("ix_track_segments_received_at", "track_segments", ["received_at"], unique=False)
    op.create_index("ix_track_segments_tenant_id_round_id", "track_segments", ["tenant_id", "round_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('ny', 'granskad', 'skickad', 'bekraftad', 'pagar', 'atgardad', 'kontrollerad', 'stangd', 'avvisad', 'dubblett', 'ateroppnad')",
            name=op.f("ck_cases_status"),
        ),
        sa.ForeignKeyConstraint(["observation_id"], ["observations.id"], name=op.f("fk_cases_observation_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_cases_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cases_public_id")),
    )
    op.create_index("ix_cases_tenant_id_status", "cases", ["tenant_id", "status"], unique=False)
    op.create_index("uq_cases_tenant_id_case_no", "cases", ["tenant_id", "case_no"], unique=True)
    op.create_index("uq_cases_tenant_id_observation_id", "cases", ["tenant_id", "observation_id"], unique=True)
    op.create_table(
        "observation_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_observation_comments_observation_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_observation_comments_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_observation_comments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_comments")),
    )
    op.create_index(
        "ix_observation_comments_tenant_id_observation_id",
        "observation_comments",
        ["tenant_id", "observation_id"],
        unique=False,
    )
    op.create_table(
        "observation_edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by_role", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('correct', 'withdraw', 'recategorise', 'record_again')", name=op.f("ck_observation_edits_kind")
        ),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_observation_edits_observation_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_observation_edits_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_observation_edits_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_edits")),
    )
    op.create_index(
        "ix_observation_edits_tenant_id_observation_id",
        "observation_edits",
        ["tenant_id", "observation_id"],
        unique=False,
    )
    op.create_table(
        "observation_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("refused_why", sa.String(length=24), nullable=False),
        sa.Column("clean_sha256", sa.String(length=64), nullable=True),
        sa.Column("thumb_sha256", sa.String(length=64), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('named', 'received', 'clean', 'refused')", name=op.f("ck_observation_photos_state")
        ),
        sa.CheckConstraint("slot BETWEEN 1 AND 3", name=op.f("ck_observation_photos_slot")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_observation_photos_author_id")),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observations.id"], name=op.f("fk_observation_photos_observation_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_observation_photos_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_photos")),
    )
    op.create_index("ix_observation_photos_state", "observation_photos", ["state"], unique=False)
    op.create_index(
        "ix_observation_photos_tenant_id_sha256", "observation_photos", ["tenant_id", "sha256"], unique=False
    )
    op.create_index(
        "uq_observation_photos_tenant_id_observation_id_slot",
        "observation_photos",
        ["tenant_id", "observation_id", "slot"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_observation_photos_tenant_id_observation_id_slot", table_name="observation_photos")
    op.drop_index("ix_observation_photos_tenant_id_sha256", table_name="observation_photos")
    op.drop_index("ix_observation_photos_state", table_name="observation_photos")
    op.drop_table("observation_photos")
    op.drop_index("ix_observation_edits_tenant_id_observation_id", table_name="observation_edits")
    op.drop_table("observation_edits")
    op.drop_index("ix_observation_comments_tenant_id_observation_id", table_name="observation_comments")
    op.drop_table("observation_comments")
    op.drop_index("uq_cases_tenant_id_observation_id", table_name="cases")
    op.drop_index("uq_cases_tenant_id_case_no", table_name="cases")
    op.drop_index("ix_cases_tenant_id_status", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_track_segments_tenant_id_round_id", table_name="track_segments")
    op.drop_index("ix_track_segments_received_at", table_name="track_segments")
    op.drop_table("track_segments")
    op.drop_index("ix_round_viewings_tenant_id_round_id", table_name="round_viewings")
    op.drop_table("round_viewings")
    op.drop_index("ix_observations_tenant_id_round_id", table_name="observations")
    op.drop_index("ix_observations_tenant_id_place_id_occurred_at", table_name="observations")
    op.drop_index("ix_observations_tenant_id_occurred_at", table_name="observations")
    op.drop_index("ix_observations_tenant_id_author_id", table_name="observations")
    op.drop_table("observations")
    op.drop_index("ix_gaps_tenant_id_round_id", table_name="gaps")
    op.drop_table("gaps")
    op.drop_index("ix_rounds_tenant_id_started_at", table_name="rounds")
    op.drop_index("ix_rounds_tenant_id_author_id", table_name="rounds")
    op.drop_table("rounds")
    op.drop_index("ix_place_clocks_tenant_id_last_seen_at", table_name="place_clocks")
    op.drop_table("place_clocks")
    op.drop_index("ix_named_blobs_tenant_id_sha256", table_name="named_blobs")
    op.drop_table("named_blobs")
    op.drop_index("ix_ledger_tenant_id_outcome_waits_for", table_name="ledger")
    op.drop_index("ix_ledger_tenant_id_entity_id", table_name="ledger")
    op.drop_index("ix_ledger_tenant_id_device_id_n", table_name="ledger")
    op.drop_table("ledger")
    op.drop_index("uq_places_tenant_id_external_id", table_name="places")
    op.drop_index("ix_places_tenant_id_zone_id", table_name="places")
    op.drop_table("places")
    op.drop_index("ix_devices_tenant_id_user_id", table_name="devices")
    op.drop_index("ix_devices_phone_id", table_name="devices")
    op.drop_table("devices")
    op.drop_index("ix_desk_sessions_tenant_id_user_id", table_name="desk_sessions")
    op.drop_table("desk_sessions")
    op.drop_index("uq_zones_tenant_id_code", table_name="zones")
    op.drop_table("zones")
    op.drop_index("ix_users_tenant_id_name", table_name="users")
    op.drop_table("users")
    op.drop_index("uq_paths_tenant_id_external_id", table_name="paths")
    op.drop_table("paths")
    op.drop_index("uq_feed_rows_tenant_id_seq", table_name="feed_rows")
    op.drop_index("ix_feed_rows_tenant_id_audience_seq", table_name="feed_rows")
    op.drop_table("feed_rows")
    op.drop_table("feed_heads")
    op.drop_index("uq_categories_tenant_id_code", table_name="categories")
    op.drop_table("categories")
    op.drop_table("case_counters")
    op.drop_table("audit_events")
    op.drop_table("phones")
    op.drop_table("organisations")
