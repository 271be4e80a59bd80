"""Keep only the indexes that something reads by: each one more is written with every record.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HELD = sa.text("outcome = 'held'")


def upgrade() -> None:
    op.drop_index("ix_ledger_tenant_id_entity_id", table_name="ledger")
    op.drop_index("ix_ledger_tenant_id_outcome_waits_for", table_name="ledger")
    op.create_index(
        "ix_ledger_tenant_id_waits_for",
        "ledger",
        ["tenant_id", "waits_for"],
        sqlite_where=HELD,
        postgresql_where=HELD,
    )
    op.drop_index("ix_observations_tenant_id_author_id", table_name="observations")
    # What follows from a record was told under a kind that nobody pulls.
    op.execute("DELETE FROM feed_rows WHERE kind = 'case'")


def downgrade() -> None:
    op.create_index("ix_observations_tenant_id_author_id", "observations", ["tenant_id", "author_id"])
    op.drop_index("ix_ledger_tenant_id_waits_for", table_name="ledger")
    op.create_index("ix_ledger_tenant_id_outcome_waits_for", "ledger", ["tenant_id", "outcome", "waits_for"])
    op.create_index("ix_ledger_tenant_id_entity_id", "ledger", ["tenant_id", "entity_id"])
