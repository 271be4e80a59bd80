"""Keep which rounds a host said belong together, and the code a round is joined by.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("join_code", sa.String(length=6), nullable=True))
    op.create_index("ix_rounds_tenant_id_join_code", "rounds", ["tenant_id", "join_code"])
    op.create_table(
        "round_joins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("with_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["joined_id"], ["rounds.id"], name=op.f("fk_round_joins_joined_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_round_joins_round_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["organisations.id"], name=op.f("fk_round_joins_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_joins")),
    )
    op.create_index("ix_round_joins_tenant_id_code", "round_joins", ["tenant_id", "code"])
    op.create_index("ix_round_joins_tenant_id_round_id", "round_joins", ["tenant_id", "round_id"])


def downgrade() -> None:
    op.drop_index("ix_round_joins_tenant_id_round_id", table_name="round_joins")
    op.drop_index("ix_round_joins_tenant_id_code", table_name="round_joins")
    op.drop_table("round_joins")
    op.drop_index("ix_rounds_tenant_id_join_code", table_name="rounds")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_column("join_code")
