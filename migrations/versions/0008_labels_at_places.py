"""Keep labels at places: what a phone reads where no satellite reaches.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('qr', 'nfc')", name=op.f("ck_anchors_kind")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_anchors_place_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_anchors_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchors")),
    )
    op.create_index("uq_anchors_tenant_id_token", "anchors", ["tenant_id", "token"], unique=True)
    op.create_index("ix_anchors_tenant_id_place_id", "anchors", ["tenant_id", "place_id"])


def downgrade() -> None:
    op.drop_index("ix_anchors_tenant_id_place_id", table_name="anchors")
    op.drop_index("uq_anchors_tenant_id_token", table_name="anchors")
    op.drop_table("anchors")
