"""Keep the ground that maps are read by, and the pack of each zone.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
KINDS = ("road", "street", "footway", "rail", "water", "green", "square", "building")


def upgrade() -> None:
    op.create_table(
        "ground_shapes",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.CheckConstraint(
            "kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name=op.f("ck_ground_shapes_kind")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_ground_shapes_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "ref", name=op.f("pk_ground_shapes")),
    )
    op.create_table(
        "district_packs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("made_from", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manifest", Json, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_district_packs_tenant_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zones.id"], name=op.f("fk_district_packs_zone_id")),
        sa.PrimaryKeyConstraint("tenant_id", "zone_id", name=op.f("pk_district_packs")),
    )


def downgrade() -> None:
    op.drop_table("district_packs")
    op.drop_table("ground_shapes")
