"""Let cases be found and counted by when they were opened.

Revision: 0018, after 0017.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_opened", "cases", ["tenant_id", "opened_at", "status", "due_at", "mended_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_opened", table_name="cases")
