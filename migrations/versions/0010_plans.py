"""Keep plans, where rounds begin, and the rounds that are suggested.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("covers_paths", sa.Boolean(), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("place_ids", Json, nullable=False),
        sa.Column("times_a_week", sa.Integer(), nullable=True),
        sa.Column("weekdays", Json, nullable=False),
        sa.Column("from_min", sa.Integer(), nullable=False),
        sa.Column("to_min", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("times_a_week BETWEEN 1 AND 7", name=op.f("ck_plans_times_a_week")),
        sa.CheckConstraint("0 <= from_min AND from_min < to_min AND to_min <= 1440", name=op.f("ck_plans_hours")),
        sa.CheckConstraint("until_on >= starts_on", name=op.f("ck_plans_days")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_plans_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_plans_zone_id")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["plans.id"], name=op.f("fk_plans_predecessor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_tenant_id_zone_id", "plans", ["tenant_id", "zone_id"])
    op.create_table(
        "meeting_points",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_meeting_points_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_meeting_points_zone_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_meeting_points_place_id")),
        sa.PrimaryKeyConstraint("tenant_id", "zone_id", name=op.f("pk_meeting_points")),
    )
    op.create_table(
        "suggested_rounds",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("made_from", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_suggested_rounds_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_suggested_rounds_zone_id")),
        sa.PrimaryKeyConstraint("tenant_id", "zone_id", "day", "minutes", name=op.f("pk_suggested_rounds")),
    )


def downgrade() -> None:
    op.drop_table("suggested_rounds")
    op.drop_table("meeting_points")
    op.drop_index("ix_plans_tenant_id_zone_id", table_name="plans")
    op.drop_table("plans")
