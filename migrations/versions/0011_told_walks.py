"""Keep what hosts say they walked in a gap.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "told_walks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("gap_id", sa.Uuid(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("target_ids", Json, nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("to_at >= from_at", name=op.f("ck_told_walks_order")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_told_walks_round_id")),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.id"], name=op.f("fk_told_walks_gap_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_told_walks_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_walks")),
    )
    op.create_index("ix_told_walks_tenant_id_round_id", "told_walks", ["tenant_id", "round_id"])


def downgrade() -> None:
    op.drop_table("told_walks")
