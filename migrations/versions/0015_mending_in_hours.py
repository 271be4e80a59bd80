"""Keep how long mending took as figures count it, and an index in the order in which they are grouped.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = ["tenant_id", "opened_at", "category_code", "zone_id", "status", "due_at", "mended_at", "mend_minutes"]
AFTER = ["tenant_id", "category_code", "zone_id", "mend_bucket_h", "status", "opened_at", "due_at", "mended_at"]


def upgrade() -> None:
    op.add_column("cases", sa.Column("mend_bucket_h", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE cases SET mend_bucket_h ="
        " CASE WHEN mend_minutes < 2880 THEN mend_minutes / 60 ELSE mend_minutes / 1440 * 24 END"
        " WHERE mend_minutes IS NOT NULL"
    )
    op.drop_index("ix_cases_figures", table_name="cases")
    op.create_index("ix_cases_figures", "cases", AFTER)


def downgrade() -> None:
    op.drop_index("ix_cases_figures", table_name="cases")
    op.create_index("ix_cases_figures", "cases", BEFORE)
    op.drop_column("cases", "mend_bucket_h")
